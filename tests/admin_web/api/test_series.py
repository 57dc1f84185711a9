"""What repeats, as other programs see it."""

from clinic.repetitions import Choice
from clinic.series_dates import Plan


def test_those_of_one_series_show_it_and_others_none(site, staff):
    clinic, plan = site.clinic, Plan(1, 2)
    booked, other = clinic.book("alice"), clinic.book("bruno")
    [day] = clinic.desk.repetitions.preview(booked.id, plan).days
    clinic.desk.repetitions.book(booked.id, plan, {day.day: Choice(day.slot.id)}, "user:1", "form")
    items = staff.get("/appointments").json["items"]
    shown = {one["id"]: one["series_id"] for one in items}
    assert (shown.pop(other.id), len(shown), len(set(shown.values()))) == (None, 2, 1)
