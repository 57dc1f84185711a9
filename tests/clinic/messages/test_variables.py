"""An appointment in words, by the clock of its unit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from clinic.messages.kinds import EVERYWHERE, MORE, OPTIONAL
from clinic.messages.links import Links
from clinic.messages.variables import BY_VIDEO, FACTS, HIDDEN, NAMELESS, Facts, Variables, facts
from clinic.roster import Rosters
from db.tables import AppointmentChange, Protocol, Unit

AT = datetime(2026, 11, 26, 17, 30, tzinfo=UTC)
LINKS = Links("a key that is long enough for anybody")
EMPTY_WITHOUT_REASON = {"link_oferta", "data_anterior", "hora_anterior", "atraso", "prazo"}


@pytest.fixture
def variables(clinic):
    return Variables(Rosters(clinic.database), clinic.profile, LINKS, "https://clinica.example")


@pytest.fixture
def known(clinic):
    """A visit of Alice's with Marina."""
    at = clinic.at
    return Facts(
        7, "123456", AT, at.doctors["marina"], at.units["centro"], at.specialties["general"], at.kinds["exam"],
        at.payers["particular"], "in_person", patient="Alice Ferreira",
    )  # fmt: skip


def test_every_variable_is_there(variables, known):
    said = variables.of(known)
    assert set(said) == {*EVERYWHERE, *MORE}
    assert {name for name, value in said.items() if not value} <= OPTIONAL | EMPTY_WITHOUT_REASON


