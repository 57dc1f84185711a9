"""One's own appointments on the portal: confirmed, cancelled, moved; and the waiting list."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from db.tables import Slot
from tests.admin_web.forms import send
from tests.admin_web.portal import book, confirm_path, upcoming
from tests.clinic.test_quotas import book as take_place
from tests.clinic.test_quotas import limit
from tests.clinic.waiting.listed import frees, joins, nothing_free, open_offer, rounds


def test_the_list_shows_what_is_to_come_and_what_was(clinic, alice):
    assert "Nenhuma consulta marcada" in alice.get("/portal/consultas").text
    book(clinic, alice)
    assert upcoming(clinic)[0].code in alice.get(f"/portal/consultas/{upcoming(clinic)[0].id}").text
    assert "Marina Corrêa" in alice.get("/portal/consultas").text


def test_attendance_is_confirmed(clinic, alice):
    book(clinic, alice)
    one = upcoming(clinic)[0]
    assert send(alice, f"/portal/consultas/{one.id}/confirmar").status_code == 303
    assert "Presença confirmada" in alice.get(f"/portal/consultas/{one.id}").text


def test_cancelling_wants_a_reason(clinic, alice):
    book(clinic, alice)
    path = f"/portal/consultas/{upcoming(clinic)[0].id}/cancelar"
    assert "Por que você está cancelando?" in alice.get(path).text
    refused = send(alice, path, reason="", note="talvez")
    assert (refused.status_code, "talvez" in refused.text, "Escolha o motivo." in refused.text) == (422, True, True)
    for nothing in (" ", "\u202e"):
        assert send(alice, path, reason="other", note=nothing).status_code == 422
    assert send(alice, path, reason="cannot_attend").status_code == 303
    assert upcoming(clinic) == []


def test_a_late_cancelling_is_told_so(clinic, alice):
    book(clinic, alice)
    one = upcoming(clinic)[0]
    clinic.clock.now = one.starts_at - timedelta(hours=2)
    assert "Falta menos de 24 horas" in alice.get(f"/portal/consultas/{one.id}/cancelar").text


def test_cancelling_is_undone_within_ten_seconds(clinic, alice):
    book(clinic, alice)
    one = upcoming(clinic)[0]
    on = send(alice, f"/portal/consultas/{one.id}/cancelar", reason="cannot_attend").location
    assert "10 segundos para desfazer" in alice.get(on).text
    assert send(alice, f"/portal/consultas/{one.id}/desfazer").status_code == 303
    assert [again.code for again in upcoming(clinic)] == [one.code]


def test_after_ten_seconds_it_is_not(clinic, alice):
    book(clinic, alice)
    one = upcoming(clinic)[0]
    on = send(alice, f"/portal/consultas/{one.id}/cancelar", reason="cannot_attend").location
    clinic.clock.move(seconds=11)
    assert "10 segundos para desfazer" not in alice.get(on).text
    send(alice, f"/portal/consultas/{one.id}/desfazer")
    assert "Passou o tempo de desfazer" in alice.get("/portal/consultas").text
    assert upcoming(clinic) == []


def test_a_new_time_takes_the_place_of_the_old(clinic, alice):
    book(clinic, alice)
    old = upcoming(clinic)[0]
    slot = clinic.slot("marina", place=4)
    path = f"/portal/consultas/{old.id}/remarcar"
    assert "Este horário continua seu" in alice.get(path).text
    assert "Passa para" in alice.get(f"{path}/{slot.id}").text
    assert upcoming(clinic) == [old]  # until it is confirmed
    done = send(alice, f"{path}/{slot.id}", once="m")
    assert [one.starts_at for one in upcoming(clinic)] == [slot.starts_at]
    assert send(alice, f"{path}/{slot.id}", once="m").location.split("?")[0] == done.location.split("?")[0]


def test_a_new_time_that_was_lost_leaves_the_old(clinic, alice):
    book(clinic, alice)
    old, slot = upcoming(clinic)[0], clinic.slot("marina", place=4)
    clinic.bookings.hold(slot, by="somebody else")
    refused = send(alice, f"/portal/consultas/{old.id}/remarcar/{slot.id}", once="m")
    assert (refused.status_code, upcoming(clinic)) == (409, [old])
    assert "acabou de ser reservado" in refused.text


def test_a_new_time_that_left_the_agenda_says_so_and_the_old_one_stays(clinic, alice):
    book(clinic, alice)
    [old] = upcoming(clinic)
    times = f"/portal/consultas/{old.id}/remarcar"
    looked = alice.get(f"{times}/999999")
    assert (looked.status_code, looked.location) == (303, times)
    told = [alice.get(times), send(alice, f"{times}/999999", once="m"), alice.get(f"{times}/999999/livre")]
    assert [(one.status_code, "saiu da agenda" in one.text) for one in told] == [(200, True), (409, True), (409, True)]
    assert upcoming(clinic) == [old]


def test_only_a_time_of_the_same_doctor(clinic, alice):
    book(clinic, alice)
    other = clinic.slot("paulo")
    assert alice.get(f"/portal/consultas/{upcoming(clinic)[0].id}/remarcar/{other.id}").status_code == 404


def test_somebody_elses_appointment_is_not_there(clinic, alice):
    other = clinic.book("bruno")
    for path in ("", "/cancelar", "/remarcar"):
        assert alice.get(f"/portal/consultas/{other.id}{path}").status_code == 404
    assert send(alice, f"/portal/consultas/{other.id}/cancelar", reason="cannot_attend").status_code == 404


def test_a_patient_joins_and_leaves_the_waiting_list(clinic, alice):
    marina, general = clinic.at.doctors["marina"], clinic.at.specialties["general"]
    davi = clinic.people["davi"].id
    send(alice, "/portal/espera", medico=marina, especialidade=general, para=davi, periodo="morning")
    page = alice.get("/portal/consultas").text
    assert "Davi Ferreira está na lista de espera" in page and "de manhã" in page
    [place] = clinic.portal.visits.waits([davi])
    assert send(alice, f"/portal/espera/{place.id}/sair").status_code == 303
    assert clinic.portal.visits.waits([davi]) == []
    assert send(alice, f"/portal/espera/{place.id}/sair").status_code == 404


@pytest.mark.parametrize(("half", "period"), [(True, ""), (False, "afternoon")])
def test_who_finds_no_time_long_enough_or_as_wished_is_offered_any(clinic, alice, half, period):
    nothing_free(clinic)
    [hour] = frees(clinic)
    if half:
        clinic.database.change(update(Slot).where(Slot.id == hour).values(status="blocked"))
    wish = {"medico": clinic.at.doctors["marina"], "especialidade": clinic.at.specialties["general"], "periodo": period}
    send(alice, "/portal/espera", **wish)
    [place] = clinic.portal.visits.waits([clinic.people["alice"].id])
    assert clinic.waiting_list.rounds.wish(place.id).after_slot is None


def test_an_undo_that_finds_the_quota_full_says_so(clinic, alice):
    limit(clinic, 1)
    kept = take_place(clinic, "alice")
    send(alice, f"/portal/consultas/{kept.id}/cancelar", reason="cannot_attend")
    take_place(clinic, "bruno")
    send(alice, f"/portal/consultas/{kept.id}/desfazer")
    assert "a última vaga do convênio" in alice.get("/portal/consultas").text


def test_nobody_takes_others_off_the_list(clinic, alice):
    place = clinic.waiting_list.join(clinic.people["bruno"], clinic.at.specialties["general"], "web")
    assert send(alice, f"/portal/espera/{place.id}/sair").status_code == 404
    assert send(alice, "/portal/espera", medico=1, para=clinic.people["bruno"].id).status_code == 404


def test_hostile_words_are_shown_as_text(clinic, alice):
    book(clinic, alice)
    path = f"/portal/consultas/{upcoming(clinic)[0].id}/cancelar"
    page = send(alice, path, reason="", note="<script>alert(1)</script>").text
    assert "&lt;script&gt;alert(1)" in page
    assert send(alice, path, reason="other", note="x" * 10_000).status_code == 422


def test_what_somebody_typed_elsewhere_is_no_key(clinic, alice):
    _, path = confirm_path(clinic)
    assert send(alice, path, once="x" * 5000).status_code == 303


def test_the_first_page_shows_an_offer_first(clinic, alice):
    nothing_free(clinic)
    joins(clinic, "alice")
    frees(clinic)
    rounds(clinic)
    page = alice.get("/portal").text
    assert page.index("Abriu um horário para") < page.index("Próximas consultas")
    assert f"/portal/espera/ofertas/{open_offer(clinic).id}/aceitar" in page
