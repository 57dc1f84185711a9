"""What managers see of the messages, and what they send again."""

import pytest
from sqlalchemy import update

from clinic.media.outgoing import NotSent
from clinic.outbox.list import NotToBeSent, Wanted
from db.tables import OutboxRow


@pytest.fixture
def clinic(any_clinic):
    return any_clinic


@pytest.fixture
def outbox(clinic):
    return clinic.messages.outbox


def booked(clinic, sending, *who):
    """Visits that are told of, and long to come."""
    made = [clinic.book(one, clinic.slot(place=40)) for one in who]
    sending.drain()
    return made


def refused(clinic, post, sending, *who):
    post.fails = NotSent("address-550", again=False)
    booked(clinic, sending, *who)
    post.fails = None


def test_the_newest_comes_first_and_says_what_became_of_it(clinic, post, sending, outbox):
    [visit] = booked(clinic, sending, "alice")
    first = outbox.page(Wanted())[-1]
    assert (first.kind, first.status, first.medium, first.patient) == ("booked", "sent", "email", "Alice Ferreira")
    assert (first.version, first.appointment_id) == (visit.starts_at, visit.id)
    ids = [one.id for one in outbox.page(Wanted())]
    assert ids == sorted(ids, reverse=True)


def test_facts_are_no_messages(clinic, outbox):
    clinic.book("alice")
    assert (outbox.page(Wanted()), sum(outbox.counts().values())) == ([], 0)


def test_a_fact_that_was_given_up_is_seen_and_told_after_all(clinic, post, sending, outbox):
    clinic.book("alice")
    lost = {"status": "failed", "reason": "error", "due_at": None, "settled_at": clinic.clock()}
    clinic.database.change(update(OutboxRow).values(**lost))
    [line] = outbox.page(Wanted())
    assert (line.audience, line.status, outbox.counts()["failed"]) == (None, "failed", 1)
    outbox.resend(line.id, by="user:1")
    sending.drain()
    assert post.to == ["alice@example.com"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(kind="reminder"), 4),
        (Wanted(status="sent"), 1),
        (Wanted(status="silenced", audience="patient"), 1),
        (Wanted(medium="email"), 1),
        (Wanted(patient_id=1, status="waiting"), 2),
        (Wanted(kind="survey"), 0),
    ],
    ids=["kind", "status", "silenced", "medium", "patient", "nothing"],
)
def test_messages_are_found_by_what_they_are(clinic, sending, outbox, wanted, found):
    booked(clinic, sending, "alice", "zeca")
    assert len(outbox.page(wanted)) == found


def test_pages_follow_each_other(clinic, sending, outbox):
    booked(clinic, sending, "alice", "bruno")
    everything = outbox.page(Wanted())
    first = outbox.page(Wanted(), size=3)
    assert first + outbox.page(Wanted(before=first[-1].id)) == everything


def test_messages_are_counted_by_what_became_of_them(clinic, sending, outbox):
    booked(clinic, sending, "alice")
    assert outbox.counts() == {"waiting": 2, "sent": 1, "failed": 0, "silenced": 0}


def test_what_was_given_up_is_sent_again_under_its_old_id(clinic, post, sending, outbox):
    refused(clinic, post, sending, "alice")
    [failed] = outbox.page(Wanted(status="failed"))
    assert failed.reason == "address-550"
    assert outbox.resend(failed.id, by="user:7") == failed.id
    sending.drain()
    again = outbox.get(failed.id)
    assert (len(post.sent), again.status, again.by, again.attempts) == (1, "sent", "user:7", 1)


def test_what_was_sent_is_sent_again_as_a_new_message(clinic, post, sending, outbox):
    booked(clinic, sending, "alice")
    [sent] = outbox.page(Wanted(status="sent"))
    again = outbox.resend(sent.id, by="user:7")
    sending.drain()
    assert (again != sent.id, len({one.uid for one in post.sent}), len(post.sent)) == (True, 2, 2)


def test_what_waits_or_was_silenced_is_not_sent_again(clinic, sending, outbox):
    booked(clinic, sending, "alice", "zeca")
    for status in ("waiting", "silenced"):
        with pytest.raises(NotToBeSent):
            outbox.resend(outbox.page(Wanted(status=status))[0].id, by="user:7")
    with pytest.raises(KeyError):
        outbox.resend(0, by="user:7")


def test_what_holds_no_more_is_not_sent_again_either(clinic, post, sending, outbox):
    refused(clinic, post, sending, "alice")
    [failed] = outbox.page(Wanted(status="failed"))
    clinic.bookings.cancel(clinic.people["alice"], failed.appointment_id, "other", "telephone")
    outbox.resend(failed.id, by="user:7")
    sending.drain()
    assert (post.sent, outbox.get(failed.id).status) == ([], "silenced")


def test_all_that_failed_is_sent_again_and_can_be_followed(clinic, post, sending, outbox):
    refused(clinic, post, sending, "alice", "davi")
    batch, count = outbox.resend_failed(Wanted(kind="booked"), by="user:7")
    assert (count, outbox.progress(batch)) == (2, (0, 2))
    sending.drain()
    assert (outbox.progress(batch), len(post.sent)) == ((2, 2), 2)


def test_who_sent_what_again_is_in_the_audit(clinic, post, sending, outbox):
    refused(clinic, post, sending, "alice")
    outbox.resend(outbox.page(Wanted(status="failed"))[0].id, by="user:7")
    assert "message.resent" in {one.action for one in clinic.audit.latest()}


def test_what_was_sent_or_failed_goes_again_in_order_so_many_at_once(clinic, post, sending, outbox):
    booked(clinic, sending, "alice")
    refused(clinic, post, sending, "davi")
    first = outbox.resend_some(Wanted(kind="booked"), "user:7", after=0, limit=1)
    rest = outbox.resend_some(Wanted(kind="booked"), "user:7", first.last, 9)
    assert (first.count, first.left, rest.count, rest.left) == (1, 1, 1, 0)


def test_what_was_sent_again_is_no_message_of_its_own(clinic, sending, outbox):
    booked(clinic, sending, "alice")
    for _ in range(2):
        assert outbox.resend_some(Wanted(kind="booked"), "user:7", after=0, limit=9).count == 1
        sending.drain()
    assert len(outbox.page(Wanted(kind="booked", status="sent"))) == 3
