"""What the pages weigh on the demo's data, for each role, and on a cold cache."""

import re
from functools import cache

import pytest
from sqlalchemy import bindparam, func, select

from admin_web.app import create_app
from clinic import demo
from clinic.services import open_clinic
from clinic.settings import Settings
from db import migrate
from db.session import Database
from db.tables import UserRole
from tests.admin_web.conftest import careful
from tests.admin_web.fakes import FakePhone, FakeSounds
from tests.admin_web.weighing import loaded, total

MOST = 60_000
"""Bytes of everything a page needs, compressed."""
GZIP = {"Accept-Encoding": "gzip"}
ROLES = ("attendant", "doctor", "patient", "manager")
MORE = {
    None: ("/entrar", "/telefone", "/medicos", "/senha/esqueci"),
    "attendant": (
        "/agenda/semana",
        "/agenda/encaixe",
        "/agenda/atraso",
        "/agenda/imprimir",
        "/chamadas",
        "/conta",
        "/conta/chaves",
    ),
}
NAVIGATION = re.compile(r'<nav class="(?:rail|tabs)[^"]*".*?</nav>', re.DOTALL)
HREF = re.compile(r'href="(/[^"#]*)"')

FIRST_OF = select(func.min(UserRole.user_id)).where(UserRole.role == bindparam("role"))


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A browser of each role, at the pages of the demo clinic."""
    place = tmp_path_factory.mktemp("weights")
    settings = Settings(demo=True, database_url=f"sqlite:///{place}/alo.sqlite", spool=place / "spool")
    migrate.upgrade(settings.database_url)
    demo.fill(settings)
    database = Database(settings.database_url)
    clinic = open_clinic(settings, database=database)
    app = create_app(clinic, settings=settings, phone=FakePhone(), sounds=FakeSounds(place))
    yield lambda role: browser(app, clinic, database, role)
    database.close()


def browser(app, clinic, database, role):
    client = careful(app)
    if role:
        [(user,)] = database.rows(FIRST_OF, {"role": role})
        client.set_cookie("alo_session", clinic.sessions.open(user))
    return client


def places(client, role):
    """Where the rail and its tabs lead, and what is not in them."""
    found, waiting = set(), ["/", *MORE.get(role, ())]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            reply = client.get(path, follow_redirects=True)
            waiting += [one for bar in NAVIGATION.findall(reply.text) for one in HREF.findall(bar) if "?" not in one]
    return found - {"/"}


def fetcher(client):
    """What a page or a file says; what one role has fetched is not fetched again."""
    return cache(lambda path: client.get(path, follow_redirects=True).data)


@pytest.mark.parametrize("role", [None, *ROLES])
def test_no_page_is_heavy_when_nothing_is_cached(pages, role):
    client = pages(role)
    fetch = fetcher(client)
    weights = {path: total(loaded(fetch, path)) for path in places(client, role)}
    assert len(weights) >= 3
    assert {path: weight for path, weight in weights.items() if weight > MOST} == {}


@pytest.mark.parametrize("role", [None, *ROLES])
def test_nor_without_a_proxy_that_compresses(pages, role):
    client = pages(role)
    fetch = fetcher(client)
    wire = cache(lambda path: len(client.get(path, follow_redirects=True, headers=GZIP).data))
    weights = {path: sum(map(wire, loaded(fetch, path))) for path in places(client, role)}
    assert {path: weight for path, weight in weights.items() if weight > MOST} == {}
