"""Letters through a real mail server: what arrives, what is refused, and the report of what came back."""

import ssl
import uuid
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select

from clinic.media.email.medium import Email
from clinic.media.email.page import Letterhead
from clinic.media.email.smtp import SmtpCarrier
from clinic.media.outgoing import NotSent
from db.tables import Undeliverable
from tests.clinic.media import mail_server
from tests.clinic.media.letters import but, written
from tests.clinic.outbox.posts import states, worker
from tests.live.postfix import Postfix, start_postfix

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("postfix")]  # the next server has one port


@pytest.fixture
def postfix() -> Postfix:
    return start_postfix()


@pytest.fixture
def uid():
    return uuid.uuid4().hex


def test_a_letter_arrives_as_it_was_written(postfix, uid):
    queued = SmtpCarrier(postfix.url).carry(written(but(uid=uid, text="Olá, José!\n.\nAté quinta. 😀")))
    found = message_from_bytes(postfix.await_mail("ana", uid.encode()), policy=policy.default)
    assert queued in found["Received"]
    assert (found["Subject"], found["Message-ID"]) == ("Sua consulta está marcada", f"<{uid}@example.com>")
    assert found.get_body(("plain",)).get_content().replace("\r\n", "\n").startswith("Olá, José!\n.\nAté quinta. 😀\n")
    assert found.get_body(("html",)).get_content().count("Confirmar presença") == 1


def test_a_letter_goes_encrypted(postfix, uid):
    SmtpCarrier(postfix.safe_url, ssl.create_default_context(cafile=postfix.certificate)).carry(written(but(uid=uid)))
    assert b"with ESMTPS" in postfix.await_mail("ana", uid.encode())


def test_nobody_is_spoken_to_whose_certificate_nobody_vouches_for(postfix):
    with pytest.raises(NotSent, match="no-tls"):
        SmtpCarrier(postfix.safe_url).carry(written())


def test_a_refusal_is_for_good_and_the_connection_goes_on(postfix, uid):
    carrier = SmtpCarrier(postfix.url)
    with pytest.raises(NotSent, match="address-550") as refused:
        carrier.carry(written(but(to="nobody@example.com")))
    assert not refused.value.again
    carrier.carry(written(but(uid=uid)))
    assert postfix.await_mail("ana", uid.encode())


def test_an_address_nobody_has_is_let_alone_and_the_desk_calls(postfix, clinic):
    clinic.book("alice", clinic.slot(place=40))
    email = Email(SmtpCarrier(postfix.url), "clinica@example.com", lambda: Letterhead("Clínica"), clinic.clock)
    worker(clinic, email).drain()
    assert states(clinic, "booked") == [("booked", "patient", "failed", "address-550")]
    assert [one.name for one in clinic.desk.notices.waiting()] == ["Alice Ferreira"]
    assert [row.status for row in clinic.database.rows(select(Undeliverable.status))] == ["5.1.1"]


def test_a_server_that_hands_on_nothing_for_us_is_asked_again(postfix, uid):
    stranger = SmtpCarrier(postfix.safe_url, ssl.create_default_context(cafile=postfix.certificate))
    with pytest.raises(NotSent, match="policy-554") as refused:
        stranger.carry(written(but(uid=uid, to="ana@gone.example")))
    assert refused.value.again


def test_what_is_too_big_is_refused_for_good(postfix):
    with pytest.raises(NotSent, match="content-552") as refused:
        SmtpCarrier(postfix.url).carry(written(but(text="x" * 200_000)))
    assert not refused.value.again


def test_no_name_and_no_subject_brings_a_header_of_its_own(postfix, uid):
    evil = "Ana\r\nBcc: clinica@example.com\r\n\r\nx"
    SmtpCarrier(postfix.url).carry(written(but(uid=uid, subject=evil), Letterhead(evil)))
    assert message_from_bytes(postfix.await_mail("ana", uid.encode()))["Bcc"] is None


def test_what_comes_back_names_the_letter(postfix, uid):
    from clinic.media.email.incoming import bounces

    with mail_server.running(port=postfix.next_hop, answers={"RCPT": "550 5.1.1 no such user"}):
        SmtpCarrier(postfix.url).carry(written(but(uid=uid, to="ana@gone.example")))
        report = postfix.await_mail("clinica", uid.encode())
    [bounced] = bounces(report)
    assert (bounced.uid, bounced.recipient, bounced.status, bounced.failed) == (uid, "ana@gone.example", "5.1.1", True)
