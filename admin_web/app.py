"""`create_app`: the one place where the pages are put together."""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, tzinfo
from functools import cache
from typing import TYPE_CHECKING

from flask import Flask, Request
from werkzeug.routing import IntegerConverter, Map

from admin_web import (
    access,
    again,
    answers,
    assets,
    calls_now,
    components,
    compression,
    cookies,
    entrance,
    errors,
    frame,
    health,
    home,
    mail_catcher,
    notices,
    pages,
    security,
    telephone,
    words,
)
from admin_web.access import Public, Who
from admin_web.api import api
from admin_web.frame import Place
from clinic.looks import Looks
from clinic.media.email.folder import MailFolder
from clinic.settings import Settings
from clinic.testphone import Phone, Sounds, TryPatient
from clinic.users import Viewer

if TYPE_CHECKING:
    from clinic.services import Clinic

log = logging.getLogger(__name__)
BIGGEST_REQUEST = 256 * 1024
"""A privacy notice of 20,000 accented letters, as a form sends it, has its place in this."""
GREATEST_ID = 2**63 - 1
OWN_NAME = "Alô Clínica"


class Id(IntegerConverter):
    """An id in an address; a number greater than any a database holds leads nowhere."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=GREATEST_ID)


def create_app(
    clinic: "Clinic",
    *,
    settings: Settings,
    phone: Phone | None = None,
    sounds: Sounds | None = None,
    try_patients: Callable[[], Sequence[TryPatient]] = tuple,
    who: Who | None = None,
) -> Flask:
    """The pages of one clinic, as a WSGI app.

    /telefone is there only with `phone` and `sounds`, and in the demo or where ALO_TEST_PHONE switches it on;
    `try_patients` are shown beside it. `who` tells who asks, where it is not the session's cookie.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BIGGEST_REQUEST
    app.url_map.converters["int"] = Id
    if not settings.trusted_proxies:  # the one in front compresses
        compression.install(app)
    for part in (assets, security, errors, words):
        part.install(app)
    notices.install(app, settings.secret_key.get_secret_value())
    looks = cache(lambda: Looks(clinic.sessions, clinic.desk.stamps))
    access.install(app, who or _by_cookie(looks))
    entrance.install(app, clinic, settings, _zone(clinic))
    pages.install(app, clinic)
    api.install(app, clinic, settings.api_per_minute)
    places = list(pages.PLACES)
    if phone and sounds and (settings.demo or settings.test_phone):
        app.register_blueprint(telephone.blueprint(phone, sounds, try_patients, demo=settings.demo))
        places.append(Place("telephone.page", "Telefone", "phone"))
    if not settings.smtp_url.get_secret_value():
        app.register_blueprint(mail_catcher.blueprint(clinic, MailFolder(settings.mail_dir), demo=settings.demo))
        places.append(Place("mail_catcher.page", "Correio", "mail"))
    app.register_blueprint(calls_now.blueprint(clinic.live_calls, clinic.clock, _zone(clinic)))
    places.append(Place("calls_now.page", "Chamadas", "activity"))
    app.register_blueprint(health.blueprint(clinic.profile.get))
    app.register_blueprint(frame.blueprint())
    if settings.demo:
        app.register_blueprint(components.blueprint())
    frame.install(app, _name(clinic), home.reader(tuple(places)), _registration(clinic))
    app.add_url_rule("/", "home", home.home)
    access.declare(app, "home", Public("it only leads to the page where each one begins"))
    again.install(app, looks, lambda ref: clinic.programs.count(ref, settings.api_per_minute))
    return app


def _by_cookie(looks: Callable[[], Looks]) -> Who:
    """Who asks, by the session's cookie; beside a bearer token no cookie counts."""

    def who(asked: Request) -> Viewer | None:
        token = cookies.read(asked, cookies.SESSION)
        if not token or security.carries_bearer(asked):
            return None
        viewer, stamp = again.look(token, looks)
        answers.looked(stamp)
        return viewer

    return who


def _name(clinic: "Clinic") -> Callable[[], str]:
    """The clinic's name for the header; ours where the database cannot be asked: error pages have a header too."""

    def name() -> str:
        try:
            return clinic.profile.get().name
        except Exception:
            log.exception("no clinic name for the header")
            return OWN_NAME

    return name


def _registration(clinic: "Clinic") -> Callable[[], str]:
    """The clinic's registration and its technical director, for the foot of every page (CFM 2.336/2023 art. 5)."""

    def registration() -> str:
        try:
            return clinic.profile.get().registered
        except Exception:
            log.exception("no registration for the foot")
            return ""

    return registration


def _zone(clinic: "Clinic") -> Callable[[], tzinfo]:
    """By which clock the pages tell the time: the first unit's."""

    def zone() -> tzinfo:
        return next((unit.tz for unit in clinic.units.all()), UTC)

    return zone
