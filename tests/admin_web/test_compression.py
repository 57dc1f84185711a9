"""Answers are sent as gzip where nobody in front of us does it."""

import gzip

import pytest
from flask import Flask, Response, g, make_response, request, send_file

from admin_web import assets, compression
from tests.admin_web.site import make_site

GZIP = {"Accept-Encoding": "gzip, deflate, br"}
LONG = "Consulta de cardiologia, " * 200


def plain(text=LONG, mimetype="text/html", **headers):
    return Response(text, mimetype=mimetype, headers=headers)


@pytest.fixture
def asked(tmp_path):
    """A function that asks a small app for what `view` answers."""

    def ask(view, headers=GZIP, **more):
        app = Flask(__name__)
        compression.install(app)
        app.add_url_rule("/", "it", view, methods=["GET", "POST"])
        return app.test_client().open("/", headers=headers, **more)

    return ask


@pytest.mark.parametrize("mimetype", ["text/html", "application/json", "application/problem+json", "text/csv"])
def test_text_is_compressed(asked, mimetype):
    reply = asked(lambda: plain(mimetype=mimetype))
    assert (reply.headers["Content-Encoding"], reply.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(reply.data).decode() == LONG
    assert int(reply.headers["Content-Length"]) == len(reply.data) < len(LONG) / 5


@pytest.mark.parametrize("again", [True, False])
def test_what_is_given_again_is_compressed_once_and_nothing_else_is_kept(again):
    app, ours = Flask(__name__), compression.Compression()
    with app.test_request_context(headers=GZIP):
        if again:
            g.setdefault(compression.AGAIN, True)
        replies = [ours.shrink(plain(text)).get_data() for text in (LONG, LONG, LONG[::-1])]
    assert [gzip.decompress(one).decode() for one in replies] == [LONG, LONG, LONG[::-1]]
    assert (replies[0] is replies[1]) is again


@pytest.mark.parametrize("headers", [{}, {"Accept-Encoding": "br"}, {"Accept-Encoding": "gzip;q=0, *"}])
def test_who_cannot_read_gzip_gets_it_as_it_is(asked, headers):
    reply = asked(plain, headers)
    assert (reply.text, reply.headers.get("Content-Encoding"), reply.headers["Vary"]) == (LONG, None, "Accept-Encoding")


def test_what_varies_already_varies_by_more(asked):
    assert asked(lambda: plain(Vary="Cookie")).headers["Vary"] == "Cookie, Accept-Encoding"


@pytest.mark.parametrize(
    "view",
    [
        lambda: plain("curto"), lambda: plain(mimetype="audio/wav"), lambda: plain(mimetype="text/event-stream"),
        lambda: Response((part for part in [LONG]), mimetype="text/html"), lambda: Response(status=204),
        lambda: plain(**{"Content-Encoding": "br"}),
    ],
    ids=["short", "audio", "events", "stream", "nothing", "other"],
)  # fmt: skip
def test_what_would_gain_nothing_or_wait_is_left_alone(asked, view):
    assert asked(view).headers.get("Content-Encoding") in (None, "br")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_learns_nothing_from_the_length(asked, site):
    assert "Content-Encoding" not in asked(plain, GZIP | {"Sec-Fetch-Site": site}).headers
    assert "Content-Encoding" in asked(plain, GZIP | {"Sec-Fetch-Site": "same-origin"}).headers


def tagged():
    reply = plain()
    reply.set_etag("v1")
    return make_response(reply.make_conditional(request))


def test_a_tag_of_compressed_bytes_is_weak_and_is_known_again(asked):
    assert asked(tagged, {}).headers["ETag"] == '"v1"'
    tag = asked(tagged).headers["ETag"]
    again = asked(tagged, GZIP | {"If-None-Match": tag})
    assert (tag, again.status_code, again.data) == ('W/"v1"', 304, b"")


def test_a_head_tells_the_same_length(asked):
    whole, head = asked(plain), asked(plain, method="HEAD")
    assert (head.data, head.headers["Content-Length"]) == (b"", whole.headers["Content-Length"])


@pytest.fixture
def file(tmp_path):
    made = tmp_path / "page.css"
    made.write_text(LONG)
    return lambda: send_file(made, conditional=True, max_age=9)


def test_a_part_of_a_file_is_a_part_of_the_file(asked, file):
    reply = asked(file, GZIP | {"Range": "bytes=0-9"})
    assert (reply.status_code, reply.text, reply.headers.get("Content-Encoding")) == (206, LONG[:10], None)


def test_a_file_is_compressed_once(file):
    app, packed = Flask(__name__), compression.Compression()
    app.after_request(packed.shrink)
    app.add_url_rule("/<way>", "it", lambda way: file())
    bodies = [app.test_client().get(f"/{way}", headers=GZIP).data for way in ("a", "b")]
    assert bodies[0] == bodies[1]
    assert (gzip.decompress(bodies[0]).decode(), len(packed.kept)) == (LONG, 1)


def test_what_is_of_one_person_is_not_kept():
    app, packed = Flask(__name__), compression.Compression()
    app.after_request(packed.shrink)
    app.add_url_rule("/", "it", tagged)
    assert app.test_client().get("/", headers=GZIP).content_encoding == "gzip"
    assert packed.kept == {}


def test_every_static_file_is_small_on_the_wire(site):
    browser, files = site.client("manager"), [p for p in assets.FOLDER.rglob("*") if p.suffix in (".js", ".css")]
    assert len(files) > 20
    for file in files:
        reply = browser.get(f"/static/x/{file.relative_to(assets.FOLDER)}", headers=GZIP)
        assert file.stat().st_size < compression.LEAST or reply.headers["Content-Encoding"] == "gzip"


def test_a_proxy_in_front_compresses_itself(clinic, tmp_path):
    behind = make_site(clinic, tmp_path, trusted_proxies=1).client("manager")
    assert "Content-Encoding" not in behind.get("/agenda", headers=GZIP).headers


def test_without_one_we_do(site):
    assert site.client("manager").get("/agenda", headers=GZIP).headers["Content-Encoding"] == "gzip"


def test_changes_of_the_agenda_are_not_held_back(site):
    with site.client("attendant").get("/live", headers=GZIP, buffered=False) as stream:
        assert "Content-Encoding" not in stream.headers
