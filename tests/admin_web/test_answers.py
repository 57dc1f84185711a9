"""Finished answers are given again while nothing has changed, and never to others."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from admin_web.answers import Answers
from admin_web.store import BESIDE
from tests.admin_web.conftest import may_run

MONDAY = "2026-11-23"
DAY, WEEK = f"/agenda?dia={MONDAY}", f"/agenda/semana?dia={MONDAY}"
TIMES = "/api/v1/availability?specialty_id={general}&limit=3"


class Stamped:
    """A clinic's stamp that is what a test says; and how often an answer was made."""

    def __init__(self) -> None:
        self.stamp, self.made = 1, 0

    def __call__(self):
        return self.stamp

    def make(self) -> bytes:
        self.made += 1
        return b"x" * 10


@pytest.fixture
def stamped():
    return Stamped()


@pytest.fixture
def answers(stamped):
    return Answers(stamped, most=2 * (10 + BESIDE) + 5)


def test_the_same_question_is_answered_once(answers, stamped):
    assert [answers.of("a", stamped.make) for _ in range(3)] == [b"x" * 10] * 3
    assert stamped.made == 1


def test_after_a_change_it_is_answered_anew(answers, stamped):
    answers.of("a", stamped.make)
    stamped.stamp = 2
    answers.of("a", stamped.make)
    assert stamped.made == 2


def test_without_a_stamp_nothing_is_kept(answers, stamped):
    answers.of("a", stamped.make)
    stamped.stamp = None
    answers.of("a", stamped.make)
    assert stamped.made == 2


def test_what_changes_while_an_answer_is_made_makes_it_old(answers, stamped):
    def make():
        stamped.stamp = 2
        return stamped.make()

    answers.of("a", make)
    answers.of("a", stamped.make)
    assert stamped.made == 2


def test_what_comes_late_with_an_older_stamp_drives_nothing_newer_away(answers, stamped):
    def late():  # whose turn is another than that of 2: numbers are their own hash
        stamped.stamp = 2
        answers.of(2, stamped.make)
        return stamped.make()

    answers.of(1, late)
    answers.of(2, stamped.make)
    assert stamped.made == 2


def test_no_more_bytes_than_agreed_are_kept(answers, stamped):
    for key in "abca":
        answers.of(key, stamped.make)
    assert stamped.made == 4
    answers.of("c", stamped.make)
    assert stamped.made == 4


def test_what_fails_is_not_kept(answers, stamped):
    with pytest.raises(ZeroDivisionError):
        answers.of("a", lambda: 1 / 0)
    assert answers.of("a", stamped.make)


def test_who_comes_while_it_is_made_waits_for_it(answers, stamped):
    begun, go_on = threading.Event(), threading.Event()

    def make():
        begun.set()
        assert go_on.wait(60)
        return stamped.make()

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(answers.of, "a", make)
        assert begun.wait(60)
        others = [pool.submit(answers.of, "a", make) for _ in range(3)]
        go_on.set()
        assert {one.result() for one in (first, *others)} == {b"x" * 10}
    assert stamped.made == 1


def asked(site, who):
    """A browser that has its token already, as after its first page."""
    client = site.client(who)
    client.get("/nada")
    return client


@pytest.mark.parametrize("path", [DAY, WEEK, f"/agenda/grade?dia={MONDAY}", TIMES])
def test_a_booking_by_telephone_is_seen_at_once(clinic, site, path):
    path = path.format(general=clinic.at.specialties["general"])
    client = asked(site, "attendant")
    before = [client.get(path).text for _ in range(2)]
    hold = clinic.bookings.hold(clinic.slot("marina"), by="call")
    held = client.get(path).text
    clinic.bookings.book(clinic.people["alice"], hold, clinic.terms(hold.slot), via="telephone")
    after = client.get(path).text
    assert (before[0], len({before[0], held, after})) == (before[1], 2 if "api" in path else 3)


def test_an_attendant_of_one_unit_is_not_given_the_page_of_all(clinic, site):
    clinic.book("bruno", clinic.slot("rita", "cardiology"), specialty="cardiology")
    for path in (DAY, f"/agenda/grade?dia={MONDAY}"):
        for_all, for_one = (asked(site, who).get(path).text for who in ("attendant", "centro_attendant"))
        assert ("Bruno Lima" in for_all, "Bruno Lima" in for_one) == (True, False)


def test_a_page_carries_the_token_of_its_own_browser(site):
    for _ in range(2):
        client = asked(site, "attendant")
        pages = [client.get(DAY).text for _ in range(2)]
        token = f"{client.get_cookie('alo_csrf').value}.{site.user('attendant')}"
        assert [f'content="{token}"' in page for page in pages] == [True, True]


def test_a_page_that_is_given_again_runs_the_scripts_it_was_drawn_with(clinic, site):
    """Asked for otherwise (another header) the short way does not know it: it is the page alone that is given again."""
    client = asked(site, "attendant")
    replies = [client.get(DAY, headers={"X-Any": f"{number}"}) for number in range(3)]
    assert len({one.data for one in replies}) == len({may_run(one) for one in replies}) == 1
    clinic.book("alice")
    assert may_run(client.get(DAY)) != may_run(replies[0])


def test_no_two_browsers_run_the_same_nonce(site):
    assert len({may_run(asked(site, "attendant").get(DAY)) for _ in range(2)}) == 2


def test_a_page_that_was_kept_is_not_shown_after_the_log_in_has_ended(clinic, site):
    client = asked(site, "attendant")
    client.get(DAY)
    clinic.sessions.revoke_all(site.user("attendant"))
    assert client.get(DAY).location.startswith("/entrar")


def test_a_role_that_was_taken_away_opens_nothing_that_was_kept(clinic, site):
    client = asked(site, "attendant")
    client.get(DAY)
    clinic.users.set_roles(site.user("attendant"), ["doctor"], by="user:1")
    assert client.get(DAY).status_code == 403


def test_who_looks_is_written_down_once_in_ten_minutes(clinic, site):
    client = asked(site, "attendant")
    for path in (DAY, DAY, f"/agenda/grade?dia={MONDAY}", f"/agenda/grade?dia={MONDAY}"):
        client.get(path)
    clinic.clock.move(minutes=10)
    client.get(DAY)
    asked(site, "manager").get(DAY)
    assert len(clinic.audit.latest(action="day.read")) == 3
