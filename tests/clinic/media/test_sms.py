"""SMS: what fits into one, and gateways of all kinds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.media.outgoing import NotSent
from clinic.media.sms.fitting import LINK, fitted, parts
from clinic.media.sms.medium import Sms
from clinic.media.sms.simulator import Simulator, running
from tests.clinic.media.letters import UID, but

NUMBER = "5511987654321"
HELLO = but(to=NUMBER, text="Olá, Ana! Consulta 26/11 às 14:30. https://clinica.example/c/abc")
JSON = '{"to": "{to}", "text": "{text}", "id": "{id}"}'


@pytest.fixture
def gateway():
    return Simulator()


@pytest.fixture
def address(gateway):
    with running(gateway) as found:
        yield found


def refusal(sms, message=HELLO):
    with pytest.raises(NotSent) as refused:
        sms.send(message)
    return refused.value.reason, refused.value.again


def test_a_gateway_is_asked_in_json(gateway, address):
    assert Sms(address, body=JSON).send(HELLO) == "sms-1"
    assert gateway.asked == [
        {"to": NUMBER, "text": "Ola, Ana! Consulta 26/11 às 14:30. https://clinica.example/c/abc", "id": UID}
    ]


def test_a_gateway_is_asked_by_a_form(gateway, address):
    Sms(address, body="phone={e164}&msg={text}&ref={id}").send(HELLO)
    assert gateway.asked[0]["phone"] == f"+{NUMBER}"
    assert gateway.asked[0]["msg"].endswith("às 14:30. https://clinica.example/c/abc")


def test_a_gateway_is_asked_by_an_address(gateway, address):
    Sms(f"{address}?to={{to}}&text={{text}}").send(HELLO)
    assert gateway.asked[0]["to"] == NUMBER


def test_what_is_said_cannot_become_more_than_said(gateway, address):
    evil = but(to=NUMBER, text='x", "to": "5511000000000", "y": "{id}&to=1\\')
    Sms(address, body=JSON, accents=True).send(evil)
    Sms(address, body="to={to}&text={text}").send(evil)
    assert [one["to"] for one in gateway.asked] == [NUMBER, NUMBER]
    assert {one["text"] for one in gateway.asked} == {evil.text}


def test_a_gateway_gets_the_headers_it_wants(gateway, address):
    Sms(address, "Authorization: Bearer s3cret\nX-Account: 7", JSON).send(HELLO)
    assert gateway.headers[0]["Authorization"] == "Bearer s3cret"
    assert gateway.headers[0]["Content-Type"] == "application/json"


def test_the_same_message_is_one_for_a_gateway_that_can_tell(address):
    sms = Sms(address, body=JSON)
    assert sms.send(HELLO) == sms.send(HELLO)


@pytest.mark.parametrize("said", ["ação", "a b", "x" * 81, "a\nb", "\U0001f600", "a\x00"])
def test_an_id_of_a_gateway_that_is_none_is_no_id_and_the_message_is_sent(gateway, address, said):
    gateway.known[UID] = said
    assert Sms(address, body=JSON).send(HELLO) == ""


@pytest.mark.parametrize(
    ("status", "again"), [(400, False), (404, False), (429, True), (500, True), (503, True), (401, True)]
)
def test_a_refusal_is_told_for_what_it_is(gateway, address, status, again):
    gateway.status = status
    assert refusal(Sms(address, body=JSON)) == (f"http-{status}", again)


def test_no_secret_gets_into_the_log(gateway, address, caplog):
    gateway.status = 401
    refusal(Sms(f"{address}?key=s3cret", "Authorization: s3cret", JSON))
    assert "ALO_SMS_HEADERS" in caplog.text
    assert not any(word in caplog.text for word in ("s3cret", NUMBER, "Ana"))


def test_a_gateway_that_is_away_is_asked_again():
    assert refusal(Sms("http://nobody.invalid/", body=JSON)) == ("unreachable", True)


@pytest.mark.parametrize("number", ["", "11987654321x", "+5511987654321", "0511", "5511 98765", "5" * 16])
def test_what_is_no_number_is_refused(number):
    assert refusal(Sms("http://nobody.invalid/"), but(to=number)) == ("bad-number", False)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ã" * 70, 1),
        ("ã" * 71, 2),
        ("😀" * 35, 1),
    ],
)
def test_parts_are_counted_as_they_are_paid(text, count):
    assert parts(text) == count


def test_accents_go_where_they_would_double_the_price():
    text = "Sua consulta com a Dra. Conceição é amanhã – às 8h, não esqueça os exames."
    assert fitted(text, 2) == "Sua consulta com a Dra. Conceicao é amanha - às 8h, nao esqueca os exames."
    assert fitted(text, 2, accents=True) == text


def test_what_is_too_long_is_cut_between_words_and_never_in_its_link():
    text = "palavra " * 60 + "https://clinica.example/c/abcdef obrigada pela atenção"
    short = fitted(text, 1)
    assert short.endswith("palavra... https://clinica.example/c/abcdef")
    assert 150 < len(short) <= 160


@given(st.text(alphabet=st.sampled_from("abc ção€😀.\n/:htps{}"), max_size=400), st.integers(1, 3), st.booleans())
@settings(max_examples=150, deadline=None)
def test_whatever_is_said_fits(text, most, accents):
    short = fitted(text, most, accents)
    assert parts(short) <= most or LINK.search(short)
