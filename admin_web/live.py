"""/live: what changes, as server-sent events; the page then fetches what it shows under its own rights."""

import json
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from flask import Blueprint, Response, request

from admin_web.access import EVERYBODY, Doors, viewer
from admin_web.feed import Feed, FellBehind, Follower, Told
from clinic.live import SESSION, Event, Reader, Watcher, concerns

if TYPE_CHECKING:
    from clinic.services import Clinic

HEARTBEAT = 15.0
LONGEST = 600.0
"""Seconds until a stream ends by itself; the browser comes back at once, and its session is looked at anew."""


class LiveEvents(Protocol):
    """What the stream asks of the clinic (`clinic.live.Live`)."""

    def reader(self) -> Reader:
        """A reader from now on."""

    def since(self, cursor: int) -> list[Event] | None:
        """What was missed since a cursor; None when that cannot be told."""


class Viewer(Watcher, Protocol):
    """Who watches, and by which log-in."""

    @property
    def session_id(self) -> int | None:
        """The session; None for a bearer token."""


@dataclass(frozen=True, slots=True)
class Watching:
    """Who watches; a dependant who is added later is heard of from the next stream on (LONGEST)."""

    roles: Collection[str]
    unit_ids: Collection[int]
    doctor_id: int | None
    patient_ids: Collection[int]
    session_id: int | None


class LiveStream:
    """The stream of one process; `viewer` tells who asks."""

    def __init__(
        self, events: Callable[[], LiveEvents], viewer: Callable[[], Viewer], heartbeat: float = HEARTBEAT
    ) -> None:
        self._events, self._viewer, self._heartbeat = events, viewer, heartbeat
        self._feed = Feed(lambda: events().reader())

    def stream(self) -> Response:
        """Goes on after Last-Event-ID (or ?after=, for who cannot set headers)."""
        after = request.headers.get("Last-Event-ID") or request.args.get("after", "")
        lines = self._lines(self._viewer(), int(after) if after.isdecimal() and len(after) < 19 else None)
        return Response(lines, mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})

    def _lines(self, viewer: Viewer, after: int | None) -> Iterator[str]:
        follower = self._feed.join()  # before looking at what was missed, so that nothing falls between
        try:
            yield "retry: 1000\n\n"
            yield from self._missed(viewer, after)
            yield from self._told(viewer, follower)
        finally:
            follower.leave()

    def _missed(self, viewer: Viewer, after: int | None) -> Iterator[str]:
        missed = self._events().since(after) if after is not None else []
        if missed is None:
            yield _line("reset", {})
            return
        for event in missed:
            if concerns(event, viewer):
                yield _written(event, after)
        yield _line("hello", {})

    def _told(self, viewer: Viewer, follower: Follower) -> Iterator[str]:
        until = time.monotonic() + LONGEST
        while time.monotonic() < until:
            try:
                news = follower.news(self._heartbeat)
            except FellBehind:
                yield _line("reset", {})
                return
            if any(ends(one, viewer) for one in news):
                yield _line("bye", {})
                return
            yield "".join(_written(one.event, one.cursor) for one in news if concerns(one.event, viewer)) or ": \n\n"


def ends(told: Told, viewer: Viewer) -> bool:
    """Whether it says that the viewer's own log-in was ended."""
    return told.event.topic == SESSION and told.event.entity_id == viewer.session_id


def _written(event: Event, cursor: int | None) -> str:
    """An event; `id` is where to go on from, which is not the event's own id."""
    return _line(event.topic, {"topic": event.topic, "id": event.entity_id, "unit": event.unit_id}, cursor)


def _line(name: str, data: dict[str, object], cursor: int | None = None) -> str:
    place = "" if cursor is None else f"id: {cursor}\n"
    return f"{place}event: {name}\ndata: {json.dumps(data)}\n\n"


def _watching(clinic: "Clinic") -> Watching:
    looking = viewer()
    patients = clinic.access.acts_for(looking) if "patient" in looking.roles else ()
    return Watching(looking.roles, looking.unit_ids, looking.doctor_id, patients, looking.session_id)


def blueprint(clinic: "Clinic") -> Blueprint:
    """The address /live."""
    page = Blueprint("live", __name__)
    stream = LiveStream(lambda: clinic.live, lambda: _watching(clinic))
    Doors(page).rule("/live", "stream", stream.stream, allow=EVERYBODY)
    return page
