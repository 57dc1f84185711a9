"""The survey: the page of its link, and what managers see of the answers."""

import re

import pytest

from tests.admin_web.forms import send
from tests.admin_web.site import make_site
from tests.admin_web.test_message_reply import LINKS, browser, linked  # noqa: F401 - fixtures


@pytest.fixture
def visit(linked):  # noqa: F811
    booked = linked.book()
    linked.clock.now = booked.ends_at
    linked.bookings.arrive(booked.id, by="user:1")
    linked.bookings.fulfil(booked.id, by="user:1")
    return booked


@pytest.fixture
def where(visit):
    return LINKS.make(visit.id, visit.starts_at, "confirm", "email") + "/nota"


def said(clinic, visit):
    return clinic.messages.surveys.of(visit.id)


def test_opening_it_answers_nothing(browser, linked, visit, where):  # noqa: F811
    page = browser.get(where)
    assert page.status_code == 200 and page.text.count('type="radio"') == 11
    assert said(linked, visit) is None


def test_an_answer_is_kept_and_may_be_changed(browser, linked, visit, where):  # noqa: F811
    browser.get(where)
    for score in ("4", "9"):
        assert send(browser, where, score=score, comment="Gostei muito").status_code == 303
    assert (said(linked, visit).score, said(linked, visit).comment) == (9, "Gostei muito")
    assert "Sua nota é 9" in browser.get(where).text


@pytest.mark.parametrize("score", ["", "11", "x"], ids=["nothing", "eleven", "letter"])
def test_what_is_no_score_is_told_and_the_words_are_kept(browser, linked, visit, where, score):  # noqa: F811
    browser.get(where)
    page = send(browser, where, score=score, comment="Gostei")
    assert (page.status_code, "Escolha uma nota" in page.text, "Gostei" in page.text) == (422, True, True)
    assert '<p class="fault" id="e-score"><svg' in page.text
    assert said(linked, visit) is None


def test_a_day_later_it_is_settled(browser, linked, visit, where):  # noqa: F811
    browser.get(where)
    send(browser, where, score="9", comment="")
    linked.clock.move(days=2)
    assert 'type="radio"' not in browser.get(where).text
    assert send(browser, where, score="1", comment="").status_code == 409
    assert said(linked, visit).score == 9


def test_who_wants_no_more_of_it_says_so_once(browser, linked, visit, where):  # noqa: F811
    browser.get(where)
    send(browser, where.replace("/nota", "/pesquisas"), pesquisas="0")
    assert not linked.messages.preferences.of(linked.people["alice"].id).surveys


def test_managers_see_figures_and_words_and_others_do_not(linked, visit, tmp_path):  # noqa: F811
    linked.messages.surveys.answer(visit.id, 10, "Atendimento excelente", "email")
    site = make_site(linked, tmp_path)
    page = site.client("manager").get("/pesquisa").text
    assert "Atendimento excelente" in page and "poucas respostas" in page
    assert site.client("doctor").get("/pesquisa").status_code == 403


def test_an_empty_period_says_so_and_wrong_days_are_told(linked, tmp_path):  # noqa: F811
    client = make_site(linked, tmp_path).client("manager")
    assert "Nenhuma resposta neste período" in client.get("/pesquisa").text
    wrong = client.get("/pesquisa?de=x&ate=2026-01-01")
    assert (wrong.status_code, "Escreva a data" in wrong.text) == (422, True)


def test_a_day_to_come_is_told_where_it_was_typed(linked, tmp_path):  # noqa: F811
    wrong = make_site(linked, tmp_path).client("manager").get("/pesquisa?de=2100-01-01").text
    assert re.search('id="f-de-error".*Este dia ainda não chegou', wrong) and 'id="f-ate-error"' not in wrong
