"""What the portal's pages ask while they stand open: what has changed, and whether a chosen time is still free."""

import itertools

import pytest

from tests.admin_web.forms import send

OTHERS = 'class="button primary" href="/portal/'
AGAIN = {"X-Alo-Fresh": "1"}


@pytest.fixture
def alice(site):
    browser = site.client("patient")
    browser.get("/portal")
    return browser


def told_to(browser, since):
    """The appointments somebody is told of who comes back."""
    pieces = iter(browser.get("/live", headers={"Last-Event-ID": str(since)}).response)
    until_hello = itertools.takewhile(lambda piece: b"hello" not in piece, pieces)
    return [piece.decode() for piece in until_hello if b"appointment" in piece]


def test_a_patient_hears_of_their_own_and_of_dependants_alone(clinic, site, alice):
    since = clinic.live.reader().cursor
    mine, davis, other = (clinic.book(who) for who in ("alice", "davi", "bruno"))
    told = " ".join(told_to(alice, since))
    assert [f'"id": {one.id},' in told for one in (mine, davis, other)] == [True, True, False]


def test_two_patients_each_hear_their_own(clinic, site, alice):
    since = clinic.live.reader().cursor
    for who in ("alice", "bruno"):
        clinic.book(who)
    assert [len(told_to(one, since)) for one in (alice, site.client("other_patient"))] == [1, 1]


def test_a_time_that_is_free_or_ones_own_says_nothing(clinic, alice):
    path = f"/portal/marcar/{clinic.slot('marina', place=1).id}"
    assert alice.get(f"{path}/livre").status_code == 204
    alice.get(path)
    assert alice.get(f"{path}/livre").status_code == 204


def test_asking_keeps_nothing(clinic, alice):
    slot = clinic.slot("marina", place=1)
    alice.get(f"/portal/marcar/{slot.id}/livre")
    assert clinic.desk.bookings.is_free(slot, "somebody")


def test_a_time_somebody_took_says_so_with_the_nearest_others(clinic, alice):
    slot = clinic.slot("marina", place=1)
    clinic.bookings.hold(slot, by="somebody else")
    page = alice.get(f"/portal/marcar/{slot.id}/livre")
    assert (page.status_code, page.text.count(OTHERS), "<html" in page.text) == (409, 3, False)
    assert "acabou de ser reservado. Escolha outro:" in page.text


def test_a_new_time_somebody_took_says_so_too(clinic, alice):
    mine, slot = clinic.book("alice"), clinic.slot("marina", place=3)
    path = f"/portal/consultas/{mine.id}/remarcar/{slot.id}/livre"
    assert alice.get(path).status_code == 204
    clinic.bookings.hold(slot, by="somebody else")
    page = alice.get(path)
    assert (page.status_code, page.text.count(f"{OTHERS}consultas/{mine.id}/remarcar/")) == (409, 3)


def test_nobody_asks_about_an_appointment_of_others(clinic, alice):
    other, slot = clinic.book("bruno"), clinic.slot("marina", place=3)
    assert alice.get(f"/portal/consultas/{other.id}/remarcar/{slot.id}/livre").status_code == 404


@pytest.mark.parametrize("list_of_times", ["/medicos/{doctor}", "/portal/consultas/{mine}/remarcar"])
def test_a_list_that_looks_again_gives_up_no_time(clinic, alice, list_of_times):
    mine, slot = clinic.book("alice"), clinic.slot("marina", place=3)
    path = list_of_times.format(doctor=slot.doctor_id, mine=mine.id)
    alice.get(f"/portal/marcar/{slot.id}")
    alice.get(path, headers=AGAIN)
    assert not clinic.desk.bookings.is_free(slot, "somebody")
    alice.get(path)
    assert clinic.desk.bookings.is_free(slot, "somebody")


def test_what_the_clinic_moved_leads_to_the_new_time(clinic, site, alice):
    mine, slot = clinic.book("alice"), clinic.slot("marina", place=3)
    new = clinic.desk.bookings.move(mine.id, clinic.bookings.hold(slot, by="user:1"), "user:1")
    page = alice.get(f"/portal/consultas/{mine.id}").text
    assert "Ver o novo horário" in page and f'href="/portal/consultas/{new.id}"' in page


def test_an_appointment_that_is_over_cannot_be_cancelled_any_more(clinic, alice):
    mine = clinic.book("alice")
    clinic.desk.bookings.cancel_for(mine.id, "doctor_away", "user:1")
    path = f"/portal/consultas/{mine.id}/cancelar"
    assert alice.get(path, headers=AGAIN).status_code == 409
    assert send(alice, path, reason="cannot_attend").status_code == 409
