"""What a message looks like on its way: headers that hold, text, HTML and the appointment."""

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest

from clinic.media.email import address, mime
from clinic.media.email.page import Letterhead
from tests.clinic.media.letters import HEAD, MESSAGE, UID, but, written

LONG = "Açaí com granola e uma família 👨‍👩‍👧‍👦 muito, muito comprida de São Tomé das Letras " * 4


def mail(message=MESSAGE, head=HEAD):
    return message_from_bytes(written(message, head).data, policy=policy.default)


def body(message=MESSAGE, kind="plain"):
    return mail(message).get_body((kind,)).get_content().replace("\r\n", "\n")


def test_it_says_from_whom_to_whom_and_what():
    found = mail()
    [sender] = found["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Clínica São José", "clinica@example.com")
    assert (found["To"], found["Subject"]) == ("ana@example.com", "Sua consulta está marcada")
    assert found["Date"].datetime.isoformat() == "2026-11-23T12:00:00+00:00"


def test_it_is_known_by_the_id_of_the_row_and_answers_nobody():
    found = mail()
    assert found["Message-ID"] == f"<{UID}@example.com>"
    assert (found["Auto-Submitted"], found["X-Auto-Response-Suppress"]) == ("auto-generated", "All")


def test_it_has_text_and_html_and_the_appointment_twice():
    kinds = [part.get_content_type() for part in mail().walk()]
    assert kinds == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics",
    ]  # fmt: skip


def test_no_line_between_inner_parts_begins_as_one_between_outer_parts():
    whole = message_from_bytes(written().data, policy=policy.default)
    outer, inner = (one.get_boundary() for one in whole.walk() if one.is_multipart())
    assert not inner.startswith(outer)  # readers compare the beginning (RFC 2046, 5.1.1)


def test_without_an_appointment_it_is_text_and_html():
    kinds = [part.get_content_type() for part in mail(but(calendar=None)).walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]


def test_mail_programs_are_told_what_the_appointment_is_for():
    parts = {part.get_content_type(): part for part in mail().walk()}
    assert parts["text/calendar"].get_param("method") == "REQUEST"
    assert parts["application/ics"].get_filename() == "consulta.ics"


def test_who_wants_no_more_is_two_clicks_or_one_away():
    found = mail()
    assert found["List-Unsubscribe"] == "<https://clinica.example/c/nomore>"
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "List-Unsubscribe" not in mail(but(unsubscribe=""))
    assert "List-Unsubscribe-Post" not in mail(but(unsubscribe="http://localhost:8000/c/x"))


def test_the_text_alone_says_everything():
    text = body()
    assert all(part in text for part in ("Olá, Ana!", "Confirmar presença:\nhttps://clinica.example/c/abc?a=1&b=2"))
    assert text.endswith("-- \nClínica São José\n" + HEAD.foot + "\nMensagem automática.\n")


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_only_what_asks_nothing_says_that_no_answer_is_needed(kind):
    assert "não é preciso responder" not in body(kind=kind)
    assert "não é preciso responder" in body(but(actions=()), kind)


@pytest.mark.parametrize("text", ["linha\r\ncom\rtudo\u2028junto", "=C3=A7 =\n.", "  espaços  \n\tfim \n", LONG])
def test_the_text_arrives_as_it_was_written(text):
    given = mime.NEWLINES.sub("\n", text.strip())
    assert body(but(text=text)).startswith(given)


@pytest.mark.parametrize("subject", ["Curto", "Está marcada", LONG, "a" * 300, "=?utf-8?q?n=C3=A3o?=", "", "É" * 200])
def test_a_subject_arrives_as_it_was_written(subject):
    assert mail(but(subject=subject))["Subject"] == subject.strip()


@pytest.mark.parametrize("name", ["Clínica São José", 'A "Boa" \\ Clínica', "Plain, Inc.", LONG, "x" * 120, ""])
def test_a_name_arrives_as_it_was_written(name):
    """Python's newer parser leaves blanks between the encoded words of a name, against RFC 2047; the older does not."""
    shown, sender = parseaddr(message_from_bytes(written(head=Letterhead(name)).data)["From"])
    assert (str(make_header(decode_header(shown))), sender) == (name.strip(), "clinica@example.com")


@pytest.mark.parametrize("breaks", ["\n", "\r\n", "\r", "\x00", "\u2028", "\x85", "\n\n<p>"])
def test_no_name_and_no_subject_brings_a_header_of_its_own(breaks):
    evil = f"Ana{breaks}Bcc: x@evil.example"
    found = mail(but(subject=evil, unsubscribe=f"https://x.example/{evil}"), Letterhead(evil, evil))
    assert found["Bcc"] is None
    assert found["Subject"].startswith("Ana ")
    assert sorted(set(found.keys())) == sorted(set(mail().keys()))


@pytest.mark.parametrize(
    "text",
    [
        "a@b.example\nBcc: x@evil.example", "a@b.example\r\n.", "a@b.example>,<c@d.example", "a b@c.example",
        "@b.example",
        "a@", "a@b..example", "a@-b.example", "a@b\x00.example", "x" * 65 + "@b.example", "a@" + "b." * 130 + "example",
        "a@b@c.example", "\"a\nb\"@c.example", "a@[127.0.0.1]", "a..b@c.example", "a@b example.com",
        "ã\u2028@c.example",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(text):
    with pytest.raises(address.BadAddress):
        written(but(to=text))


@pytest.mark.parametrize(
    "text", ["a@b.example", "a+b=c_d'e@sub.b.example", " a@b.example ", "a@localhost", "jo.ão@b.example"]
)
def test_what_is_one_is_taken(text):
    assert str(written(but(to=text)).to) == text.strip()


def test_a_domain_with_accents_goes_as_servers_know_it():
    assert str(written(but(to="ana@clínica.example")).to) == "ana@xn--clnica-4va.example"


@pytest.mark.parametrize("uid", ["", "a\nb", "a b", "<x>", "x" * 65])
def test_what_can_be_no_id_is_refused(uid):
    with pytest.raises(ValueError, match="no id"):
        written(but(uid=uid))


def test_everything_on_its_way_is_short_lines_of_ascii():
    data = written(but(subject=LONG, text=LONG * 20), Letterhead(LONG, LONG)).data
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 78
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", data)
