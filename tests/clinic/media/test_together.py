"""From a booking to a mail server: whatever the server does, the patient gets the message, and at most once more."""

import pytest
from sqlalchemy import update

from clinic.media.email.medium import Email
from clinic.media.email.smtp import SmtpCarrier
from clinic.media.sms.medium import Sms
from clinic.media.sms.simulator import Simulator, running
from db.tables import Patient, PatientPhone
from tests.clinic.media import mail_server
from tests.clinic.media.letters import HEAD
from tests.clinic.outbox.posts import states, worker


@pytest.fixture
def server():
    with mail_server.running() as found:
        yield found


def patient_for(clinic, server, seconds):
    carrier = SmtpCarrier(f"smtp://127.0.0.1:{server.port}", patience=seconds)
    return worker(clinic, Email(carrier, "clinica@example.com", lambda: HEAD, clinic.clock))


@pytest.fixture
def sending(clinic, server):
    return patient_for(clinic, server, 5)


def tried_again(clinic, sending):
    """What failed once is due after its first pause."""
    clinic.clock.move(minutes=1)
    sending.drain()


def outcome(clinic):
    return [one[2:] for one in states(clinic, "booked")]


def test_a_booking_becomes_a_letter_with_buttons_and_the_appointment(clinic, server, sending):
    clinic.book("alice")
    sending.drain()
    [mail] = server.mails()
    assert mail["To"] == "alice@example.com"
    assert outcome(clinic) == [("sent", None)]
    assert [part.get_param("method") for part in mail.walk() if part.get_content_type() == "text/calendar"] == [
        "REQUEST"
    ]
    assert ">Desmarcar</a>" in mail.get_body(("html",)).get_content()


@pytest.mark.parametrize(
    ("command", "answer", "reason"),
    [
        ("RCPT", "451 later", "address-451"),
        ("RCPT", "hang", "unreachable"),
        ("RCPT", "drop", "unreachable"),
        ("MAIL", "421 x", "server-421"),
    ],
)
def test_a_server_in_trouble_gets_it_later(clinic, server, sending, command, answer, reason):
    clinic.book("alice")
    server.behaviour.answers[command] = answer
    (patient_for(clinic, server, 0.5) if answer == "hang" else sending).drain()
    assert outcome(clinic) == [("waiting", reason)]
    server.behaviour.answers.clear()
    tried_again(clinic, sending)
    assert (len(server.mails()), outcome(clinic)) == (1, [("sent", None)])


@pytest.mark.parametrize("answer", ["drop", "hang"])
def test_a_lost_answer_costs_one_letter_more_under_the_same_id(clinic, server, sending, answer):
    clinic.book("alice")
    server.behaviour.answers["DATA"] = answer
    (patient_for(clinic, server, 3) if answer == "hang" else sending).drain()  # who gives up sooner has said too little
    server.behaviour.answers.clear()
    tried_again(clinic, sending)
    assert (len(server.mails()), len({mail["Message-ID"] for mail in server.mails()})) == (2, 1)


def test_a_refused_address_is_given_up_and_says_why(clinic, server, sending):
    clinic.book("alice")
    server.behaviour.answers["RCPT"] = "550 5.1.1 no such user"
    sending.drain()
    assert outcome(clinic) == [("failed", "address-550")]


def test_an_address_with_a_line_break_reaches_no_server(clinic, server, sending):
    evil = "alice@example.com\r\nRCPT TO:<evil@example.com>"
    clinic.database.change(update(Patient).values(email=evil))
    clinic.book("alice")
    sending.drain()
    assert (server.mails(), outcome(clinic)) == ([], [("failed", "bad-address")])


def test_who_has_no_e_mail_gets_an_sms(clinic):
    clinic.database.change(update(Patient).values(email=None))
    clinic.database.change(update(PatientPhone).values(number="5511987654321"))
    gateway = Simulator()
    with running(gateway) as address:
        clinic.book("alice")
        worker(clinic, Sms(address, body='{"to": "{to}", "text": "{text}", "id": "{id}"}')).drain()
    [asked] = gateway.asked
    assert (asked["to"], outcome(clinic)) == ("5511987654321", [("sent", None)])
