"""The lists that stand open all day hear of all that changes them; tests/live/test_browser_lists.py shows how."""

import re

import pytest

from tests.admin_web.forms import send
from tests.admin_web.test_agenda import booked
from tests.clinic.small_clinic import NOW
from tests.clinic.waiting.listed import joins

LISTS = ("/avisar", "/espera", "/pedidos", "/pacientes/pre-cadastros", "/medico/{marina}")


def hears(page):
    return set(re.search(r'data-live="([a-z_ ]+)"', page)[1].split())


def from_where(page):
    return re.search(r'data-live="[^"]+" data-from="([^"]+)"', page)[1]


@pytest.fixture
def news(clinic):
    """The topics of what is told from now on."""
    clinic.clock.move(seconds=11)
    reader = clinic.live.reader()
    return lambda: {one.topic for one in reader.poll()}


@pytest.mark.parametrize("path", LISTS)
def test_what_a_list_is_fetched_from_is_there(manager, marina, path):
    page = manager.get(path.format(marina=marina)).text
    assert manager.get(from_where(page)).status_code == 200


def delayed(clinic):
    visit = booked(clinic)
    clinic.desk.delays.set(clinic.at.doctors["marina"], NOW.date(), 20, "user:1")
    return visit


def test_whom_to_call_hears_of_a_new_one(clinic, desk, news):
    delayed(clinic)
    assert news() & hears(desk.get("/avisar").text)


def test_whom_to_call_hears_that_one_was_told(clinic, desk, news):
    delayed(clinic)
    news()
    [one] = clinic.desk.notices.waiting()
    clinic.desk.notices.done(one.change_id, "user:1")
    assert news() & hears(desk.get("/avisar").text)


def test_requests_are_heard_of_when_they_come_and_when_they_are_answered(clinic, desk, news):
    heard, requests = hears(desk.get("/pedidos").text), clinic.portal.requests
    asked = requests.ask(clinic.people["alice"].id, "correction", "Casei")
    assert news() & heard
    assert requests.settle(asked, "done", "user:1")
    assert news() & heard
    assert not requests.settle(asked, "done", "user:1")
    assert news() == set()


def test_a_request_to_forget_is_heard_of_when_it_is_answered(clinic, desk, news):
    requests = clinic.portal.requests
    asked = requests.get(requests.ask(clinic.people["bruno"].id, "erasure"))
    news()
    assert requests.erase(asked, "user:1")
    assert news() & hears(desk.get("/pedidos").text)


def test_a_list_goes_on_where_its_page_stands_at_the_address_of_what_was_tried(clinic, desk):
    reply = send(desk, f"/espera/{joins(clinic, 'bruno')}/reoferecer")
    assert (reply.status_code, from_where(reply.text)) == (409, "/espera")


@pytest.mark.parametrize("path", ["/avisar", "/espera"])
def test_who_is_listed_is_written_down_once_however_often_it_is_fetched(clinic, desk, path):
    delayed(clinic)
    joins(clinic, "bruno")
    for _ in range(3):
        desk.get(path)
    assert len(clinic.audit.latest(action="patient.listed")) == 1
