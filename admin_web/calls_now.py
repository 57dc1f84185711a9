"""/chamadas: who is on the telephone now, and where in the menus. Read only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from hashlib import sha256
from typing import Protocol

from flask import Blueprint, Response, make_response, render_template, request

from admin_web.access import STAFF, Doors
from admin_web.menu_words import where
from clinic.live_calls import Link, LiveCall

SILENT = timedelta(seconds=20)
"""A watcher writes every few seconds that it lives; after this long, what it wrote last is old news."""


class Calls(Protocol):
    """What the page asks of the clinic (`clinic.live_calls.LiveCalls`)."""

    def list(self) -> Sequence[LiveCall]:
        """Calls that go on now, oldest first."""

    def links(self) -> Sequence[Link]:
        """How the connection to each Asterisk stands."""


@dataclass(frozen=True, slots=True)
class Row:
    """A call as the page shows it."""

    key: str
    who: str
    known: bool
    where: str
    since: datetime
    clock: str
    asterisk: str
    stale: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """An Asterisk nobody hears from, since when (by the unit's clock), and why where it is known."""

    asterisk: str
    since: str
    why: str


class CallsNow:
    """The page, and the part of it that is fetched anew every second."""

    def __init__(self, calls: Calls, clock: Callable[[], datetime], zone: Callable[[], tzinfo]) -> None:
        self._calls = calls
        self._clock = clock
        self._zone = zone

    def page(self) -> str:
        """The whole page; also what a reader without script reloads."""
        return render_template("calls_now/page.html", **self._found())

    def fragment(self) -> Response:
        """The list alone; 304 while nothing has changed."""
        reply = make_response(render_template("calls_now/list.html", **self._found()))
        reply.set_etag(sha256(reply.get_data()).hexdigest()[:16])
        reply.make_conditional(request)
        return reply

    def _found(self) -> dict[str, object]:
        links = self._calls.links()
        lost = [link for link in links if self._is_lost(link)]
        gone = {link.asterisk for link in lost}
        return {
            "rows": [self._row(call, gone) for call in self._calls.list()],
            "lost": [self._lost(link) for link in lost],
            "watched": bool(links),
            "several": len(links) > 1,
        }

    def _is_lost(self, link: Link) -> bool:
        return not link.up or self._clock() - link.seen_at > SILENT

    def _lost(self, link: Link) -> Lost:
        since = link.seen_at if link.up else link.since
        return Lost(link.asterisk, self._time(since), "" if link.up else link.note)

    def _row(self, call: LiveCall, gone: set[str]) -> Row:
        return Row(
            key=f"{call.asterisk}/{call.linkedid}",
            who=call.caller_masked or "Número oculto",
            known=call.patient_known,
            where=where(call.menu, call.context),
            since=call.since,
            clock=self._time(call.since),
            asterisk=call.asterisk or "telefone de teste",
            stale=call.asterisk in gone,
        )

    def _time(self, at: datetime) -> str:
        """As "14:32", with the day before it when it is not today."""
        local, today = at.astimezone(self._zone()), self._clock().astimezone(self._zone()).date()
        return f"{local:%H:%M}" if local.date() == today else f"{local:%d/%m %H:%M}"


def blueprint(calls: Calls, clock: Callable[[], datetime], zone: Callable[[], tzinfo]) -> Blueprint:
    """The page /chamadas."""
    page = Blueprint("calls_now", __name__, url_prefix="/chamadas")
    doors, views = Doors(page), CallsNow(calls, clock, zone)
    doors.rule("", "page", views.page, allow=STAFF)
    doors.rule("/lista", "fragment", views.fragment, allow=STAFF)
    return page
