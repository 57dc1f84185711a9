"""Letters over a real connection: taken, refused, and every way in which a server can fail."""

import contextlib
import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from clinic.media.email.smtp import SmtpCarrier
from clinic.media.outgoing import NotSent
from tests.clinic.media import mail_server
from tests.clinic.media.letters import SENDER, UID, but, written


@pytest.fixture
def server():
    with mail_server.running() as found:
        yield found


def carrier(server, patience=5.0, **options):
    return SmtpCarrier(f"smtp://127.0.0.1:{server.port}", patience=patience, **options)


def refusal(sender, message=None):
    with pytest.raises(NotSent) as refused:
        sender.carry(written(message or but()))
    return refused.value.reason, refused.value.again


def test_a_letter_arrives_and_the_servers_id_is_told(server):
    assert carrier(server).carry(written()) == "4F1"
    [mail] = server.mails()
    assert (mail["To"], mail["Message-ID"]) == ("ana@example.com", f"<{UID}@example.com>")


def test_lines_of_dots_arrive_as_they_are(server):
    carrier(server).carry(written(but(text="a\n.\n..b\n.c")))
    [mail] = server.mails()
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n").startswith("a\n.\n..b\n.c\n")


def test_a_letter_whose_last_line_has_no_end_is_taken_all_the_same(server):
    short = replace(written(), write=lambda: b"Subject: x\r\n\r\nabc")
    assert carrier(server).carry(short) == "4F1"
    assert [mail.get_content().rstrip("\r\n") for mail in server.mails()] == ["abc"]


def test_of_a_letter_that_cannot_be_written_nothing_arrives(server):
    def fails():
        raise KeyError

    sender = carrier(server)
    for write in (fails, lambda: b"Subject: x\r\n\r\nwhole\r\n", fails):
        with contextlib.suppress(KeyError):
            sender.carry(replace(written(), write=write))
    assert [mail["Subject"] for mail in server.mails()] == ["x"]


def test_many_letters_go_over_one_connection(server):
    sender = carrier(server)
    for _ in range(5):
        sender.carry(written())
    assert (len(server.mails()), server.behaviour.connections) == (5, 1)


def test_after_a_hundred_letters_the_connection_is_a_new_one(server):
    sender = carrier(server)
    for _ in range(101):
        sender.carry(written())
    assert server.behaviour.connections == 2


def test_what_was_idle_for_long_is_not_used_again(server):
    moments = iter([0.0, 31.0, 31.0])
    sender = carrier(server, now=lambda: next(moments))
    sender.carry(written())
    sender.carry(written())
    assert server.behaviour.connections == 2


def test_a_connection_that_the_server_closed_is_opened_again(server):
    sender = carrier(server)
    sender.carry(written())
    server.controller.hang_up()
    sender.carry(written())
    assert (len(server.mails()), server.behaviour.connections) == (2, 2)


def test_a_refused_address_is_for_good_and_the_next_letter_goes_on(server):
    sender = carrier(server)
    server.behaviour.answers["RCPT"] = "550 5.1.1 no such user"
    assert refusal(sender) == ("address-550", False)
    with pytest.raises(NotSent) as refused:
        sender.carry(written())
    assert refused.value.status == "5.1.1"
    del server.behaviour.answers["RCPT"]
    sender.carry(written())
    assert (len(server.mails()), server.behaviour.connections) == (1, 1)


@pytest.mark.parametrize(
    ("command", "answer", "reason", "again"),
    [
        ("RCPT", "451 4.7.1 greylisted", "address-451", True),
        ("RCPT", "554 5.7.1 relay access denied", "policy-554", True),
        ("RCPT", "550 relay not permitted", "policy-550", True),
        ("RCPT", "530 authentication required", "policy-530", True),
        ("RCPT", "550 5.4.4 no such domain", "address-550", False),
        ("RCPT", "550 5.4.1 Recipient address rejected: Access denied", "address-550", False),
        ("RCPT", "550 we do not relay spam... or 5.7.1", "policy-550", True),
        ("RCPT", "550 no such user", "address-550", False),
        ("DATA", "550 5.4.5 daily quota exceeded", "policy-550", True),
        ("DATA", "550 5.7.26 sender not authenticated", "policy-550", True),
        ("DATA", "554 5.7.1 spam", "content-554", False),
        ("DATA", "452 4.3.1 full", "content-452", True),
        ("MAIL", "421 4.3.2 going down", "server-421", True),
        ("MAIL", "451 later", "sender-451", True),
        ("MAIL", "550 5.7.1 not you", "sender-550", True),
        ("MAIL", "530 5.7.0 authentication required", "sender-530", True),
    ],
)
def test_a_refusal_is_told_for_what_it_is(server, command, answer, reason, again):
    server.behaviour.answers[command] = answer
    assert refusal(carrier(server)) == (reason, again)


@pytest.mark.parametrize(
    ("command", "answer", "of_address"),
    [
        ("RCPT", "554 5.7.1 Recipient address rejected: Access denied", True), ("RCPT", "451 4.7.1 greylisted", True),
        ("RCPT", "drop", False), ("MAIL", "451 later", False), ("DATA", "452 4.3.1 full", False),
    ],
)  # fmt: skip
def test_what_was_said_of_one_address_is_told_from_the_rest(server, command, answer, of_address):
    server.behaviour.answers[command] = answer
    with pytest.raises(NotSent) as refused:
        carrier(server).carry(written())
    assert (refused.value.again, refused.value.of_address) == (True, of_address)


def test_a_line_that_drops_before_the_letter_may_be_tried_again(server):
    server.behaviour.answers["RCPT"] = "drop"
    assert refusal(carrier(server)) == ("unreachable", True)


