"""A convênio's people who would wait longer than ANS RN 566/2022 allows are told so, and what they can do."""

from datetime import timedelta

import pytest

TOLD = "Fora do prazo do convênio."
SAID = "O convênio tem 7 dias úteis para atender, até qua., 2 dez. (ANS, RN 566/2022)."


@pytest.fixture
def away(clinic):
    """Marina, whom alone the convênio pays for, is away for two weeks."""
    now = clinic.clock()
    clinic.agenda.add_absence(clinic.at.doctors["marina"], now, now + timedelta(days=14))
    return clinic


def asked(clinic, payer="saude", **more):
    return {"especialidade": clinic.at.specialties["general"], "convenio": clinic.at.payers[payer], **more}


def times_path(clinic):
    return f"/medicos/{clinic.at.doctors['marina']}"


@pytest.mark.parametrize("who", [None, "patient"])
def test_the_search_says_so_and_what_can_be_done(away, site, who):
    page = site.client(who).get("/medicos", query_string=asked(away)).text
    assert TOLD in page and SAID in page
    for way in ("lista de espera", "Peça ao Saúde Total outro médico", "0800 701 9656", "ouvidoria"):
        assert way in page


def test_the_doctors_times_say_so(away, site):
    page = site.client(None).get(times_path(away), query_string=asked(away)).text
    assert TOLD in page and "com Marina Corrêa é seg., 7 dez., 09:00" in page


def test_nothing_is_said_where_there_is_time(clinic, site):
    for path in ("/medicos", times_path(clinic)):
        assert TOLD not in site.client(None).get(path, query_string=asked(clinic)).text


def test_nothing_is_said_of_particular(away, site):
    assert TOLD not in site.client(None).get(times_path(away), query_string=asked(away, "particular")).text


def test_another_doctor_who_has_time_is_offered(away, site):
    away.directory.accept(away.at.doctors["paulo"], away.at.payers["saude"], [away.at.units["centro"]])
    page = site.client(None).get(times_path(away), query_string=asked(away)).text
    assert "Há horário antes:" in page and "com Paulo Nogueira</a>" in page


def test_a_card_says_so_where_another_has_time(away, site):
    away.directory.accept(away.at.doctors["paulo"], away.at.payers["saude"], [away.at.units["centro"]])
    page = site.client(None).get("/medicos", query_string=asked(away)).text
    assert (TOLD in page, page.count("Depois do prazo de 7 dias úteis")) == (False, 1)


def test_who_usually_comes_by_a_convenio_need_not_say_so(away, site):
    browser = site.client("patient")
    assert TOLD not in browser.get(times_path(away)).text
    ana = away.patients.register(
        "Ana Prado", away.people["alice"].birth_date, usual_payer_id=away.at.payers["saude"],
        guardian=away.people["alice"],
    )  # fmt: skip
    assert TOLD in browser.get(times_path(away), query_string={"para": ana.id}).text


def desk_page(clinic, site, payer):
    slot = clinic.slot("marina")
    query = {"horario": slot.id, "paciente": clinic.people["bruno"].id, "convenio": clinic.at.payers[payer]}
    return site.client("attendant").get("/agenda/marcar", query_string=query).text


def test_the_desk_is_told_before_it_books(away, site):
    page = desk_page(away, site, "saude")
    assert TOLD in page and SAID in page and "Ofereça a lista de espera" in page


def test_the_desk_is_told_nothing_where_nothing_is_late(away, site):
    assert TOLD not in desk_page(away, site, "particular")


def test_the_desk_is_told_nothing_of_a_time_soon_enough(clinic, site):
    assert TOLD not in desk_page(clinic, site, "saude")
