"""A form that comes twice at one moment: both are told of the same visit, which is made once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.admin_web.forms import text
from tests.admin_web.site import make_site
from tests.clinic.margins import with_margin

TIMES = 8
"""How often each is tried: who comes second is at another point each time."""


@pytest.fixture
def clinic(any_clinic):
    return any_clinic


def browsers(clinic, tmp_path, who, first):
    """Two windows of one browser, with the token that pages bring."""
    site = make_site(clinic, tmp_path)
    session = clinic.sessions.open(site.user(who), agent="tests")
    both = [site.client(None), site.client(None)]
    for one in both:
        one.set_cookie("alo_session", session)
        one.get(first)
    return both


def twice(both, path, **form):
    """Send a form from both windows at one moment; the answers."""
    start = Barrier(2, timeout=10)

    def send(browser):
        given = {"csrf_token": browser.get_cookie("alo_csrf").value, **form}
        start.wait()
        return browser.post(path, data=given)

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(send, both))


def coming(clinic, who="alice"):
    return clinic.bookings.upcoming(clinic.people[who])


def one_visit(clinic, replies, starts_at):
    """Both say it was made, and it was, once; it is given up then, so that the next can be tried."""
    assert [(one.status_code, text(one) if one.status_code != 303 else "") for one in replies] == [(303, "")] * 2
    [made] = coming(clinic)
    assert made.starts_at == starts_at
    clinic.desk.bookings.cancel_for(made.id, "other", "user:1")
    clinic.clock.move(seconds=20)


@pytest.mark.parametrize("kind", ["consultation", "first"])
def test_the_desk_books_once(clinic, tmp_path, kind):
    both, slot = browsers(clinic, tmp_path, "attendant", "/agenda"), clinic.slot("marina", place=1)
    form = {"horario": slot.id, "paciente": clinic.people["alice"].id, "tipo": clinic.at.kinds[kind]}
    for n in range(TIMES):
        one_visit(clinic, twice(both, "/agenda/marcar", **form, once=f"n{n}"), slot.starts_at)


def test_the_desk_books_once_what_has_a_margin(clinic, tmp_path):
    kind = with_margin(clinic, before=10, after=10, code="first")
    both, slot = browsers(clinic, tmp_path, "attendant", "/agenda"), clinic.slot("marina", place=1)
    form = {"horario": slot.id, "paciente": clinic.people["alice"].id, "tipo": kind.id}
    for n in range(TIMES):
        one_visit(clinic, twice(both, "/agenda/marcar", **form, once=f"n{n}"), slot.starts_at)


def first_visit(clinic, slot):
    """Alice's, an hour long."""
    terms = clinic.terms(slot, kind="first")
    hold = clinic.desk.bookings.hold(slot, "user:1", terms.kind.minutes)
    return clinic.desk.bookings.book_for(clinic.people["alice"], hold, terms, "user:1")


@pytest.mark.parametrize("apart", [1, 4], ids=["into-its-own-time", "to-another"])
def test_the_desk_moves_once(clinic, tmp_path, apart):
    both = browsers(clinic, tmp_path, "attendant", "/agenda")
    times = clinic.agenda.next_free(clinic.criteria(doctor="marina"), limit=8)
    for n in range(TIMES):
        old, slot = first_visit(clinic, times[1]), times[1 + apart]
        replies = twice(both, f"/agenda/consultas/{old.id}/mover", horario=slot.id, once=f"n{n}")
        one_visit(clinic, replies, slot.starts_at)


@pytest.mark.parametrize("opened", [True, False], ids=["the-time-is-kept", "it-is-not"])
def test_the_portal_books_once(clinic, tmp_path, opened):
    both, slot = browsers(clinic, tmp_path, "patient", "/portal"), clinic.slot("marina", place=1)
    path = f"/portal/marcar/{slot.id}"
    for n in range(TIMES):
        if opened:
            both[0].get(path)
        one_visit(clinic, twice(both, path, once=f"n{n}"), slot.starts_at)


@pytest.mark.parametrize("opened", [True, False], ids=["the-time-is-kept", "it-is-not"])
def test_the_portal_moves_once(clinic, tmp_path, opened):
    both = browsers(clinic, tmp_path, "patient", "/portal")
    times = clinic.agenda.next_free(clinic.criteria(doctor="marina"), limit=8)
    for n in range(TIMES):
        old, slot = first_visit(clinic, times[0]), times[5]
        path = f"/portal/consultas/{old.id}/remarcar/{slot.id}"
        if opened:
            both[0].get(path)
        one_visit(clinic, twice(both, path, once=f"n{n}"), slot.starts_at)
