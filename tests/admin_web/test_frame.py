"""The frame: rail, theme, static files, errors."""

import re

import pytest

from admin_web.access import Public, declare
from admin_web.assets import LIGHT, TOGETHER, switched, version
from clinic.users import Viewer
from tests.admin_web.conftest import careful
from tests.admin_web.fakes import BrokenProfile, fake_app, fake_clinic


def test_without_a_telephone_the_rail_has_none(tmp_path):
    client = careful(fake_app(tmp_path, demo=False))
    assert "/telefone" not in client.get("/chamadas").text


def test_the_rail_shows_only_where_one_may_go(tmp_path):
    patient = Viewer(3, "Ana Paula Ribeiro", frozenset({"patient"}))
    assert 'href="/chamadas"' not in careful(fake_app(tmp_path, viewer=patient)).get("/telefone").text


@pytest.mark.parametrize(("path", "word"), [("/telefone", "Telefone"), ("/chamadas", "Chamadas")])
def test_the_rail_shows_where_one_is(client, path, word):
    [current] = re.findall(r'aria-current="page">.*?<span>(.*?)</span>', client.get(path).text)
    assert current == word


def test_the_header_has_the_clinics_name(client):
    assert "Clínica Bem Viver" in client.get("/chamadas").text


def test_an_unknown_page_is_explained(client):
    reply = client.get("/nada")
    assert (reply.status_code, "Esta página não existe" in reply.text) == (404, True)


@pytest.mark.parametrize(
    ("who", "path", "said"),
    [
        ("patient", "/equipe", "Esta página é da equipe da clínica"),
        ("attendant", "/portal", "abra a Agenda ou a ficha da pessoa"),
        ("doctor", "/portal", "Esta página não é da sua função"),
        ("attendant", "/equipe", "peça a um administrador"),
    ],
)
def test_who_is_at_a_closed_door_is_told_whose_it_is(site, who, path, said):
    reply = site.client(who).get(path)
    assert (reply.status_code, said in reply.text) == (403, True)


def test_a_failure_gives_a_code_to_quote_and_logs_it(app, client, caplog):
    app.add_url_rule("/bad", "bad", lambda: 1 / 0)
    declare(app, "bad", Public("it only fails"))
    reply = client.get("/bad")
    [code] = re.findall(r'class="code">(\w{8})<', reply.text)
    assert (reply.status_code, code in caplog.text) == (500, True)


def test_a_failure_is_shown_also_without_a_database(tmp_path):
    client = careful(fake_app(tmp_path, clinic=fake_clinic(profile=BrokenProfile())))
    assert client.get("/nada").status_code == 404
    assert client.get("/healthz").status_code == 500


def test_an_error_is_json_for_who_asks_for_json(client):
    reply = client.get("/nada", headers={"Accept": "application/json"})
    assert reply.json["title"] == "Esta página não existe"


def test_the_process_is_well(client):
    assert client.get("/healthz").text == "ok\n"


def test_a_theme_is_kept(client):
    client.get("/chamadas")
    assert client.post_as_page("/tema", data={"theme": "light"}).status_code == 200
    assert '<html lang="pt-BR" data-theme="light">' in client.get("/chamadas").text


def test_without_a_choice_the_system_decides(client):
    assert '<html lang="pt-BR">' in client.get("/chamadas").text


def test_the_light_colours_are_for_who_chose_them_and_for_the_systems_who_chose_none():
    chosen, systems = switched(":root { --page: #fff; }\n").split("@media (prefers-color-scheme: light) ")
    assert chosen == ':root[data-theme="light"] { --page: #fff; }\n'
    assert systems == "{\n:root:not([data-theme]) { --page: #fff; }\n}\n"


def test_without_script_the_theme_is_told_in_another_tab_and_what_was_typed_stays(client):
    page = client.get("/chamadas").text
    [form] = re.findall('<form class="themes".*?</form>', page, re.DOTALL)
    assert 'target="_blank"' in form
    assert "abre em outra aba" in form
    token = re.search(r'name="csrf_token" value="(.*?)"', form)[1]
    told = client.post("/tema", data={"theme": "dark", "csrf_token": token}).text
    assert '<html lang="pt-BR" data-theme="dark">' in told
    assert 'value="dark" title="Escuro" aria-label="Escuro"\n              aria-pressed="true"' in told


def test_a_script_is_told_nothing_of_the_theme(client):
    client.get("/chamadas")
    token = {"X-CSRF-Token": client.get_cookie("alo_csrf").value, "Accept": "*/*"}
    assert client.post("/tema", data={"theme": "dark"}, headers=token).status_code == 204


def test_an_unknown_theme_is_refused(client):
    assert client.post_as_page("/tema", data={"theme": "pink"}).status_code == 400


def test_static_files_are_kept_for_ever_under_their_version(client):
    [sheet] = re.findall(r'href="(/static/\w{12}/frame/all.css)"', client.get("/chamadas").text)
    kept = client.get(sheet).cache_control
    assert (kept.immutable, kept.max_age, kept.no_store, kept.no_cache) == (True, 365 * 24 * 3600, False, None)


@pytest.mark.parametrize("name", sorted(TOGETHER))
def test_the_sheets_of_every_page_come_as_one(client, name):
    sheet = client.get(f"/static/x/{name}")
    alone = [client.get(f"/static/x/{one}").text for one in TOGETHER[name] if one != LIGHT]
    again = client.get(f"/static/x/{name}", headers={"If-None-Match": sheet.headers["ETag"]})
    assert (all(one in sheet.text for one in alone), sheet.mimetype, again.status_code) == (True, "text/css", 304)


def test_no_script_is_waited_for_before_the_first_paint(client):
    scripts = re.findall("<script [^>]*", client.get("/chamadas").text)
    assert scripts and all('type="module"' in one for one in scripts)


def test_a_static_file_of_another_version_is_not_kept(client):
    for file in ("frame/base.css", "frame/all.css"):
        reply = client.get(f"/static/000000000000/{file}")
        assert (reply.status_code, reply.cache_control.max_age, reply.cache_control.no_cache) == (200, None, True)


def test_static_files_are_those_of_one_folder(client):
    assert client.get("/static/x/..%2f..%2fapp.py").status_code == 404


def test_the_version_changes_with_any_byte(tmp_path):
    (tmp_path / "a.css").write_text("a{}")
    before = version(tmp_path)
    (tmp_path / "a.css").write_text("b{}")
    assert version(tmp_path) != before


def test_pages_stay_out_of_caches(client):
    assert client.get("/telefone").cache_control.no_store
