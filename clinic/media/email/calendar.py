"""An appointment as an invitation for calendars (RFC 5545, RFC 5546), or its withdrawal."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from clinic.media.email.mime import whole
from clinic.media.outgoing import CalendarEntry

ESCAPED = re.compile(r"([\\;,])")
LONGEST = 75
HEAD = "BEGIN:VCALENDAR\r\nPRODID:-//Alô Clínica//Mensagens//PT\r\nVERSION:2.0\r\nCALSCALE:GREGORIAN\r\n".encode()
STATUS = {"REQUEST": "CONFIRMED", "CANCEL": "CANCELLED"}
AHEAD = timedelta(days=400)


def written(entry: CalendarEntry, attendee: str, name: str, now: datetime) -> bytes:
    """The calendar file. `attendee` is who gets it, `name` who sends it; one `uid` and a growing `sequence` tell
    calendars which one is newer.
    """
    event = (
        "BEGIN:VEVENT", f"UID:{_text(entry.uid)}", f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"SEQUENCE:{entry.sequence:d}", f"STATUS:{STATUS[entry.method]}",
        _moment("DTSTART", entry.starts_at, entry.zone), _moment("DTEND", entry.ends_at, entry.zone),
        f"SUMMARY:{_text(entry.summary)}", f"LOCATION:{_text(entry.place)}", "CLASS:PRIVATE", "TRANSP:OPAQUE",
        f"ORGANIZER;CN={_quoted(name)}:mailto:{_text(entry.organizer)}",
        f"ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:{_text(attendee)}",
        "END:VEVENT", "END:VCALENDAR",
    )  # fmt: skip
    head = HEAD + f"METHOD:{entry.method}\r\n".encode() + _zone(entry.zone, entry.starts_at.year)
    return head + b"".join(_folded(line) for line in event)


def _moment(name: str, at: datetime, zone: str) -> str:
    return f"{name};TZID={zone}:{at.astimezone(ZoneInfo(zone)):%Y%m%dT%H%M%S}"


@lru_cache(64)
def _zone(zone: str, year: int) -> bytes:
    """What the zone means in that year and a little more; working it out takes 50 ms."""
    from icalendar import Timezone

    first = date(year, 1, 1)
    made = Timezone.from_tzid(zone, first_date=first, last_date=date(year, 12, 31) + AHEAD)
    lines = made.to_ical().decode().splitlines()
    return b"".join(_folded(line) for line in lines if line and not line.startswith("COMMENT"))


def _text(text: str) -> str:
    """A value in which nothing can end the line or begin another property."""
    if text.isprintable():  # nearly always: then it is one line
        return ESCAPED.sub(r"\\\1", text)
    lines = "\\n".join(ESCAPED.sub(r"\\\1", line) for line in text.splitlines())
    return re.sub(r"[\x00-\x1f\x7f]", " ", lines)


def _quoted(text: str) -> str:
    return '"' + re.sub(r'[\x00-\x1f\x7f"]', " ", " ".join(text.splitlines())) + '"'


def _folded(line: str) -> bytes:
    """At most 75 bytes a line, none of which ends within a character."""
    rest, out = line.encode("utf-8", "replace"), b""
    while len(rest) > LONGEST:
        cut = whole(rest, LONGEST)
        out, rest = out + rest[:cut] + b"\r\n", b" " + rest[cut:]
    return out + rest + b"\r\n"


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a calendar file says. `method`: "REQUEST" puts the appointment in or changes it, "CANCEL" takes it out."""

    method: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    place: str
    sequence: int


def read(text: str) -> Invitation | None:
    """The first appointment in a calendar file; None where there is none."""
    from icalendar import Calendar, Event

    try:
        found = Calendar.from_ical(text)
    except ValueError:
        return None
    event = next((one for one in found.walk("VEVENT") if isinstance(one, Event)), None)
    if event is None or "DTSTART" not in event or "DTEND" not in event:
        return None
    method, said = str(found.get("METHOD", "")), {name: str(event.get(name, "")) for name in ("SUMMARY", "LOCATION")}
    starts_at, ends_at = event.decoded("DTSTART"), event.decoded("DTEND")
    return Invitation(method, starts_at, ends_at, said["SUMMARY"], said["LOCATION"], int(event.get("SEQUENCE", 0)))
