"""Events to programs: signed so that they can tell, tried again, and never into our own network."""

from base64 import b64encode
from datetime import timedelta

import pytest

from clinic.media.outgoing import NotSent
from clinic.media.webhooks.medium import Endpoint, Webhooks
from clinic.media.webhooks.reach import BadUrl, Reach
from clinic.media.webhooks.signature import NotOurs, key_of, signed, verified
from tests.clinic.media import mail_server, web_server
from tests.clinic.media.letters import NOW, UID, but

KEY, OLD = bytes(range(24)), bytes(range(24, 48))
LOCAL = Reach(loopback=True)
EVENT = but(to="7", text='{"type": "appointment.booked", "data": {"motivo": "ção"}}')


def medium(url, key=KEY, **options):
    return Webhooks({"7": Endpoint(url, (key,))}.get, lambda: NOW, **options)


def refusal(hooks, message=EVENT):
    with pytest.raises(NotSent) as refused:
        hooks.send(message)
    return refused.value.reason, refused.value.again


@pytest.fixture
def server():
    with web_server.running() as found:
        yield found


def test_a_program_gets_the_event_and_can_tell_that_it_is_ours(server):
    medium(f"{server.url}/hook", reach=LOCAL).send(EVENT)
    [asked] = server.asked
    assert (asked.method, asked.path, asked.body.decode()) == ("POST", "/hook", EVENT.text)
    assert verified(KEY, asked.headers, asked.body, NOW) == UID


def test_the_signature_is_that_of_standard_webhooks():
    """The example of its specification."""
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    from datetime import UTC, datetime

    at = datetime.fromtimestamp(1614265330, UTC)
    headers = signed([key], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("name", "value"),
    [("webhook-id", "other"), ("webhook-timestamp", str(int(NOW.timestamp()) + 1)), ("webhook-signature", "v1,AAAA"),
     ("webhook-signature", ""), ("webhook-timestamp", "x"), ("webhook-timestamp", "-1"), ("webhook-signature", "v1,é")],
)  # fmt: skip
def test_what_was_changed_on_the_way_is_not_ours(name, value):
    headers = signed([KEY], UID, NOW, b"{}") | {name: value}
    with pytest.raises(NotOurs):
        verified(KEY, headers, b"{}", NOW)


def test_another_body_is_not_ours():
    with pytest.raises(NotOurs):
        verified(KEY, signed([KEY], UID, NOW, b"{}"), b"{ }", NOW)


@pytest.mark.parametrize("late", [timedelta(minutes=6), timedelta(minutes=-6)])
def test_what_was_kept_and_sent_again_later_is_not_ours(late):
    with pytest.raises(NotOurs, match="time"):
        verified(KEY, signed([KEY], UID, NOW, b"{}"), b"{}", NOW + late)


def test_while_a_secret_is_changed_both_can_check(server):
    Webhooks(lambda _: Endpoint(server.url, (KEY, OLD)), lambda: NOW, reach=LOCAL).send(EVENT)
    [asked] = server.asked
    assert [verified(key, asked.headers, asked.body, NOW) for key in (KEY, OLD)] == [UID, UID]


def test_the_event_and_the_try_stand_in_the_headers(server):
    medium(server.url, reach=LOCAL).send(but(to="7", subject="evt_5", attempt=3))
    [asked] = server.asked
    assert [asked.headers[name] for name in ("x-alo-event", "x-alo-attempt")] == ["evt_5", "3"]


def test_how_each_try_went_is_told(server):
    tries = []
    hooks = medium(server.url, reach=LOCAL, note=lambda message, attempt: tries.append((message.uid, attempt)))
    server.status, server.body = 503, b"later"
    refusal(hooks)
    [(uid, attempt)] = tries
    assert (uid, attempt.status, attempt.reason, attempt.answer) == (UID, 503, "http-503", b"later")


@pytest.mark.parametrize("found", ["10.0.0.7", "127.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.7"])
def test_a_name_that_leads_into_our_network_is_not_asked(found):
    hooks = medium("https://innocent.example/", resolve=lambda _host, _port: ["8.8.8.8", found])
    assert refusal(hooks) == ("private-address", False)


def test_a_name_that_an_administrator_allows_may_lead_there(server):
    port = int(server.url.rpartition(":")[2])
    hooks = medium(
        f"https://Erp.Intern:{port}/", reach=Reach(hosts=["erp.intern"]), resolve=lambda _host, _port: ["127.0.0.1"]
    )
    assert refusal(hooks) == ("no-tls", True)  # it was asked, and does not speak TLS


def test_to_this_machine_itself_encryption_may_be_missing_and_to_no_other():
    hooks = medium("http://innocent.example/", reach=LOCAL, resolve=lambda _host, _port: ["8.8.8.8"])
    assert refusal(hooks) == ("not-https", False)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "bad-url"), ("x", "bad-url"), ("ftp://a.example/", "bad-url"), ("https://u:p@a.example/", "bad-url"),
        ("https://@a.example/", "bad-url"), ("https://a.example\\@b.example/", "bad-url"), ("https://[::1", "bad-url"),
        ("https://a.example/\r\nHost: b", "bad-url"), ("https://a.example/\n", "bad-url"),
        ("https://á.example/", "bad-url"),
        ("https://a.example/#x", "bad-url"), ("https://a.example:0/", "bad-url"), ("https://", "bad-url"),
        ("https://a.example/" + "x" * 500, "long"), ("http://a.example/", "not-https"),
        ("https://127.0.0.1/", "private-address"), ("https://[::1]/", "private-address"),
        ("https://[::ffff:10.0.0.1]/", "private-address"), ("https://169.254.169.254/latest", "private-address"),
        ("https://10.0.0.1:8443/", "private-address"), ("https://localhost/", "private-address"),
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_is_refused_when_it_is_written(url, why):
    with pytest.raises(BadUrl, match=why):
        Reach().check(url)


@pytest.mark.parametrize("url", ["https://a.example", "https://a.example:8443/x?y=z", "https://[2001:12ff:0:2::3]/"])
def test_an_address_of_the_internet_may_be_written(url):
    Reach().check(url)


@pytest.mark.parametrize("host", ["0x7f.1", "2130706433", "0177.0.0.1", "localhost.", "127.1"])
def test_an_address_in_disguise_is_not_asked(host):
    assert refusal(medium(f"https://{host}/")) in (("private-address", False), ("unreachable", True))


def test_one_of_several_signatures_is_enough():
    headers = signed([KEY], UID, NOW, b"{}")
    headers["webhook-signature"] = "v1,AAAA v1a,x " + headers["webhook-signature"]
    assert verified(KEY, headers, b"{}", NOW) == UID


@pytest.mark.parametrize("secret", ["", "x", "whsec_", "whsec_AAAA", "whsec_ç", b64encode(KEY).decode()])
def test_what_is_no_secret_is_refused(secret):
    with pytest.raises(ValueError, match="no secret"):
        key_of(secret)


@pytest.mark.parametrize("status", [301, 400, 401, 404, 429, 500, 503])
def test_whatever_a_program_answers_it_is_told_again(server, status):
    server.status = status
    assert refusal(medium(server.url, reach=LOCAL)) == (f"http-{status}", True)


def test_a_program_that_is_gone_is_told_no_more(server):
    server.status = 410
    assert refusal(medium(server.url, reach=LOCAL)) == ("gone", False)


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
        medium(server.url, reach=LOCAL, context=theirs).send(EVENT)
    assert len(server.asked) == 1


def test_an_endpoint_that_nobody_knows_any_more_is_told_nothing():
    assert refusal(medium("https://x.example"), but(to="8")) == ("no-endpoint", False)
