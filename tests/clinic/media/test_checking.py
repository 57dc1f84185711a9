"""`alo check` asks the mail server before the first patient waits for a mail."""

import pytest

from clinic import checks
from clinic.settings import Settings
from tests.clinic.media import mail_server


@pytest.fixture
def server():
    with mail_server.running() as found:
        yield found


def finding(url, **settings):
    [found] = checks.mail(Settings(smtp_url=url, **settings))
    return found.state, found.text, found.remedy


def test_a_server_that_takes_our_sender_is_fine_and_gets_nothing(server):
    state, text, _ = finding(f"smtp://127.0.0.1:{server.port}", mail_from="clinica@example.com")
    assert (state, text) == ("ok", "o servidor responde e aceita clinica@example.com")
    assert server.mails() == []


@pytest.mark.parametrize(("answer", "told"), [("550 not you", "remetente"), ("drop", "não responde")])
def test_one_that_does_not_is_told_with_its_remedy(server, answer, told):
    server.behaviour.answers["MAIL"] = answer
    state, text, remedy = finding(f"smtp://127.0.0.1:{server.port}")
    assert (state, told in text, "ALO_" in remedy) == ("wrong", True, True)


def test_a_wrong_password_is_told():
    with mail_server.running(auth_require_tls=False, authenticator=mail_server.one_user) as server:
        assert "senha" in finding(f"smtp://clinica:wr0ng@127.0.0.1:{server.port}")[1]


def test_a_sender_that_is_no_address_is_told(server):
    assert (
        finding(f"smtp://127.0.0.1:{server.port}", mail_from="clinica")[1]
        == "o servidor não aceitaria o remetente, que não é um endereço"
    )


def test_without_a_server_there_is_nothing_to_ask():
    assert list(checks.mail(Settings())) == []
