"""The appointment in an e-mail, as calendars read it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from icalendar import Calendar

from clinic.media.email import calendar
from tests.clinic.media.letters import HEAD, NOW, START, VISIT


def read(**changes):
    return Calendar.from_ical(calendar.written(replace(VISIT, **changes), "ana@example.com", HEAD.name, NOW))


def event(**changes):
    [found] = read(**changes).walk("VEVENT")
    return found


def test_it_says_what_when_and_where():
    found = event()
    assert (found["SUMMARY"], found["LOCATION"]) == (VISIT.summary, VISIT.place)
    assert (found.start.astimezone(UTC), found.end.astimezone(UTC)) == (VISIT.starts_at, VISIT.ends_at)


def test_its_time_is_that_of_the_unit():
    found = event(zone="America/Manaus")
    assert found.decoded("DTSTART").isoformat() == "2026-11-26T13:30:00-04:00"
    [zone] = read(zone="America/Manaus").walk("VTIMEZONE")
    assert zone["TZID"] == found["DTSTART"].params["TZID"] == "America/Manaus"


def test_it_is_one_event_that_grows_newer():
    found = event(sequence=5)
    assert (found["UID"], found["SEQUENCE"], found.decoded("DTSTAMP")) == (VISIT.uid, 5, NOW)


@pytest.mark.parametrize(("method", "status"), [("REQUEST", "CONFIRMED"), ("CANCEL", "CANCELLED")])
def test_it_is_put_in_or_taken_out(method, status):
    assert (read(method=method)["METHOD"], event(method=method)["STATUS"]) == (method, status)


def test_it_says_who_invites_whom():
    found = event()
    assert (str(found["ORGANIZER"]), found["ORGANIZER"].params["CN"]) == ("mailto:clinica@example.com", HEAD.name)
    assert str(found["ATTENDEE"]) == "mailto:ana@example.com"


@pytest.mark.parametrize(
    "evil", ["x\nATTACH:https://evil.example", "x\r\nEND:VEVENT", 'x";y:z,\\w', "\x00x", "ção😀" * 60]
)
def test_no_text_brings_a_property_of_its_own(evil):
    found = event(summary=evil, place=evil)
    assert "ATTACH" not in found
    assert str(found["SUMMARY"]) == evil.replace("\r\n", "\n").replace("\x00", " ")


def test_lines_are_as_short_as_calendars_want_them():
    data = calendar.written(replace(VISIT, summary="ção😀" * 60), "ana@example.com", 'A "b"\n' * 30, NOW)
    assert max(map(len, data.split(b"\r\n"))) <= 75
    assert all(line.decode() for line in data.split(b"\r\n")[:-1])


def test_a_visit_over_new_year_has_its_zone():
    found = event(starts_at=datetime(2026, 12, 31, 20, tzinfo=UTC), ends_at=datetime(2027, 1, 1, 20, tzinfo=UTC))
    assert found.end.isoformat() == "2027-01-01T17:00:00-03:00"
    assert found.start < found.end > START
