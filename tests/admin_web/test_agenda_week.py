"""/agenda/semana: where everybody is in a week, and the week of one doctor."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest

from admin_web.agenda_team import week_words
from clinic.agenda import HoursInput
from clinic.units import BRASILIA
from clinic.weeks import AT_ONCE
from tests.admin_web.forms import plain

MONDAY = "2026-11-23"


@pytest.fixture
def new_doctor(clinic):
    general = {clinic.at.specialties["general"]: None}
    return clinic.directory.add_doctor("Nova Silva", "doutora", "799", "SP", general)


def text(reply):
    return plain(reply.text.replace("–", ""))


def line(reply, name):
    """The row of one doctor."""
    html = next(row for row in reply.text.split("<tr>") if f">{name}</a></th>" in row)
    return plain(html)


def shown(desk, query=f"dia={MONDAY}"):
    return desk.get(f"/agenda/semana/grade?{query}")


def test_the_week_of_one_doctor(clinic, desk):
    page = text(desk.get(f"/agenda/semana?medico={clinic.at.doctors['marina']}&dia={MONDAY}"))
    assert "Semana de Marina Corrêa" in page
    assert [day in page for day in ("seg., 23 nov.", "sex., 27 nov.", "sáb., 28 nov.")] == [True, True, False]


def test_without_a_doctor_everybody_is_there_day_by_day(desk):
    page = desk.get(f"/agenda/semana?dia={MONDAY}")
    assert "Semana de 23 a 29 de novembro de 2026" in text(page)
    assert [name in page.text for name in ("Marina Corrêa", "Paulo Nogueira", "Rita Sampaio")] == [True] * 3
    assert re.findall(r'<th scope="(\w+)"', page.text).count("row") == 4


def test_a_cell_says_where_when_and_how_much(clinic, desk):
    clinic.book("alice", clinic.slot("marina"))
    assert "Centro , 08:00 – às 12:00 , 1 consulta , 17% ocupado, 4 livres" in line(shown(desk), "Marina Corrêa")


def test_requests_that_wait_are_told(clinic, desk):
    clinic.book("alice", clinic.slot("rita", "cardiology"), "cardiology")
    assert "1 pedido espera" in line(shown(desk), "Rita Sampaio")


def test_a_day_opens_the_doctors_own(clinic, desk):
    marina = clinic.at.doctors["marina"]
    [link] = re.findall(rf'href="([^"]+)" data-cell="{marina}-2"', shown(desk).text)
    assert link.replace("&amp;", "&") == f"/agenda?dia=2026-11-25&medico={marina}"


def test_a_unit_alone_and_where_its_doctors_are_else(clinic, desk):
    centro, norte = (clinic.at.units[name] for name in ("centro", "norte"))
    more = [HoursInput(centro, 1, time(8), time(12)), HoursInput(norte, 2, time(8), time(12))]
    clinic.agenda.set_hours(clinic.at.doctors["paulo"], more)
    page = shown(desk, f"dia={MONDAY}&unidade={norte}")
    assert "Marina Corrêa" not in page.text
    assert "em Centro , 08:00 – às 12:00 , Santana , 08:00 – às 12:00 , 0 consultas , 0% ocupado, 8 livres" in line(
        page, "Paulo Nogueira"
    )


def test_a_specialty_that_one_doctor_has_shows_her_week(clinic, desk):
    page = desk.get(f"/agenda/semana?dia={MONDAY}&especialidade={clinic.at.specialties['ecg']}")
    assert "Semana de Sérgio Prado" in text(page)


def test_of_units_of_others_only_where_somebody_is(clinic, site):
    marina, norte = clinic.at.doctors["marina"], clinic.at.units["norte"]
    hours = [HoursInput(clinic.at.units["centro"], 0, time(8), time(12)), HoursInput(norte, 1, time(8), time(12))]
    clinic.agenda.set_hours(marina, hours)
    row = line(shown(site.client("centro_attendant")), "Marina Corrêa")
    assert row.count("livres") == 1
    assert "em Santana" in row


def test_an_absence_takes_the_day_or_a_part_of_it(clinic, desk):
    marina, start = clinic.at.doctors["marina"], datetime(2026, 11, 24, 0, tzinfo=BRASILIA)
    clinic.agenda.add_absence(marina, start, start + timedelta(days=1), "Congresso")
    clinic.agenda.add_absence(marina, start + timedelta(hours=34), start + timedelta(hours=35), "")
    row = line(shown(desk), "Marina Corrêa")
    assert ("Ausente: Congresso" in row, "Ausente 10:00 às 11:00" in row) == (True, True)


def test_a_holiday_is_told(clinic, desk):
    clinic.closings.add(date(2026, 11, 25), "Aniversário da clínica")
    assert "Aniversário da clínica : não abre" in line(shown(desk), "Marina Corrêa")


def test_a_delay_is_told(clinic, desk):
    clinic.desk.delays.set(clinic.at.doctors["marina"], date(2026, 11, 23), 20, "user:1")
    assert "atraso de 20 min" in line(shown(desk), "Marina Corrêa")


def test_an_unchanged_week_is_not_sent_again(clinic, desk):
    tag = shown(desk).headers["ETag"]
    path = f"/agenda/semana/grade?dia={MONDAY}"
    assert desk.get(path, headers={"If-None-Match": tag}).status_code == 304
    clinic.book("alice", clinic.slot("marina"))
    assert desk.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_many_doctors_come_a_page_at_a_time(clinic, desk):
    for number in range(AT_ONCE):
        general = {clinic.at.specialties["general"]: None}
        doctor = clinic.directory.add_doctor(f"Doutora {number}", "doutora", f"70{number}", "SP", general, position=50)
        clinic.agenda.set_hours(doctor, [HoursInput(clinic.at.units["centro"], 0, time(8), time(9))])
    first, second = (desk.get(f"/agenda/semana?dia={MONDAY}&pagina={page}") for page in (1, 2))
    assert "1 a 20 de 24 médicos" in text(first)
    assert ("21 a 24 de 24 médicos" in text(second), "Marina Corrêa</a></th>" in second.text) == (True, False)


@pytest.mark.parametrize(("who", "offered"), [("manager", True), ("attendant", False)])
@pytest.mark.parametrize("path", ["/agenda/semana", "/agenda/semana/grade", "/agenda"])
def test_a_doctor_without_hours_has_no_empty_grid(site, new_doctor, who, offered, path):
    page = site.client(who).get(f"{path}?medico={new_doctor}&dia={MONDAY}")
    assert "Nova Silva ainda não tem horários" in text(page)
    assert (f'href="/medico/{new_doctor}/horarios"' in page.text, 'class="strip' in page.text) == (offered, False)


def test_the_offer_to_set_hours_is_kept_for_nobody_else(site, new_doctor):
    path = f"/agenda/semana/grade?medico={new_doctor}&dia={MONDAY}"
    shown = [site.client(who).get(path).text for who in ("manager", "attendant", "manager")]
    assert ["Definir horários" in one for one in shown] == [True, False, True]


def test_a_week_in_which_a_doctor_does_not_work_says_so(clinic, desk):
    page = desk.get(f"/agenda/semana?medico={clinic.at.doctors['marina']}&dia=2026-11-09")
    assert ("Semana sem horários" in text(page), "Definir horários" in text(page)) == (True, False)


def test_a_day_on_which_the_chosen_doctor_does_not_work_leads_to_the_next(clinic, desk):
    page = desk.get(f"/agenda?medico={clinic.at.doctors['marina']}&dia=2026-11-28")
    assert "Ninguém atende neste dia" in text(page) and "Ir para seg., 30 nov." in text(page)


@pytest.mark.parametrize("page", ["0", "-1", "99", "x"])
def test_a_page_there_is_not_is_another(desk, page):
    assert "Marina Corrêa" in shown(desk, f"dia={MONDAY}&pagina={page}").text


def test_nobody_in_a_week_is_told(clinic, desk):
    empty = clinic.directory.add_unit("Mooca", "Rua Um, 1", "São Paulo", "SP", phone="1144445555")
    assert "Ninguém atende nesta semana" in text(desk.get(f"/agenda/semana?dia={MONDAY}&unidade={empty}"))


@pytest.mark.parametrize(
    ("day", "hour", "week", "back"),
    [(27, 20, "23 a 29 de novembro", "Esta semana"), (28, 11, "23 a 29 de novembro", "Esta semana"),
     (28, 12, "30 de novembro a 6 de dezembro", "Próxima semana"),
     (29, 9, "30 de novembro a 6 de dezembro", "Próxima semana")],
    ids=["friday night", "saturday morning", "saturday noon", "sunday"],
)  # fmt: skip
def test_at_the_weekend_the_coming_week_is_shown(clinic, site, day, hour, week, back):
    clinic.clock.now = datetime(2026, 11, day, hour + 3, tzinfo=UTC)
    page = site.client("attendant").get("/agenda/semana")
    assert f"Semana de {week} de 2026" in text(page)
    assert re.search(rf'aria-current="date">{back}<', page.text)


def test_a_week_that_is_asked_for_is_shown_on_a_sunday_too(clinic, site):
    clinic.clock.now = datetime(2026, 11, 29, 15, tzinfo=UTC)
    desk = site.client("attendant")
    assert "Semana de 23 a 29 de novembro" in text(desk.get("/agenda/semana?dia=2026-11-29"))
    assert 'href="/agenda/semana">Semana' in desk.get("/agenda").text  # and from the day of today to the coming one


def test_who_works_on_saturday_afternoon_keeps_the_week(clinic, site):
    hours = [HoursInput(clinic.at.units["centro"], 5, time(13), time(17))]
    clinic.agenda.set_hours(clinic.at.doctors["paulo"], hours)
    clinic.clock.now = datetime(2026, 11, 28, 17, tzinfo=UTC)
    assert "Semana de 23 a 29 de novembro" in text(site.client("attendant").get("/agenda/semana"))


@pytest.mark.parametrize(
    ("monday", "words"),
    [(date(2026, 11, 23), "23 a 29 de novembro de 2026"),
     (date(2026, 11, 30), "30 de novembro a 6 de dezembro de 2026"),
     (date(2026, 12, 28), "28 de dezembro de 2026 a 3 de janeiro de 2027")],
    ids=["a month", "two months", "two years"],
)  # fmt: skip
def test_a_week_in_words(monday, words):
    assert week_words(monday) == words
