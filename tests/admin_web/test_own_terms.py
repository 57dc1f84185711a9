"""A doctor's own prices, and the calendar to subscribe to."""

import re

import pytest

from admin_web.own_terms import read_reais, write_reais
from tests.admin_web.forms import as_shown, send
from tests.admin_web.own import tuesday


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("350", 35_000),
        ("350,00", 35_000),
        ("R$ 1.250,50", 125_050),
        ("0", 0),
        ("350.00", None),
        ("-1", None),
        ("x", None),
    ],
)
def test_prices_as_people_type_them(typed, cents):
    assert read_reais(typed) == cents


def test_a_price_is_shown_as_it_is_typed():
    assert (write_reais(125_050), write_reais(None)) == ("1250,50", "")


def test_prices_are_kept_and_taken_away(clinic, doctor, marina):
    path, kind = f"/medico/{marina}/precos", clinic.at.kinds["consultation"]
    for typed, cents in (("420,00", 42_000), ("", None)):
        shown = as_shown(doctor.get(path).text)
        assert send(doctor, path, shown | {f"price-{kind}": typed}).status_code == 303
        assert clinic.directory.price(marina, kind) == cents


def test_two_do_not_write_over_each_others_prices(clinic, site, doctor, marina):
    path, kind = f"/medico/{marina}/precos", f"price-{clinic.at.kinds['consultation']}"
    mine = as_shown(doctor.get(path).text)
    manager = site.client("manager")
    assert send(manager, path, as_shown(manager.get(path).text) | {kind: "390,00"}).status_code == 303
    reply = send(doctor, path, mine | {kind: "420,00"})
    assert (reply.status_code, 'value="420,00"' in reply.text, "R$ 390,00" in reply.text) == (409, True, True)
    assert clinic.practice.prices(marina)[clinic.at.kinds["consultation"]] == 39_000
    assert send(doctor, path, as_shown(reply.text)).status_code == 303


def test_a_price_that_is_none_changes_nothing(clinic, doctor, marina):
    kind = clinic.at.kinds["consultation"]
    reply = send(doctor, f"/medico/{marina}/precos", **{f"price-{kind}": "caro"})
    assert (reply.status_code, 'value="caro"' in reply.text) == (422, True)
    assert clinic.directory.price(marina, kind) == 35_000


def test_the_calendar_is_open_to_who_has_its_address(clinic, site, doctor, marina):
    tuesday(clinic)
    [address] = re.findall(
        r"http://localhost(/ics/[\w-]+\.ics)", send(doctor, f"/medico/{marina}/precos/calendario").text
    )
    told = site.client(None).get(address)
    assert (told.status_code, told.mimetype) == (200, "text/calendar")
    assert "BEGIN:VEVENT" in told.text and "Alice" not in told.text
    send(doctor, f"/medico/{marina}/precos/calendario/fechar")
    assert site.client(None).get(address).status_code == 404
