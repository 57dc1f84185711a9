"""Log-ins to a mail server with accents, by each way that it offers."""

import pytest

from clinic.media.email.smtp import SmtpCarrier
from clinic.media.outgoing import NotSent
from tests.clinic.media import mail_server
from tests.clinic.media.letters import written


def carried(password, *excluded):
    options = {"auth_require_tls": False, "auth_exclude_mechanism": excluded}
    with mail_server.running(authenticator=mail_server.one_user, **options) as server:
        return SmtpCarrier(f"smtp://clínica:{password}@127.0.0.1:{server.port}").carry(written())


WAYS = pytest.mark.parametrize("excluded", [(), ("PLAIN",)], ids=["plain", "login"])


@WAYS
@pytest.mark.parametrize("password", ["çã0", "%C3%A7%C3%A30"], ids=["as-it-is", "quoted"])
def test_a_log_in_with_accents_is_made(password, excluded):
    assert carried(password, *excluded) == "4F1"


@WAYS
def test_a_wrong_password_with_accents_is_told_and_tried_again(excluded):
    with pytest.raises(NotSent) as refused:
        carried("wröng", *excluded)
    assert (refused.value.reason, refused.value.again) == ("login-refused", True)


def test_where_no_way_is_offered_that_we_know_it_is_told():
    with pytest.raises(NotSent) as refused:
        carried("çã0", "PLAIN", "LOGIN")
    assert (refused.value.reason, refused.value.again) == ("not-offered", True)
