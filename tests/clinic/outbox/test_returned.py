"""Letters that came back: what becomes of their messages, of their addresses, and of who was to read them."""

from pathlib import Path

import pytest
from sqlalchemy import select, update

from clinic.media.email.incoming import Bounced
from clinic.media.outgoing import NotSent
from clinic.outbox.list import Wanted
from clinic.outbox.returned import Returned
from clinic.outbox.sending import MOST_TRIES
from db.tables import OutboxRow, Patient, Undeliverable
from tests.clinic import media
from tests.clinic.media.letters import UID
from tests.clinic.outbox.mailboxes import Box
from tests.clinic.outbox.posts import Post, move, settle, states, with_doctor, worker

REPORT = Path(media.__path__[0], "reports/postfix.eml").read_bytes()
ALICE = "alice@example.com"


@pytest.fixture
def clinic(any_clinic):
    return any_clinic


@pytest.fixture
def box():
    return Box()


@pytest.fixture
def returned(clinic, box):
    return Returned(clinic.database, box, clinic.clock)


def booked(clinic, sending):
    visit = clinic.book("alice", clinic.slot(place=40))
    sending.drain()
    return visit


def report_of(uid):
    return REPORT.replace(UID.encode(), uid.encode())


def gone(post, to=ALICE, status="5.1.1", failed=True):
    """What is told of the last message."""
    return Bounced(post.sent[-1].uid, to, status, failed)


def dead(clinic):
    return [row.address for row in clinic.database.rows(select(Undeliverable.address))]


def to_call(clinic):
    return [one.name for one in clinic.desk.notices.waiting()]


def test_what_came_back_has_failed_and_the_desk_calls(clinic, post, sending, returned):
    booked(clinic, sending)
    assert to_call(clinic) == []
    assert returned.note(gone(post))
    assert clinic.messages.outbox.page(Wanted(status="failed"))[0].reason == "bounced-5.1.1"
    assert (to_call(clinic), dead(clinic)) == (["Alice Ferreira"], [ALICE])


def test_the_next_message_goes_by_another_medium(clinic, post, sending, returned):
    sms = Post("sms")
    visit = booked(clinic, sending)
    returned.note(gone(post))
    move(clinic, visit)
    settle(clinic, worker(clinic, post, sms))
    assert (len(post.sent), [one.to for one in sms.sent]) == (1, ["5511987654321"])


def test_who_has_no_other_medium_is_called_of_what_is_new(clinic, post, sending, returned):
    visit = booked(clinic, sending)
    returned.note(gone(post))
    [notice] = clinic.desk.notices.waiting()
    clinic.desk.notices.done(notice.change_id, by="user:1")
    move(clinic, visit)
    settle(clinic, sending)
    assert states(clinic, "moved") == [("moved", "patient", "silenced", "undeliverable")]
    assert set(to_call(clinic)) == {"Alice Ferreira"}


@pytest.mark.parametrize("status", ["5.2.2", "5.3.4", "5.7.1", "4.4.7", "5.1.7", "5.1.8", "5.0.0"])
def test_an_address_that_may_take_the_next_letter_is_kept(clinic, post, sending, returned, status):
    booked(clinic, sending)
    assert returned.note(gone(post, status=status))
    assert (dead(clinic), to_call(clinic)) == ([], ["Alice Ferreira"])


def refused(clinic, post, sending, reason="address-550", status="5.1.1"):
    """A server that refuses the letter at once, and for good."""
    post.fails = NotSent(reason, again=False, status=status)
    return booked(clinic, sending)


def test_a_letter_refused_at_once_has_failed_and_the_desk_calls_as_of_one_that_came_back(clinic, post, sending):
    refused(clinic, post, sending)
    assert states(clinic, "booked") == [("booked", "patient", "failed", "address-550")]
    assert (to_call(clinic), dead(clinic)) == (["Alice Ferreira"], [ALICE])


def test_the_next_message_to_a_refused_address_goes_by_another_medium(clinic, post, sending):
    sms, visit = Post("sms"), refused(clinic, post, sending)
    post.fails = None
    move(clinic, visit)
    settle(clinic, worker(clinic, post, sms))
    assert (post.sent, [one.to for one in sms.sent]) == ([], ["5511987654321"])


@pytest.mark.parametrize(
    ("reason", "status"), [("address-550", ""), ("content-552", "5.2.3"), ("content-554", "5.7.1"), ("bad-address", "")]
)
def test_what_speaks_against_the_letter_alone_keeps_the_address(clinic, post, sending, reason, status):
    refused(clinic, post, sending, reason, status)
    assert (dead(clinic), to_call(clinic)) == ([], ["Alice Ferreira"])


def test_who_is_not_reached_after_the_last_try_is_called(clinic, post, sending):
    post.fails = NotSent("unreachable", again=True)
    booked(clinic, sending)
    for _ in range(MOST_TRIES):
        settle(clinic, sending, hours=8)
    assert ("booked", "patient", "failed", "unreachable") in states(clinic)
    assert (dead(clinic), to_call(clinic)) == ([], ["Alice Ferreira"])


def test_a_refused_letter_that_is_sent_again_goes_to_its_address(clinic, post, sending):
    refused(clinic, post, sending)
    post.fails = None
    [failed] = clinic.messages.outbox.page(Wanted(status="failed"))
    clinic.messages.outbox.resend(failed.id, by="user:1")
    sending.drain()
    assert (dead(clinic), [one.to for one in post.sent]) == ([], [ALICE])


def test_while_another_worker_has_it_nothing_is_written_down(clinic, post, sending):
    post.first = lambda: clinic.database.change(update(OutboxRow).values(claimed_by="another"))
    refused(clinic, post, sending)
    assert (dead(clinic), to_call(clinic), states(clinic)[0][2]) == ([], [], "waiting")