def test_a_lost_answer_is_tried_again_under_the_same_id_and_the_log_says_so(server, caplog):
    server.behaviour.answers["DATA"] = "drop"
    sender = carrier(server)
    assert refusal(sender) == ("answer-lost", True)
    assert f"letter {UID}" in caplog.text
    del server.behaviour.answers["DATA"]
    sender.carry(written())
    assert {mail["Message-ID"] for mail in server.mails()} == {f"<{UID}@example.com>"}


def test_a_server_that_falls_silent_is_given_up(server):
    server.behaviour.answers["RCPT"] = "hang"
    assert refusal(carrier(server, patience=0.5)) == ("unreachable", True)


def test_a_server_that_falls_silent_after_the_letter_may_have_it(server):
    server.behaviour.answers["DATA"] = "hang"
    assert refusal(carrier(server, patience=3)) == ("answer-lost", True)


def test_a_server_that_is_not_there_is_told():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = SmtpCarrier(f"smtp://127.0.0.1:{free.getsockname()[1]}")
        assert refusal(nobody) == ("unreachable", True)


def test_a_server_that_sends_everybody_away_is_asked_again_later():
    with socket.create_server(("127.0.0.1", 0)) as listening, mail_server.answering(listening, b"554 not today\r\n"):
        busy = SmtpCarrier(f"smtp://127.0.0.1:{listening.getsockname()[1]}")
        assert refusal(busy) == ("server-554", True)


def test_an_address_that_is_not_ascii_goes_where_the_server_takes_it():
    with mail_server.running(enable_SMTPUTF8=True) as modern:
        carrier(modern).carry(written(but(to="joão@clínica.example")))
        [envelope] = modern.behaviour.envelopes
    assert (envelope.rcpt_tos, "SMTPUTF8" in envelope.mail_options) == (["joão@xn--clnica-4va.example"], True)


def test_an_address_that_is_not_ascii_goes_nowhere_else(server):
    assert refusal(carrier(server), but(to="joão@example.com")) == ("address-not-ascii", False)


def test_a_log_in_is_made(tmp_path):
    ours, theirs = mail_server.certificates(tmp_path, "127.0.0.1")
    with mail_server.running(ssl_context=ours, authenticator=mail_server.one_user, auth_require_tls=False) as server:
        SmtpCarrier(f"smtps://clinica:s3nh%40@127.0.0.1:{server.port}", theirs).carry(written())
        assert len(server.mails()) == 1


def test_a_wrong_password_is_tried_again_and_shouted_about(caplog):
    with mail_server.running(auth_require_tls=False, authenticator=mail_server.one_user) as server:
        reason = refusal(SmtpCarrier(f"smtp://clinica:wr0ng@127.0.0.1:{server.port}"))
    assert reason == ("login-refused", True)
    assert [(one.levelno, "ALO_SMTP_URL" in one.getMessage()) for one in caplog.records] == [(logging.ERROR, True)]
    assert "wr0ng" not in caplog.text


def test_to_another_machine_everything_is_encrypted(tmp_path):
    ours, theirs = mail_server.certificates(tmp_path, "127.0.0.2")
    with mail_server.running("127.0.0.2", tls_context=ours, require_starttls=True) as server:
        SmtpCarrier(f"smtp://127.0.0.2:{server.port}", theirs).carry(written())
        assert len(server.mails()) == 1


def test_nothing_is_said_to_a_server_without_encryption(caplog):
    with mail_server.running("127.0.0.2") as server:
        assert refusal(SmtpCarrier(f"smtp://127.0.0.2:{server.port}")) == ("not-offered", True)
    assert "STARTTLS" in caplog.text


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(tmp_path, caplog):
    ours, _ = mail_server.certificates(tmp_path, "127.0.0.2")
    with mail_server.running("127.0.0.2", tls_context=ours) as server:
        assert refusal(SmtpCarrier(f"smtp://127.0.0.2:{server.port}")) == ("no-tls", True)
    assert "CERTIFICATE_VERIFY_FAILED" in caplog.text


def test_the_sender_is_who_is_told_when_it_comes_back(server):
    carrier(server).carry(written())
    assert server.behaviour.envelopes[0].mail_from == str(SENDER)


def test_good_bye_is_said(server):
    sender = carrier(server)
    sender.carry(written())
    sender.close()
    sender.carry(written())
    assert server.behaviour.connections == 2


def test_a_refused_letter_leaves_the_connection_ready_also_where_commands_go_together():
    answers = {"RCPT": "550 no such user"}
    with mail_server.pipelining(answers) as (port, letters):
        sender = SmtpCarrier(f"smtp://127.0.0.1:{port}")
        assert refusal(sender) == ("address-550", False)
        answers.clear()
        sender.carry(written())
    assert [len(one) > 0 for one in letters] == [False, True]


@pytest.mark.parametrize(
    ("to", "original"), [("ana@example.com", "ana@example.com"), ("ana+a=b@example.com", "ana+2Ba+3Db@example.com")]
)
def test_a_server_that_reports_is_told_the_address_as_we_know_it(to, original):
    heard = []
    with mail_server.pipelining({"EHLO": "250-here\r\n250 DSN"}, heard) as (port, _):
        SmtpCarrier(f"smtp://127.0.0.1:{port}").carry(written(but(to=to)))
    assert f"RCPT TO:<{to}> NOTIFY=FAILURE ORCPT=rfc822;{original}" in heard


def test_letters_go_through_several_threads_at_once(server):
    sender = carrier(server)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda n: sender.carry(written(but(text=f"{n}"))), range(24))) == ["4F1"] * 24
    assert (len(server.mails()), server.behaviour.connections <= 4) == (24, True)
