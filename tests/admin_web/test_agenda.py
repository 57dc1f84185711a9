"""/agenda and what hangs on it, without a browser."""

import re
from datetime import date

import pytest

from tests.admin_web.site import make_site

MONDAY = "2026-11-23"


@pytest.fixture
def site(clinic, tmp_path):
    return make_site(clinic, tmp_path)


@pytest.fixture
def desk(site):
    return site.client("attendant")


def text(reply):
    return " ".join(re.sub(r"<[^>]+>", " ", reply.text).split())


def send(client, path, **form):
    client.get("/agenda")
    return client.post(path, data={"csrf_token": client.get_cookie("alo_csrf").value, **form})


def test_the_day_shows_doctors_and_free_times(desk):
    page = text(desk.get(f"/agenda?dia={MONDAY}"))
    assert "Segunda-feira, 23 de novembro de 2026" in page
    assert "Marina Corrêa" in page
    assert "10:00 livre" in page


def test_a_booking_is_a_block_with_name_and_marks(clinic, desk):
    clinic.book("alice", clinic.slot("marina"))
    assert "10:00 Alice Ferreira telefone" in text(desk.get(f"/agenda/grade?dia={MONDAY}"))