def test_what_is_only_late_is_still_on_its_way(clinic, post, sending, returned):
    booked(clinic, sending)
    assert not returned.note(gone(post, failed=False))
    assert ("booked", "patient", "sent", None) in states(clinic)


def test_an_address_that_was_corrected_is_kept_when_the_old_one_comes_back(clinic, post, sending, returned):
    clinic.database.change(update(Patient).where(Patient.email == ALICE).values(email="alice@exmaple.com"))
    booked(clinic, sending)
    clinic.database.change(update(Patient).where(Patient.email == "alice@exmaple.com").values(email=ALICE))
    assert returned.note(gone(post, to="alice@exmaple.com"))
    assert (dead(clinic), to_call(clinic)) == ([], ["Alice Ferreira"])


def test_where_it_was_handed_on_to_without_naming_our_address_they_are_called(clinic, post, sending, returned):
    booked(clinic, sending)
    returned.note(gone(post, to="somebody@else.example"))
    assert (dead(clinic), to_call(clinic)) == ([], ["Alice Ferreira"])


def test_small_and_capital_letters_are_one_address(clinic, post, sending, returned):
    clinic.database.change(update(Patient).where(Patient.email == ALICE).values(email="Alice@Example.com"))
    visit = booked(clinic, sending)
    returned.note(gone(post, to="ALICE@example.com"))
    move(clinic, visit)
    settle(clinic, sending)
    assert (dead(clinic), len(post.sent)) == ([ALICE], 1)


def test_a_doctor_whose_letters_come_back_is_written_to_no_more_and_no_patient_is_called(any_clinic):
    clinic, post = with_doctor(any_clinic), Post()
    sending = worker(clinic, post)
    booked(clinic, sending)
    [hers] = [one for one in post.sent if one.to == "marina@example.com"]
    Returned(clinic.database, None, clinic.clock).note(Bounced(hers.uid, hers.to, "5.1.1", failed=True))
    clinic.book("bruno", clinic.slot(place=41))
    sending.drain()
    assert (dead(clinic), to_call(clinic)) == (["marina@example.com"], [])
    assert ("booked", "doctor", "silenced", "undeliverable") in states(clinic)


def test_what_comes_back_twice_or_is_not_ours_changes_nothing(clinic, post, sending, returned):
    booked(clinic, sending)
    assert [returned.note(gone(post)) for _ in range(2)] == [True, False]
    assert not returned.note(Bounced("0" * 32, ALICE, "5.1.1", failed=True))


def test_who_has_it_sent_again_means_that_the_address_is_good(clinic, post, sending, returned):
    booked(clinic, sending)
    returned.note(gone(post))
    [failed] = clinic.messages.outbox.page(Wanted(status="failed"))
    clinic.messages.outbox.resend(failed.id, by="user:7")
    sending.drain()
    assert (dead(clinic), len(post.sent)) == ([], 2)


def test_all_that_failed_sent_again_does_not_write_to_addresses_that_are_gone(clinic, post, sending, returned):
    booked(clinic, sending)
    returned.note(gone(post))
    clinic.messages.outbox.resend_failed(Wanted(), by="user:7")
    sending.drain()
    assert (dead(clinic), len(post.sent)) == ([ALICE], 1)


# The mailbox


def test_a_report_is_read_once_and_put_away(clinic, post, sending, returned, box):
    booked(clinic, sending)
    box.mails = {3: b"", 5: report_of(post.sent[-1].uid), 6: REPORT}
    assert [returned.read() for _ in range(2)] == [1, 0]
    assert (box.read, box.put) == ([3, 5, 6], [5, 6])  # the last one is no news, and a report all the same
    assert clinic.database.first(select(OutboxRow.reason).where(OutboxRow.status == "failed")) == ("bounced-5.1.1",)


def test_another_process_goes_on_where_the_last_one_stopped(clinic, returned, box):
    box.mails = {3: b"", 5: b"x"}
    returned.read()
    box.mails[9] = b"x"
    Returned(clinic.database, box, clinic.clock).read()
    assert box.read == [3, 5, 9]


def test_a_mailbox_that_was_made_anew_is_read_anew(returned, box):
    box.mails = {3: b"x"}
    returned.read()
    box.validity = 8
    returned.read()
    assert box.read == [3, 3]


def test_a_mail_that_breaks_the_connection_each_time_stands_in_nobodys_way(
    clinic, post, sending, returned, box, caplog
):
    booked(clinic, sending)
    box.mails, box.breaking = {1: b"x", 2: report_of(post.sent[-1].uid)}, {1}
    assert [returned.read() for _ in range(4)] == [0, 0, 0, 1]
    assert "mail 1 breaks the connection" in caplog.text
    assert returned.read() == 0 and box.read == [1, 1, 1, 2]


def test_a_mail_nobody_can_understand_is_left_where_it_lies(returned, box, caplog):
    box.mails = {1: object(), 2: b"\x00\xff"}
    assert (returned.read(), box.put, box.read) == (0, [], [1, 2])
    assert "mail 1 could not be understood" in caplog.text


def test_a_mailbox_that_is_away_is_looked_into_later(returned, box, caplog):
    box.mails, box.away = {1: b"x"}, "unreachable"
    assert returned.read() == 0 and "unreachable" in caplog.text
    box.away = ""
    returned.read()
    assert box.read == [1]


def test_when_it_is_time_to_stop_the_rest_is_for_later(returned, box):
    box.mails = {1: b"x", 2: b"x"}
    returned.read(stop=lambda: bool(box.read))
    assert box.read == [1]
    returned.read()
    assert box.read == [1, 2]


def test_a_clinic_without_a_mailbox_reads_none(clinic):
    assert Returned(clinic.database, None, clinic.clock).read() == 0
