"""The report of the agenda, with numbers worked out by hand.

The week of 2 November 2026: Marina offered four hours on Monday and on Tuesday, Paulo four on Monday.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.access_times import AccessTimes
from clinic.agenda_report import AgendaReports, Asked
from clinic.imports import Imports, NewVisit
from clinic.offered import add
from clinic.roster import Rosters
from clinic.visit_figures import offsets
from clinic.visits import Extra
from tests.clinic.counting import CountingDatabase

WEEK = Asked(date(2026, 11, 2), date(2026, 11, 8))
COMING = Asked(date(2026, 11, 24), date(2026, 11, 24))
SAO_PAULO = ZoneInfo("America/Sao_Paulo")


def visit(clinic, day, hour, status, booked_hours_before=24, minutes=30, doctor="marina", payer="particular", **more):
    starts_at = datetime(2026, 11, day, hour, tzinfo=SAO_PAULO).astimezone(UTC)
    at = clinic.at
    return NewVisit(
        clinic.people["alice"].id, at.doctors[doctor], at.units["centro"], at.specialties["general"],
        at.kinds["consultation"], at.payers[payer], "in_person", starts_at, starts_at + timedelta(minutes=minutes),
        status, starts_at - timedelta(hours=booked_hours_before), **more,
    )  # fmt: skip


def fill(clinic):
    Imports(clinic.database, clinic.clock).visits([
        visit(clinic, 2, 8, "fulfilled", 48, via="telephone"),
        visit(clinic, 2, 9, "noshow", 24, payer="saude"),
        visit(clinic, 2, 13, "fulfilled", 24, 60, "paulo", via="telephone"),
        visit(clinic, 3, 8, "cancelled", cancel_reason="cannot_attend"),
        visit(clinic, 3, 9, "booked", 96, via="web"),
        visit(clinic, 3, 10, "cancelled", cancel_reason="moved"),
        visit(clinic, 3, 11, "cancelled", cancel_reason="declined"),
        visit(clinic, 1, 23, "noshow"),  # Sunday night: Monday in UTC, but not here
    ])  # fmt: skip
    marina, paulo, centro = clinic.at.doctors["marina"], clinic.at.doctors["paulo"], clinic.at.units["centro"]
    monday, tuesday = WEEK.first, date(2026, 11, 3)
    rows = [(marina, centro, monday, 240), (marina, centro, tuesday, 240), (paulo, centro, monday, 240)]
    clinic.database.write(lambda connection: add(connection, rows))


@pytest.fixture
def week(clinic):
    fill(clinic)
    return clinic.agenda_reports.make(WEEK)


def by_name(groups):
    return {one.name or one.key: one.figures for one in groups}


def test_a_week_worked_out_by_hand(any_clinic):
    fill(any_clinic)
    report = any_clinic.agenda_reports.make(WEEK)
    total = report.total
    assert (total.seen, total.noshow, total.unmarked, total.cancelled, total.moved, total.refused) == (2, 1, 1, 1, 1, 1)
    assert (total.minutes, total.offered, total.occupancy) == (150, 720, 150 / 720)
    assert (total.noshow_rate, total.cancel_rate) == (1 / 4, 1 / 5)
    assert report.lead == 1.5  # a day, a day, two and four
    assert by_name(report.doctors)["Marina Corrêa"].occupancy == 90 / 480
    assert by_name(report.doctors)["Paulo Nogueira"].occupancy == 60 / 240
    assert {key: one.offered for key, one in by_name(report.weekdays).items()} == {0: 480, 1: 240}
    assert {key: one.visits for key, one in by_name(report.media).items()} == {"telephone": 2, "desk": 1, "web": 1}
    assert {key: one.visits for key, one in by_name(report.payers).items()} == {"Particular": 3, "Saúde Total": 1}
    assert (report.reasons, report.who) == ([("cannot_attend", 1), ("declined", 1)], [("imported", 2)])


def test_a_day_is_the_units_own(week):
    assert (week.total.noshow, week.before.noshow) == (1, 1)


@pytest.mark.parametrize(
    ("which", "visits", "offered"),
    [("doctor", 1, 240), ("unit", 0, 0), ("payer", 1, 720), ("via", 2, 720), ("specialty", 0, 240)],
)
def test_filters_leave_out_what_does_not_fit(clinic, which, visits, offered):
    fill(clinic)
    at = clinic.at
    filters = {
        "doctor": {"doctor_id": at.doctors["paulo"]}, "unit": {"unit_id": at.units["norte"]},
        "payer": {"payer_id": at.payers["saude"]}, "via": {"via": "telephone"},
        "specialty": {"specialty_id": at.specialties["cardiology"]},
    }  # fmt: skip
    total = clinic.agenda_reports.make(Asked(WEEK.first, WEEK.last, **filters[which])).total
    assert (total.visits, total.offered) == (visits, offered)


def test_time_to_come_is_read_from_the_slots(any_clinic):
    marina = any_clinic.at.doctors["marina"]
    any_clinic.book("alice", any_clinic.agenda.on_day(any_clinic.criteria(doctor="marina"), COMING.first).times[0])
    found = any_clinic.agenda_reports.make(Asked(COMING.first, COMING.last, marina)).total
    assert (found.to_come, found.minutes, found.offered, found.noshow_rate) == (1, 30, 240, None)


def test_held_time_is_offered_and_not_taken(clinic):
    marina = clinic.at.doctors["marina"]
    clinic.bookings.hold(clinic.agenda.on_day(clinic.criteria(doctor="marina"), COMING.first).times[0], by="call")
    found = clinic.agenda_reports.make(Asked(COMING.first, COMING.last, marina)).total
    assert (found.minutes, found.offered) == (0, 240)


def test_an_absence_offers_nothing_and_what_it_hits_takes_nothing(clinic):
    marina = clinic.at.doctors["marina"]
    clinic.book("alice", clinic.agenda.on_day(clinic.criteria(doctor="marina"), COMING.first).times[0])
    clinic.agenda.add_absence(
        marina, datetime(2026, 11, 24, 3, tzinfo=UTC), datetime(2026, 11, 24, 13, tzinfo=UTC)
    )  # until ten in the morning
    found = clinic.agenda_reports.make(Asked(COMING.first, COMING.last, marina)).total
    assert (found.to_come, found.minutes, found.offered) == (1, 0, 120)


def test_an_encaixe_is_a_visit_that_takes_no_offered_time(clinic):
    marina, kind = clinic.at.doctors["marina"], clinic.directory.kind("consultation")
    starts_at = datetime(2026, 11, 24, 11, tzinfo=UTC)
    extra = Extra(marina, clinic.at.units["centro"], starts_at, kind, role="doctor", reason="dor")
    clinic.bookings.book_extra(clinic.people["alice"], extra, "user:1")
    found = clinic.agenda_reports.make(Asked(COMING.first, COMING.last, marina))
    assert (found.total.to_come, found.total.extras, found.total.minutes, found.lead) == (1, 1, 0, None)


def test_what_was_taken_back_at_once_counts_for_nothing(clinic):
    alice, booked = clinic.people["alice"], clinic.book("alice")
    clinic.bookings.cancel(alice, booked.id, "cannot_attend", "telephone")
    clinic.bookings.undo(alice, booked.id, "telephone")
    found = clinic.agenda_reports.make(Asked(date(2026, 11, 23), date(2026, 11, 30)))
    assert (found.total.to_come, found.total.cancelled, found.reasons) == (1, 0, [])


def test_who_gave_up_is_told(any_clinic):
    booked = any_clinic.book("alice")
    any_clinic.bookings.cancel(any_clinic.people["alice"], booked.id, "feeling_better", "telephone")
    found = any_clinic.agenda_reports.make(Asked(date(2026, 11, 23), date(2026, 11, 30)))
    assert (found.reasons, found.who) == ([("feeling_better", 1)], [("patient", 1)])


def test_the_third_free_time_is_days_away(any_clinic):
    found = any_clinic.agenda_reports.make(COMING).access
    thirds = {one.name: (one.first, one.third) for one in found.doctors}
    assert thirds["Marina Corrêa"] == (0, 0)  # half past nine, ten, half past ten
    assert thirds["Sérgio Prado"] == (0, 1)  # half past nine today, then tomorrow
    assert (found.third, found.without) == (0.0, 0)


def test_a_specialty_is_seen_by_whoever_is_free_first(clinic):
    for doctor in ("marina", "paulo"):
        now = clinic.clock()
        clinic.agenda.add_absence(clinic.at.doctors[doctor], now, now + timedelta(days=20))
    waits = {one.name: one for one in clinic.agenda_reports.make(COMING).access.specialties}
    general, heart, ecg = waits["Clínica geral"], waits["Cardiologia"], waits["Eletrocardiograma"]
    assert (general.limit, general.late, general.first) == (7, True, 21)
    assert (heart.limit, heart.late) == (14, False)
    assert (ecg.limit, ecg.late) == (None, False)


def test_the_number_of_queries_does_not_grow(clinic):
    fill(clinic)
    database = CountingDatabase(str(clinic.database.url))
    times = AccessTimes(database, Rosters(clinic.database), clinic.units, clinic.clock)
    AgendaReports(database, Rosters(clinic.database), times, clinic.clock).make(WEEK)
    database.close()
    assert len(database.asked) == 10


@pytest.mark.parametrize(("first", "last"), [("2026-11-02", "2026-11-01"), ("2025-01-01", "2026-11-02")])
def test_days_that_are_no_period_are_refused(clinic, first, last):
    with pytest.raises(ValueError, match="Asked"):
        clinic.agenda_reports.make(Asked(date.fromisoformat(first), date.fromisoformat(last)))


def test_a_clock_that_changes_is_followed():
    start, end = (datetime(2018, 11, day, tzinfo=UTC) for day in (1, 30))
    change = datetime(2018, 11, 4, 3, tzinfo=UTC)  # midnight in São Paulo became one o'clock
    assert list(offsets(SAO_PAULO, start, end)) == [(change, -180), (end, -120)]
