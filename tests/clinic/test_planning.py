"""From weekly hours to slots, in any time zone and year."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.planning import Away, clash, plan
from clinic.roster import HoursRow

SAO_PAULO, MANAUS = ZoneInfo("America/Sao_Paulo"), ZoneInfo("America/Manaus")
ZONES = {1: SAO_PAULO, 2: MANAUS, 3: ZoneInfo("America/Noronha"), 4: ZoneInfo("Europe/Lisbon")}
NOON = time(12)


def hours(weekday=0, starts=8, ends=12, unit=1, minutes=30, since=None, until=None):
    return HoursRow(1, unit, weekday, time(starts), time(ends), "in_person", minutes, since, until)


def starts(rows, *days, **more):
    return [slot.starts_at for slot in plan(rows, ZONES, days, NOON, **more)]


any_hours = st.builds(
    HoursRow,
    doctor_id=st.just(1),
    unit_id=st.integers(1, 4),
    weekday=st.integers(0, 6),
    starts=st.times(),
    ends=st.times(),
    modality=st.sampled_from(["in_person", "video", "any"]),
    slot_minutes=st.integers(5, 240),
    valid_from=st.none() | st.dates(date(2018, 1, 1), date(2018, 12, 31)),
    valid_until=st.none() | st.dates(date(2018, 1, 1), date(2018, 12, 31)),
)


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(any_hours, max_size=6), first=st.dates(date(2018, 1, 1), date(2018, 12, 1)))
def test_slots_never_overlap(rows, first):
    slots = plan(rows, ZONES, [first + timedelta(days=n) for n in range(10)], NOON)
    assert all(one.ends_at <= other.starts_at for one, other in pairwise(slots))


@settings(max_examples=100, deadline=None)
@given(row=any_hours, day=st.dates(date(2018, 1, 1), date(2018, 12, 31)))
def test_slots_begin_within_the_hours_by_the_units_clock(row, day):
    for slot in plan([row], ZONES, [day], NOON):
        local = slot.starts_at.astimezone(ZONES[row.unit_id])
        assert local.time() >= row.starts or row.ends <= row.starts
        assert slot.ends_at - slot.starts_at == timedelta(minutes=row.slot_minutes)


def test_hours_are_cut_into_slots():
    monday = date(2026, 11, 23)
    assert starts([hours(ends=10)], monday) == [
        datetime(2026, 11, 23, hour, minute, tzinfo=UTC) for hour in (11, 12) for minute in (0, 30)
    ]


def test_what_does_not_fit_before_the_end_is_left_out():
    assert len(starts([hours(ends=10, minutes=50)], date(2026, 11, 23))) == 2


def test_hours_hold_between_their_dates():
    row = hours(since=date(2026, 11, 30), until=date(2026, 11, 30))
    mondays = [date(2026, 11, 23), date(2026, 11, 30), date(2026, 12, 7)]
    assert {start.date() for start in starts([row], *mondays)} == {date(2026, 11, 30)}


def test_midnight_at_the_end_is_the_end_of_the_day():
    row = HoursRow(1, 1, 0, time(23), time(0), "in_person", 30, None, None)
    assert len(starts([row], date(2026, 11, 23))) == 2


def test_clocks_that_go_forward_leave_an_hour_out():
    """São Paulo, 4 November 2018: at midnight the clocks went to one."""
    sunday = date(2018, 11, 4)
    row = HoursRow(1, 1, 6, time(0), time(3), "in_person", 30, None, None)
    assert starts([row], sunday) == [datetime(2018, 11, 4, 3, tzinfo=UTC) + timedelta(minutes=30 * n) for n in range(4)]


def test_clocks_that_go_back_repeat_an_hour_that_is_used_once():
    """São Paulo, 18 February 2018: at midnight the clocks went back to eleven."""
    saturday = date(2018, 2, 17)
    row = HoursRow(1, 1, 5, time(22), time(0), "in_person", 30, None, None)
    assert len(starts([row], saturday)) == 4


def test_the_same_local_time_is_another_moment_after_the_clocks_change():
    before, after = (starts([hours(ends=9)], day)[0] for day in (date(2018, 10, 29), date(2018, 11, 5)))
    assert (before.hour, after.hour) == (11, 10)


def test_mornings_end_at_noon_by_the_units_clock():
    slots = plan([hours(starts=11, ends=13, unit=2)], ZONES, [date(2026, 11, 23)], NOON)
    assert [slot.period for slot in slots] == ["morning"] * 2 + ["afternoon"] * 2


def test_absences_leave_out_what_they_touch():
    away = [Away(datetime(2026, 11, 23, 11, 45, tzinfo=UTC), datetime(2026, 11, 23, 12, tzinfo=UTC))]
    assert datetime(2026, 11, 23, 11, 30, tzinfo=UTC) not in starts([hours()], date(2026, 11, 23), away=away)
    assert len(starts([hours()], date(2026, 11, 23), away=away)) == 7


def test_closed_days_have_no_slots():
    assert starts([hours()], date(2026, 11, 23), closed=lambda _unit, day: day.day == 23) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (hours(), hours(starts=11, ends=14)),
        (hours(), hours(starts=11, ends=14, unit=3)),  # ten to thirteen in São Paulo
        (hours(starts=8, ends=12, unit=2), hours(starts=12, ends=13)),  # Manaus is an hour behind
    ],
)
def test_hours_that_claim_the_same_minute_clash(one, other):
    assert clash([one, other], ZONES, date(2026, 11, 23))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (hours(), hours(starts=12, ends=14)),
        (hours(), hours(weekday=1)),
        (hours(until=date(2026, 12, 31)), hours(since=date(2027, 1, 1))),
        (hours(starts=8, ends=12, unit=2), hours(starts=13, ends=14)),
    ],
)
def test_hours_side_by_side_do_not_clash(one, other):
    assert clash([one, other], ZONES, date(2026, 11, 23)) is None
