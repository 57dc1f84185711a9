"""The manager's panel: what it shows, its filters, and its files read back."""

import csv
import io
import re
import zipfile
from xml.etree import ElementTree

import pytest

from admin_web.report_tables import Column, Table
from admin_web.report_words import days, decimal, number, percent, trend, week
from admin_web.sheets import as_csv, as_xlsx
from clinic.agenda_report import Asked
from tests.clinic.test_agenda_report import WEEK, fill

SPAN = "de=2026-11-02&ate=2026-11-08"
XML = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


@pytest.fixture
def manager(site):
    fill(site.clinic)
    return site.client("manager")


@pytest.fixture
def page(manager):
    return manager.get(f"/relatorios?{SPAN}").text


def test_four_figures_stand_first_with_their_definitions(page):
    values = re.findall(r'class="value numbers">([^<]+)<', page)
    assert values == ["20,8%", "25,0%", "20,0%", "hoje"]
    assert "Minutos tomados por consultas ÷ minutos oferecidos" in page


def test_a_figure_says_how_it_was_before(page):
    assert "100,0% nos 7 dias anteriores" in page  # one visit then, and nobody came
    assert "sem dados nos 7 dias anteriores" in page  # nothing was offered


def test_one_visit_is_told_as_one(manager, page):
    assert re.search(r"\d+ consultas no período", page)
    assert ">1 consulta no período. " in manager.get("/relatorios?de=2026-10-26&ate=2026-11-01").text


def test_tables_name_doctors_units_payers_and_media(page):
    for words in ("Marina Corrêa", "Centro", "Saúde Total", "Telefone", "segunda-feira", "2/11 a 8/11", "Cardiologia"):
        assert words in page


def test_the_rail_leads_managers_there(site):
    assert 'href="/relatorios"' in site.client("manager").get("/feriados").text
    assert 'href="/relatorios"' not in site.client("attendant").get("/agenda").text


def test_filters_stand_in_the_address_and_in_the_form(clinic, manager):
    shown = manager.get(f"/relatorios?{SPAN}&medico={clinic.at.doctors['paulo']}").text
    assert "Médico(a): Paulo Nogueira" in shown
    assert f'<option value="{clinic.at.doctors["paulo"]}" selected>' in shown
    assert '<th scope="row">Marina Corrêa</th>' not in shown


def test_a_period_without_anything_says_so(manager):
    assert "Nada neste período" in manager.get("/relatorios?de=2020-01-01&ate=2020-01-31").text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("de=ontem", "Escreva a data"), ("de=2026-11-08&ate=2026-11-01", "O fim vem antes"),
        ("de=2020-01-01&ate=2026-01-01", "até um ano"), ("ate=0001-01-01", "Escreva a data"),
    ],
)  # fmt: skip
def test_days_that_cannot_be_are_told_at_their_field(manager, query, said):
    reply = manager.get(f"/relatorios?{query}")
    assert (reply.status_code, said in reply.text) == (422, True)


@pytest.mark.parametrize("query", ["medico=999", "medico=x", "canal=" + "x" * 999, "unidade=-1", "ate=2026-11-01"])
def test_odd_filters_do_no_harm(manager, query):
    assert manager.get(f"/relatorios?{query}").status_code == 200


def test_the_csv_is_read_back(manager):
    reply = manager.get(f"/relatorios/agenda.csv?{SPAN}")
    assert reply.data.startswith(b"\xef\xbb\xbf")
    assert 'filename="agenda-2026-11-02-2026-11-08.csv"' in reply.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(reply.data.decode("utf-8-sig")), delimiter=";"))
    assert ["Período", "2 nov. 2026 a 8 nov. 2026", ""] in rows
    assert ["Marina Corrêa", "3", "18,8%", "33,3%", "25,0%", "0", "0"] in rows
    assert ["Saúde Total", "1", "25,0%", "100,0%", "0,0%"] in rows


def test_the_xlsx_is_read_back(manager):
    book = zipfile.ZipFile(io.BytesIO(manager.get(f"/relatorios/agenda.xlsx?{SPAN}").data))
    names = [one.get("name") for one in read(book, "xl/workbook.xml").findall(".//x:sheet", XML)]
    assert names[:3] == ["Resumo", "Por médico(a)", "Por unidade"]
    texts = ["".join(one.itertext()) for one in read(book, "xl/sharedStrings.xml").findall("x:si", XML)]
    cells = {one.get("r"): one for one in read(book, "xl/worksheets/sheet2.xml").findall(".//x:c", XML)}
    assert texts[int(cells["A2"].find("x:v", XML).text)] == "Marina Corrêa"
    assert (cells["B2"].find("x:v", XML).text, cells["C2"].find("x:v", XML).text) == ("3", "0.1875")


def read(book, name):
    return ElementTree.fromstring(book.read(name))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_is_audited(clinic, site, manager, kind):
    manager.get(f"/relatorios/agenda.{kind}?{SPAN}")
    [line] = clinic.audit.latest(action="report.exported")
    assert (line.actor, line.note) == (site.viewer("manager").ref, f"{kind} 2026-11-02 2026-11-08")


def test_a_file_of_wrong_days_is_not_there(manager):
    assert manager.get("/relatorios/agenda.csv?de=x").status_code == 404


HOSTILE = Table(
    "x", "=x/[1]", (Column("A", "text"), Column("B", "share")), [("=1+1", None), ("@x", 0.5), ("http://a.b", 1)]
)


def test_text_is_no_formula_in_the_csv():
    rows = as_csv([HOSTILE]).decode("utf-8-sig").splitlines()
    assert rows == ["'=x/[1]", "A;B", "'=1+1;", "'@x;50,0%", "http://a.b;100,0%", ""]


def test_large_numbers_are_written_out_in_the_csv():
    table = Table("x", "X", (Column("A", "count"), Column("B", "days")), [(12_345_678, 2.25), (0.5, 3)])
    assert as_csv([table]).decode("utf-8-sig").splitlines()[2:4] == ["12345678;2,25", "0,5;3"]


def test_whole_numbers_carry_no_comma_in_the_xlsx():
    """Excel shows 3 in the format 0.## as "3,"."""
    table = Table("x", "X", (Column("A", "days"),), [(3,), (2.5,)])
    styles = zipfile.ZipFile(io.BytesIO(as_xlsx([table]))).read("xl/styles.xml").decode()
    assert "0.##" not in styles


def test_how_it_was_before_begins_with_what_was(manager):
    rows = manager.get(f"/relatorios/agenda.csv?{SPAN}").data.decode("utf-8-sig").splitlines()
    assert "Faltas;25,0%;100,0% nos 7 dias anteriores · −75,0 pontos" in rows


def test_text_is_no_formula_and_no_link_in_the_xlsx():
    book = zipfile.ZipFile(io.BytesIO(as_xlsx([HOSTILE])))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "hyperlink" not in sheet


def test_numbers_are_written_as_people_here_write_them():
    assert [percent(0.125), percent(None), decimal(2.25), number(1250), days(3.5)] == [
        "12,5%", "–", "2,2", "1.250", "3,5 dias",
    ]  # fmt: skip
    assert (days(0), days(1), days(None), week(WEEK.first)) == ("hoje", "1 dia", "–", "2/11 a 8/11")


def test_a_trend_compares_with_as_many_days():
    assert trend(0.5, 0.45, WEEK) == "+5,0 pontos · 45,0% nos 7 dias anteriores"
    assert trend(0.45, 0.45, WEEK) == "igual · 45,0% nos 7 dias anteriores"
    assert trend(0.1, None, Asked(WEEK.first, WEEK.first)) == "sem dados no dia anterior"