def test_a_visit_in_words(variables, known):
    said = variables.of(known)
    expected = {
        "paciente": "Alice Ferreira", "primeiro_nome": "Alice", "data": "quinta-feira, 26 de novembro",
        "data_curta": "qui., 26/11", "hora": "14:30", "clinica": "Clínica Boa Vista", "unidade": "Centro",
        "endereco": "Rua Quinze de Novembro, 120, São Paulo/SP", "telefone_clinica": "(11) 3333-4444",
        "local": "Centro, Rua Quinze de Novembro, 120, São Paulo/SP", "codigo": "123456",
        "preparo": "Venha em jejum de oito horas.", "link_portal": "https://clinica.example/portal",
        "orientacao": "Chegue 15 minutos antes, com um documento com foto.",
    }  # fmt: skip
    assert {name: said[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("doctor", "medico", "o_medico", "do_medico"),
    [
        ("marina", "Dra. Marina Corrêa", "a Dra. Marina Corrêa", "da Dra. Marina Corrêa"),
        ("paulo", "Dr. Paulo Nogueira", "o Dr. Paulo Nogueira", "do Dr. Paulo Nogueira"),
    ],
)
def test_a_doctor_has_title_and_article(variables, known, clinic, doctor, medico, o_medico, do_medico):
    said = variables.of(replace(known, doctor_id=clinic.at.doctors[doctor]))
    assert (said["medico"], said["o_medico"], said["do_medico"]) == (medico, o_medico, do_medico)


@pytest.mark.parametrize(
    ("name", "paciente", "primeiro_nome"),
    [
        ("Maria  da Conceição", "Maria da Conceição", "Maria"),
        ("", NAMELESS, ""),
        ("Ganhe em www.premio.example", HIDDEN, ""),
        ("Ana http://x.example", HIDDEN, ""),
        ("Ana {hora}", HIDDEN, ""),
        ("Ligue 11999998888", HIDDEN, ""),
        ("A" * 200, HIDDEN, ""),
        ("Ana\nBcc", "Ana Bcc", "Ana"),
    ],
)
def test_what_is_no_name_is_not_sent(variables, known, name, paciente, primeiro_nome):
    said = variables.of(replace(known, patient=name))
    assert (said["paciente"], said["primeiro_nome"]) == (paciente, primeiro_nome)


def test_a_visit_by_video_has_no_street(variables, known):
    said = variables.of(replace(known, modality="video"))
    assert (said["local"], said["orientacao"]) == ("por vídeo", BY_VIDEO)


def test_a_plan_wants_its_card(variables, known, clinic):
    said = variables.of(replace(known, payer_id=clinic.at.payers["saude"]))
    assert said["orientacao"].endswith("e a carteirinha do convênio.")


def test_a_zone_is_named_where_the_clinic_has_several(clinic, known):
    away = update(Unit).where(Unit.id == clinic.at.units["norte"]).values(zone="America/Manaus")
    clinic.database.change(away)
    variables = Variables(Rosters(clinic.database), clinic.profile, LINKS, "")
    assert variables.of(known)["hora"] == "14:30 (horário de Brasília)"
    there = variables.of(replace(known, unit_id=clinic.at.units["norte"]))
    assert there["hora"] == "13:30 (horário de Manaus)"


def test_a_day_is_that_of_the_unit(variables, known):
    said = variables.of(replace(known, starts_at=datetime(2026, 12, 1, 2, 30, tzinfo=UTC)))
    assert (said["data"], said["hora"]) == ("segunda-feira, 30 de novembro", "23:30")


def test_the_first_of_a_month_is_first(variables, known):
    assert variables.of(replace(known, starts_at=AT + timedelta(days=5)))["data"] == "terça-feira, 1º de dezembro"


@pytest.mark.parametrize(("days", "said"), [(0, "na quinta-feira, 26"), (2, "no sábado, 28"), (3, "no domingo, 29")])
def test_a_day_within_a_sentence(variables, known, days, said):
    assert variables.of(replace(known, starts_at=AT + timedelta(days=days)))["na_data"] == f"{said} de novembro"


def test_what_it_was_before_is_told(variables, known):
    said = variables.of(replace(known, before=AT - timedelta(days=1)))
    assert (said["data_anterior"], said["hora_anterior"]) == ("quarta-feira, 25 de novembro", "14:30")


def test_a_request_has_its_term(variables, known):
    assert variables.of(replace(known, answer_by=AT))["prazo"] == "quinta-feira, 26 de novembro, às 14:30"


def test_an_offer_has_a_term_of_its_own(variables, known):
    assert variables.of(known, until=AT)["prazo"] == "quinta-feira, 26 de novembro, às 14:30"


@pytest.mark.parametrize(
    ("event", "note", "said"),
    [
        ("delayed", "30", "30 minutos"), ("delayed", "60", "1 hora"), ("delayed", "90", "1 hora e 30 minutos"),
        ("delayed", "1", "1 minuto"), ("delayed", "", ""), ("booked", "30", ""),
    ],
)  # fmt: skip
def test_a_delay_in_words(variables, known, event, note, said):
    assert variables.of(replace(known, event=event, note=note))["atraso"] == said


@pytest.mark.parametrize(
    ("event", "reason", "said"),
    [
        ("declined", "declined", "Não atendo isto"), ("cancelled", "clinic", "Não atendo isto"),
        ("cancelled", "doctor_away", "Não atendo isto"), ("cancelled", "other", ""), ("cancelled", "spoken", ""),
    ],
)  # fmt: skip
def test_only_the_clinics_own_reason_is_repeated(variables, known, event, reason, said):
    assert variables.of(replace(known, event=event, cancel_reason=reason, note="Não atendo isto"))["motivo"] == said


def test_links_are_signed_and_know_their_medium(variables, known):
    link = variables.of(known, via="sms")["link_confirmar"]
    found = LINKS.read(link.removeprefix("https://clinica.example/c/"))
    assert (found.appointment_id, found.version, found.deed, found.via) == (7, AT, "confirm", "sms")


# Read from the database


def test_an_appointment_is_read(clinic, variables):
    booking = clinic.book()
    found = facts(clinic.database.first(FACTS, {"appointment": booking.id, "change": 0}))
    assert (found.code, found.patient, found.before, found.protocol) == (booking.code, "Alice Ferreira", None, None)
    assert variables.of(found)["codigo"] == booking.code


def test_the_nome_social_is_the_name(clinic):
    booking = clinic.book("carla")
    assert facts(clinic.database.first(FACTS, {"appointment": booking.id, "change": 0})).patient == "Carla Souza"


def test_a_moved_one_knows_its_old_start(any_clinic):
    clinic = any_clinic
    old = clinic.book()
    hold = clinic.bookings.hold(clinic.slot(place=3), by="x")
    new = clinic.bookings.reschedule(clinic.people["alice"], old.id, hold, "web")
    assert facts(clinic.database.first(FACTS, {"appointment": new.id, "change": 0})).before == old.starts_at


def test_the_protocol_of_the_call_is_told(clinic):
    booking = clinic.book()
    number = {"number": "261123000001", "medium": "telephone", "call_uniqueid": "test-call"}
    clinic.database.change(insert(Protocol).values(created_at=clinic.clock(), **number))
    change = clinic.database.first(select(AppointmentChange.id).where(AppointmentChange.appointment_id == booking.id))
    found = facts(clinic.database.first(FACTS, {"appointment": booking.id, "change": change.id}))
    assert (found.protocol, found.event) == ("261123000001", "booked")
