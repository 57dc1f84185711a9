"""The very same request is answered before Flask is asked; whoever differs in anything goes the long way."""

import pytest

from admin_web import again
from clinic.programs import TooManyRequests
from clinic.users import Viewer
from tests.admin_web.conftest import may_run
from tests.admin_web.site import make_site

ANA, RUI = (Viewer(number, name, frozenset({"attendant"})) for number, name in ((1, "Ana"), (2, "Rui")))
WEEK = "/agenda/semana?dia=2026-11-23"
TIMES = "/api/v1/availability?specialty_id={general}&limit=3"


class Clinic:
    """Who each token's bearer is and how the clinic stands, as a test says; and an app that keeps what it answers."""

    def __init__(self, **more) -> None:
        self.looked, self.looks, self.made, self.counted, self.limit = (ANA, 1), 0, 0, 0, 100
        self.again = again.Again(self.app, lambda: self, self.count)
        self.keeps, self.headers, self.status, self.token = True, [("A", "b")], "200 OK", "t"
        self.__dict__.update(more)

    def of(self, token):
        self.looks += 1
        return self.looked

    def count(self, who):
        self.counted += 1
        if self.counted > self.limit:
            raise TooManyRequests(1)
        return self.limit - self.counted

    def app(self, environ, start):
        self.made += 1
        environ.setdefault(again.LOOKED, (self.token, self.looked))
        if self.keeps is not False:
            environ[again.KEEPS] = self.keeps if isinstance(self.keeps, str) else ""
        start(self.status, self.headers)
        return iter([b"answer ", str(self.made).encode()])

    def ask(self, **more):
        told = []
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "QUERY_STRING": "", "wsgi.url_scheme": "http"}
        body = self.again(environ | {"HTTP_COOKIE": "a=t"} | more, lambda *said: told.extend(said))
        return told[0], told[1], b"".join(body)


@pytest.fixture
def kept():
    return Clinic()


def test_the_very_same_request_is_answered_the_same_and_once(kept):
    assert [kept.ask() for _ in range(3)] == [("200 OK", [("A", "b")], b"answer 1")] * 3
    assert (kept.made, kept.looks) == (1, 2)


@pytest.mark.parametrize(
    "other",
    [
        {"PATH_INFO": "/x"}, {"QUERY_STRING": "a=1"}, {"HTTP_COOKIE": "a=u"}, {"HTTP_ACCEPT_ENCODING": "gzip"},
        {"HTTP_ORIGIN": "https://elsewhere.example"}, {"HTTP_HX_REQUEST": "true"}, {"wsgi.url_scheme": "https"},
        {"HTTP_X_FORWARDED_PROTO": "https"}, {"HTTP_ANYTHING": "x"}, {"REQUEST_METHOD": "POST"},
        {"REQUEST_METHOD": "HEAD"},
    ],
    ids=lambda other: "-".join(f"{name}-{value}" for name, value in other.items()),
)  # fmt: skip
def test_a_request_that_differs_in_anything_goes_the_long_way(kept, other):
    kept.ask()
    kept.ask(**other)
    assert kept.made == 2


@pytest.mark.parametrize("looked", [(RUI, 1), (None, 1), (ANA, 2), (ANA, None)], ids=["other", "ended", "new", "held"])
def test_after_any_change_it_goes_the_long_way_and_is_not_looked_at_twice(kept, looked):
    kept.ask()
    kept.looked = looked
    assert kept.ask()[2] == b"answer 2"
    assert kept.looks == 1


@pytest.mark.parametrize(
    "said",
    [{"keeps": False}, {"status": "404 NOT FOUND"}, {"headers": [("Set-Cookie", "a=b")]}, {"looked": (None, 1)},
     {"looked": (ANA, None)}],
    ids=["not-asked-for", "failed", "with-a-cookie", "nobody", "no-stamp"],
)  # fmt: skip
def test_what_is_for_once_is_not_kept(said):
    kept = Clinic(**said)
    kept.ask()
    kept.ask()
    assert kept.made == 2


def test_what_is_counted_is_counted_each_time_and_refused_in_the_long_way(kept):
    kept.keeps, kept.headers, kept.limit = "user:1", [("A", "b"), (again.LEFT, "7")], 2
    told = [dict(kept.ask()[1])[again.LEFT] for _ in range(4)]
    assert (told, kept.made) == (["7", "1", "0", "7"], 2)


def fails(*_):
    raise ConnectionError


@pytest.mark.parametrize("broken", [{"of": fails}, {"limit": "no number"}], ids=["look", "count"])
def test_where_the_database_fails_the_long_way_tells_of_it(kept, broken):
    kept.keeps = "user:1"
    kept.ask()
    kept.__dict__.update(broken)
    assert kept.ask()[2] == b"answer 2"


def test_who_looked_before_a_change_and_comes_late_drives_nothing_newer_away(kept):
    def changes_meanwhile(_):
        del kept.of
        kept.looked = (ANA, 3)
        kept.ask(PATH_INFO="/newer")
        kept.looked = (ANA, 2)
        return kept.looked

    kept.ask()
    kept.of = changes_meanwhile
    kept.ask()
    kept.looked = (ANA, 3)
    assert kept.ask(PATH_INFO="/newer")[2] == b"answer 2"


def reading(site, path, **headers):
    client = site.client("attendant")
    client.get("/nada")
    return lambda: client.get(path, headers=headers)


def test_a_page_is_the_same_the_short_way_with_all_its_headers(clinic, site):
    long_ways = []
    site.app.before_request(lambda: long_ways.append(1))
    ask = reading(site, WEEK)
    before, after = ask(), ask()
    assert (len(long_ways), after.data, list(after.headers)) == (2, before.data, list(before.headers))
    assert may_run(after).startswith("'nonce-")


def test_free_times_tell_each_time_how_many_requests_are_left(clinic, tmp_path):
    site = make_site(clinic, tmp_path, api_per_minute=4)
    ask = reading(site, TIMES.format(general=clinic.at.specialties["general"]))
    replies = [ask() for _ in range(5)]
    assert [one.status_code for one in replies] == [200] * 4 + [429]
    assert [one.headers.get(again.LEFT) for one in replies[:4]] == ["3", "2", "1", "0"]
    assert len({one.data for one in replies[:4]}) == 1
