"""Events to programs: signed so that they can tell, tried again, and never into our own network."""

from base64 import b64encode
from datetime import timedelta

import pytest

from clinic.media.outgoing import NotSent
from clinic.media.webhooks.medium import Endpoint, Webhooks
from clinic.media.webhooks.signature import NotOurs, key_of, signed, verified
from tests.clinic.media import mail_server, web_server
from tests.clinic.media.letters import NOW, UID, but

KEY = bytes(range(24))
EVENT = but(to="7", text='{"type": "appointment.booked", "data": {"motivo": "ção"}}')


def medium(url, key=KEY, **options):
    return Webhooks({"7": Endpoint(url, key)}.get, lambda: NOW, **options)


def refusal(hooks, message=EVENT):
    with pytest.raises(NotSent) as refused:
        hooks.send(message)
    return refused.value.reason, refused.value.again


@pytest.fixture
def server():
    with web_server.running() as found:
        yield found


def test_a_program_gets_the_event_and_can_tell_that_it_is_ours(server):
    medium(f"{server.url}/hook", private=True).send(EVENT)
    [asked] = server.asked
    assert (asked.method, asked.path, asked.body.decode()) == ("POST", "/hook", EVENT.text)
    assert verified(KEY, asked.headers, asked.body, NOW) == UID


def test_the_signature_is_that_of_standard_webhooks():
    """The example of its specification."""
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    from datetime import UTC, datetime

    at = datetime.fromtimestamp(1614265330, UTC)
    headers = signed(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("name", "value"),
    [("webhook-id", "other"), ("webhook-timestamp", str(int(NOW.timestamp()) + 1)), ("webhook-signature", "v1,AAAA"),
     ("webhook-signature", ""), ("webhook-timestamp", "x"), ("webhook-timestamp", "-1"), ("webhook-signature", "v1,é")],
)  # fmt: skip
def test_what_was_changed_on_the_way_is_not_ours(name, value):
    headers = signed(KEY, UID, NOW, b"{}") | {name: value}
    with pytest.raises(NotOurs):
        verified(KEY, headers, b"{}", NOW)


def test_another_body_is_not_ours():
    with pytest.raises(NotOurs):
        verified(KEY, signed(KEY, UID, NOW, b"{}"), b"{ }", NOW)


@pytest.mark.parametrize("late", [timedelta(minutes=6), timedelta(minutes=-6)])
def test_what_was_kept_and_sent_again_later_is_not_ours(late):
    with pytest.raises(NotOurs, match="time"):
        verified(KEY, signed(KEY, UID, NOW, b"{}"), b"{}", NOW + late)


def test_one_of_several_signatures_is_enough():
    headers = signed(KEY, UID, NOW, b"{}")
    headers["webhook-signature"] = "v1,AAAA v1a,x " + headers["webhook-signature"]
    assert verified(KEY, headers, b"{}", NOW) == UID


@pytest.mark.parametrize("secret", ["", "x", "whsec_", "whsec_AAAA", "whsec_ç", b64encode(KEY).decode()])
def test_what_is_no_secret_is_refused(secret):
    with pytest.raises(ValueError, match="no secret"):
        key_of(secret)


@pytest.mark.parametrize("status", [301, 400, 401, 404, 429, 500, 503])
def test_whatever_a_program_answers_it_is_told_again(server, status):
    server.status = status
    assert refusal(medium(server.url, private=True)) == (f"http-{status}", True)


def test_a_program_that_is_gone_is_told_no_more(server):
    server.status = 410
    assert refusal(medium(server.url, private=True)) == ("gone", False)


def test_nothing_of_our_own_network_is_told(tmp_path):
    ours, theirs = mail_server.certificates(tmp_path, "127.0.0.1")
    with web_server.running(ours) as server:
        assert refusal(medium(server.url, context=theirs)) == ("private-address", False)
        assert server.asked == []


def test_nothing_is_told_in_the_open(server):
    assert refusal(medium(server.url)) == ("not-https", False)


def test_over_tls_it_arrives(tmp_path):
    ours, theirs = mail_server.certificates(tmp_path, "127.0.0.1")
    with web_server.running(ours) as server:
        medium(server.url, private=True, context=theirs).send(EVENT)
    assert len(server.asked) == 1


def test_an_endpoint_that_nobody_knows_any_more_is_told_nothing():
    assert refusal(medium("https://x.example"), but(to="8")) == ("no-endpoint", False)
