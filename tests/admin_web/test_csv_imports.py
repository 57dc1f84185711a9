"""/importar: a file is sent, its trial looked at, carried out and undone."""

import io
import re

import pytest

from admin_web.csv_imports import AROUND_THE_FILE, MEGABYTES
from clinic.csv_import.columns import SORTS

MARIA = "nome;cpf;nascimento\nMaria de Souza;168.995.350-09;05/04/1980\n"


def token(browser):
    return {"csrf_token": browser.get_cookie("alo_csrf").value}


def send(browser, text, sort="patients", name="lista.csv"):
    file = (io.BytesIO(text if isinstance(text, bytes) else text.encode()), name)
    return browser.post("/importar", data={"sort": sort, "file": file, **token(browser)})


def tried(browser, text, **more):
    reply = send(browser, text, **more)
    assert reply.status_code == 303, reply.text
    return reply.location


def test_a_file_is_tried_carried_out_and_undone(clinic, manager):
    page = tried(manager, MARIA)
    assert "Importar uma linha" in manager.get(page).text
    assert clinic.desk.search.find("maria de souza", "user:1") == []
    manager.post(f"{page}/comecar", data=token(manager))
    assert "Importação terminada" in manager.get(page).text
    assert len(clinic.desk.search.find("maria de souza", "user:1")) == 1
    manager.post(f"{page}/desfazer", data=token(manager))
    assert "Importação desfeita" in manager.get(page).text
    assert clinic.desk.search.find("maria de souza", "user:1") == []


def test_errors_are_told_by_line_and_column(manager):
    page = manager.get(tried(manager, MARIA.replace("350-09", "350-08"))).text
    row = re.search(r"Linha 2</th>(.*?)</tr>", page, re.DOTALL)[1]
    assert all(words in row for words in ("cpf", "O CPF não confere", "168.995.350-08"))
    assert "Não há nada a importar" in page


def test_the_same_file_again_has_nothing_to_do(manager):
    for _ in range(2):
        page = tried(manager, MARIA)
        manager.post(f"{page}/comecar", data=token(manager))
    again = manager.get(tried(manager, MARIA)).text
    assert "já foi" in again
    assert "tudo já está no sistema" in again


def test_started_twice_is_started_once(manager):
    page = tried(manager, MARIA)
    for _ in range(2):
        assert manager.post(f"{page}/comecar", data=token(manager)).status_code == 303
    assert "já tinha começado" in manager.get(page).text


def test_what_goes_on_says_how_far_it_is(clinic, manager):
    lines = "".join(f"Filho {chr(65 + n % 26)}{chr(65 + n // 26)};;01/01/2020;529.982.247-25\n" for n in range(150))
    page = tried(manager, "nome;cpf;nascimento;cpf_responsavel\n" + lines)
    manager.post(f"{page}/comecar", data=token(manager))
    part = manager.get(f"{page}/andamento").text
    assert 'data-status="running"' in part
    assert "100 de 150" in part
    clinic.csv_imports.go_on()
    assert 'data-status="done"' in manager.get(f"{page}/andamento").text


@pytest.mark.parametrize(
    ("text", "sort", "said"),
    [
        ("", "patients", "O arquivo está vazio."),
        (b"PK\x03\x04", "patients", "Isto não é um CSV."),
        ("nome;cpf\nAna;1\n", "patients", "faltam as colunas “nascimento”"),
        ("nome;" * 400_000 + "\nAna", "patients", "São 400001 colunas, e cabem 200."),
        (MARIA, "other", "Diga o que há no arquivo."),
    ],
    ids=["empty", "binary", "a column missing", "a bomb of columns", "another sort"],
)
def test_a_file_that_cannot_be_read_is_told_at_the_field(manager, text, sort, said):
    reply = send(manager, text, sort)
    assert (reply.status_code, said in reply.text) == (422, True)


def test_no_file_is_told(manager):
    reply = manager.post("/importar", data={"sort": "patients", **token(manager)})
    assert (reply.status_code, "Escolha o arquivo." in reply.text) == (422, True)


def test_this_route_takes_more_than_others(manager):
    reply = send(manager, MARIA + "\n" * 300_000)
    assert reply.status_code == 303
    reply = manager.post("/ajustes", data={"name": "x" * 300_000, **token(manager)})
    assert reply.status_code == 413


def test_too_big_a_file_is_told_at_the_field(manager):
    reply = send(manager, b"x" * (MEGABYTES * 1024 * 1024 + AROUND_THE_FILE))
    assert (reply.status_code, f"passa de {MEGABYTES} MB" in reply.text) == (413, True)


def test_who_may_not_import_sends_no_big_files(site):
    attendant = site.client("attendant")
    attendant.get("/agenda")
    assert send(attendant, MARIA + "\n" * 300_000).status_code == 413


@pytest.mark.parametrize("sort", SORTS)
def test_each_sort_has_an_example(manager, sort):
    reply = manager.get(f"/importar/exemplo/{sort}")
    assert (reply.status_code, reply.mimetype) == (200, "text/csv")
    assert "attachment" in reply.headers["Content-Disposition"]
    assert f"/importar/exemplo/{sort}" in manager.get("/importar").text


@pytest.mark.parametrize("path", ["/importar/exemplo/other", "/importar/999", "/importar/999/andamento"])
def test_what_is_not_there_is_not_found(manager, path):
    assert manager.get(path).status_code == 404


def test_hostile_names_are_text(manager):
    text = "nome;cpf;nascimento;<b>peso\n<script>x</script>;=cmd();05/04/1980;1\n"
    page = manager.get(tried(manager, text, name='<img src="x">.csv')).text
    assert "<script>x" not in page
    assert '<img src="x"' not in page
    assert "=cmd()" in page
