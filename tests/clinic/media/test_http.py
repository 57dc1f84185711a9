"""Requests to the servers of others: what comes back, and where none may go."""

import socket
from ipaddress import ip_address

import pytest

from clinic.media.http import LONGEST, MayNotGo, NoAnswer, ask, public
from tests.clinic.media import mail_server, web_server


def test_it_asks_and_tells_what_came_back():
    with web_server.running(status=201, body=b"made") as server:
        answer = ask("POST", f"{server.url}/a/b?c=d", {"X-Own": "1"}, b"body")
    [asked] = server.asked
    assert (asked.method, asked.path, asked.body, asked.headers["x-own"]) == ("POST", "/a/b?c=d", b"body", "1")
    assert (answer.status, answer.body) == (201, b"made")


def test_a_redirect_leads_nowhere():
    with web_server.running() as other, web_server.running(status=302, headers={"Location": other.url}) as server:
        assert ask("GET", server.url, {}).status == 302
        assert other.asked == []


def test_no_more_is_read_than_is_needed():
    with web_server.running(body=b"x" * 1_000_000) as server:
        assert len(ask("GET", server.url, {}).body) == LONGEST


def test_who_drips_without_an_end_is_left():
    with web_server.running(drip=0.02) as server, pytest.raises(NoAnswer):
        ask("GET", server.url, {}, patience=5, everything=0.3)


def test_a_body_that_drips_without_an_end_is_left():
    closes = {"Connection": "close", "Content-Length": "1000000"}
    with web_server.running(drip_body=0.02, headers=closes) as server:
        answer = ask("GET", server.url, {}, patience=5, everything=2)
    assert (answer.status, 0 < len(answer.body) < LONGEST) == (200, True)


def test_who_falls_silent_is_left():
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(NoAnswer, match="timeout"):
        ask("GET", f"http://127.0.0.1:{silent.getsockname()[1]}/", {}, patience=0.2)


def test_who_talks_nonsense_gave_no_answer():
    with (
        socket.create_server(("127.0.0.1", 0)) as odd,
        mail_server.answering(odd, b"220 mail here\r\n"),
        pytest.raises(NoAnswer, match="unreachable"),
    ):
        ask("GET", f"http://127.0.0.1:{odd.getsockname()[1]}/", {})


def test_a_certificate_must_fit(tmp_path):
    ours, theirs = mail_server.certificates(tmp_path, "127.0.0.1")
    with web_server.running(ours) as server:
        assert ask("GET", server.url, {}, context=theirs).status == 200
        with pytest.raises(NoAnswer, match="no-tls"):
            ask("GET", server.url, {})


def test_a_name_that_nobody_knows_is_unreachable():
    with pytest.raises(NoAnswer, match="unreachable"):
        ask("GET", "http://nobody.invalid/", {})


@pytest.mark.parametrize(
    "url",
    ["", "x", "ftp://a.example/", "file:///etc/passwd", "http://", "https://a:b@c.example/", "http://a.example/\r\nX:",
     "http://a b.example/", "http://[::1", "http://a.example:99999/", "http://á.example/"],
)  # fmt: skip
def test_what_is_no_address_is_refused(url):
    with pytest.raises(MayNotGo, match="bad-url"):
        ask("GET", url, {})


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
     "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:7f00:1::", "192.0.2.1", "fec0::1", "::7f00:1",
     "::ffff:0:7f00:1", "192.0.0.8", "192.88.99.1", "3fff::1", "5f00::1"],
)  # fmt: skip
def test_an_address_of_this_network_is_not_public(address):
    assert not public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "200.160.2.3", "2001:12ff:0:2::3", "::ffff:200.160.2.3"])
def test_an_address_of_the_internet_is(address):
    assert public(ip_address(address))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]"])
def test_however_it_is_spelt_nothing_private_is_asked(host):
    with web_server.running() as server, pytest.raises((MayNotGo, NoAnswer)):
        ask("GET", f"http://{host}:{server.url.rpartition(':')[2]}/", {}, allowed=public)
    assert server.asked == []
