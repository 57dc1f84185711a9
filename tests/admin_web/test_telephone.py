"""/telefone without a browser."""

import json

import pytest

from clinic.testphone import TooManyLines
from tests.admin_web.conftest import careful
from tests.admin_web.fakes import FakePhone, fake_app


@pytest.fixture
def line(client):
    reply = client.post_as_page("/telefone/linhas")
    assert reply.status_code == 201
    return reply.json


def told(reply):
    """The events of a whole stream."""
    blocks = [dict(row.split(": ", 1) for row in block.splitlines()) for block in reply.text.split("\n\n") if block]
    return [(int(block["id"]), json.loads(block["data"])) for block in blocks if "id" in block]


def test_the_page_has_twelve_keys_and_their_letters(client):
    page = client.get("/telefone").text
    assert page.count('class="key"') == 12
    assert "<b>7</b> <i>PQRS</i>" in page
    assert 'aria-label="sustenido"' in page


def test_the_patients_to_try_are_beside_it(client):
    page = client.get("/telefone").text
    assert "111.444.777-35" in page
    assert "05/04/1980" in page
    assert 'data-type="05041980"' in page


def test_a_call_is_told_from_ringing_to_its_end(client, line):
    client.post_as_page(line["press"], json={"keys": "11144477735"})
    client.post_as_page(line["press"], json={"keys": "050419809"})
    kinds = [event["kind"] for _, event in told(client.get(line["events"]))]
    assert kinds[:3] == ["ringing", "answered", "heard"]
    assert kinds[-1] == "ended"


def test_what_is_heard_comes_with_its_words_and_sound(client, line):
    client.post_as_page(line["hang_up"])
    heard = [event for _, event in told(client.get(line["events"])) if event["kind"] == "heard"]
    assert heard[0]["text"] == "Boa tarde. Clínica Bem Viver."
    assert client.get(heard[0]["sound"]).mimetype == "audio/wav"


def test_a_reader_that_comes_back_gets_what_it_missed(client, line):
    client.post_as_page(line["hang_up"])
    first = told(client.get(line["events"]))
    again = told(client.get(line["events"], headers={"Last-Event-ID": "2"}))
    assert again == first[2:]


@pytest.mark.parametrize("wrong", ["x", "-1", "9" * 400])
def test_an_odd_last_event_id_does_no_harm(client, line, wrong):
    client.post_as_page(line["hang_up"])
    assert client.get(line["events"], headers={"Last-Event-ID": wrong}).status_code == 200


def test_events_are_not_held_back_by_a_proxy(client, line):
    client.post_as_page(line["hang_up"])
    reply = client.get(line["events"])
    assert (reply.mimetype, reply.headers["X-Accel-Buffering"]) == ("text/event-stream", "no")


def test_keys_arrive_in_order(client, line, phone):
    client.post_as_page(line["press"], json={"keys": "123#*0"})
    talk = next(iter(phone.lines.values()))
    assert talk.keys.endswith("123#*0")


@pytest.mark.parametrize(
    "body", [{"keys": "12a"}, {"keys": ""}, {"keys": "1" * 33}, {}, {"keys": None}, {"keys": ["1"]}]
)
def test_what_is_no_key_is_refused(client, line, body):
    assert client.post_as_page(line["press"], json=body).status_code == 400


def test_a_line_that_is_gone_is_said_to_be(client):
    assert client.post_as_page("/telefone/linhas/none/teclas", json={"keys": "1"}).status_code == 404
    assert client.post_as_page("/telefone/linhas/none/desligar").json["title"] == "Esta ligação já terminou"
    assert "event: gone" in client.get("/telefone/linhas/none/eventos").text


def test_without_the_voice_menus_the_remedy_is_told(tmp_path):
    client = careful(fake_app(tmp_path, phone=FakePhone(reachable=False)))
    reply = client.post_as_page("/telefone/linhas")
    assert (reply.status_code, "alo agi" in reply.json["what_to_do"]) == (503, True)


def test_when_all_lines_are_taken_one_waits(tmp_path):
    class Full(FakePhone):
        def open(self, caller=""):
            raise TooManyLines

    reply = careful(fake_app(tmp_path, phone=Full())).post_as_page("/telefone/linhas")
    assert (reply.status_code, reply.json["title"]) == (503, "Todas as linhas de teste estão ocupadas")


@pytest.mark.parametrize("path", ["normal/no/such", "normal/../../etc/passwd", "fast/bye"])
def test_only_prompts_can_be_heard(client, path):
    assert client.get(f"/telefone/som/{path}.wav").status_code == 404


def test_outside_the_demo_it_must_be_switched_on(tmp_path):
    assert careful(fake_app(tmp_path, demo=False)).get("/telefone").status_code == 404
    assert careful(fake_app(tmp_path, demo=False, test_phone=True)).get("/telefone").status_code == 200
