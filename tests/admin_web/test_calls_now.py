"""/chamadas without a browser."""

import re
from datetime import timedelta

import pytest

from admin_web.menu_words import WORDS, where
from tests.admin_web.fakes import NOW, link, live_call
from tests.admin_web.forms import text


@pytest.fixture
def page(client, calls):
    """What the page says, tags left out."""

    def read(path="/chamadas"):
        return text(client.get(path))

    calls.known = [link()]
    return read


def test_without_calls_it_says_so(page):
    assert "Nenhuma ligação agora" in page()


def test_without_any_watcher_it_says_how_to_have_one(page, calls):
    calls.known = []
    assert "ALO_AMI_USER" in page()


def test_settings_are_no_words_for_the_desk(site):
    said = text(site.client("attendant").get("/chamadas"))
    assert "central telefônica" in said and "ALO_" not in said


def test_a_call_says_who_where_and_since_when(page, calls):
    calls.now = [live_call()]
    assert "(11) •••••-4321 identificado Marcando consulta 14:32" in page()


def test_a_withheld_number_and_a_stranger(page, calls):
    calls.now = [live_call("", "greeting", patient_known=False)]
    shown = page()
    assert "Número oculto Saudação" in shown
    assert "identificado" not in shown


def test_who_was_handed_over_is_at_the_reception(page, calls):
    calls.now = [live_call(menu="left", context="reception")]
    assert "Na recepção" in page()


def test_calls_are_counted_in_words(page, calls):
    calls.now = [live_call()]
    assert "1 ligação em andamento" in page()
    calls.now = [live_call(), live_call("(21) •••••-8050")]
    assert "2 ligações em andamento" in page()


def test_yesterdays_call_shows_its_day(page, calls):
    calls.now = [live_call(minutes=24 * 60)]
    assert "22/11 14:35" in page()


def test_a_lost_asterisk_is_told_with_since_when_and_why(page, calls):
    calls.known = [link(up=False, since=NOW - timedelta(minutes=3), note="conexão recusada")]
    assert "Sem contato com o Asterisk desde 14:32. 127.0.0.1:5038: conexão recusada." in page()


def test_a_watcher_without_a_sign_of_life_is_lost_too(page, calls):
    calls.known = [link(seen_at=NOW - timedelta(minutes=2))]
    assert "Sem contato com o Asterisk desde 14:33" in page()


def test_what_a_lost_asterisk_told_last_is_marked(page, calls):
    calls.now, calls.known = [live_call()], [link(up=False)]
    assert "sem contato" in page("/chamadas/lista")


def test_which_asterisk_is_told_only_where_there_are_several(page, calls):
    calls.now = [live_call(), live_call("", asterisk="")]
    assert "127.0.0.1:5038" not in page()
    calls.known = [link(), link()]
    assert "127.0.0.1:5038" in page()


def test_the_fragment_is_the_list_alone(client):
    assert "<html" not in client.get("/chamadas/lista").text


def test_an_unchanged_list_is_not_sent_again(client, calls):
    calls.now = [live_call()]
    tag = client.get("/chamadas/lista").headers["ETag"]
    assert client.get("/chamadas/lista", headers={"If-None-Match": tag}).status_code == 304
    calls.now = []
    assert client.get("/chamadas/lista", headers={"If-None-Match": tag}).status_code == 200


def test_the_page_is_whole_without_script(client, calls):
    calls.now = [live_call()]
    assert re.search(r"<noscript>.*Atualizar</a></noscript>", client.get("/chamadas").text)


def test_numbers_are_not_taken_for_html(page, calls):
    calls.now = [live_call("<b>1</b>")]
    assert "&lt;b&gt;1&lt;/b&gt;" in page()


@pytest.mark.parametrize("context", ["reception", "agi-failed"])
def test_the_dialplan_knows_better_than_the_last_menu(context):
    assert where("booking", context) == "Na recepção"


def test_an_unknown_place_has_words_too():
    assert where("", "somewhere") == "Fora dos menus"


def test_every_menu_has_words():
    """The names that menus enter are read off their source; the rooms do not know each other."""
    from tests.conventions import house

    entered = {
        call.args[0].value
        for module in house.modules("agi")
        for call in house.calls(module.tree)
        if house.called(call).endswith(".enter") and call.args
    }
    assert entered - set(WORDS) == set()
