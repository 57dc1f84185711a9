"""The pure half of the search, against the simplest way to say the same."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from clinic.chains import chains
from clinic.search import Ask, Way, _nearest_doctors, _of_each, _params, _windows, shape
from clinic.slots import SlotInfo

START = datetime(2026, 11, 23, 11, tzinfo=UTC)
HALF = timedelta(minutes=30)


def test_the_next_free_times_are_read_from_the_index_as_they_stand(served_clinic):
    """No sorting of a doctor's slots: that would read all of them."""
    database = served_clinic.database
    ask, way = served_clinic.agenda._ask(served_clinic.criteria()), Way(False, database.is_mysql)
    with database.read() as connection:
        for query in (_nearest_doctors(ask.doctors, shape(ask), way), _of_each(1, shape(ask), way)):
            sql, given = query.bound(connection.dialect, {**_params(ask, 3), "doctor0": ask.doctors[0]})
            rows = connection.exec_driver_sql(f"EXPLAIN {sql}", given).all()
            plan = [" ".join(map(str, row)) for row in rows]
            assert any("ix_slots_search" in line for line in plan)
            assert not any("Sort: slots" in line for line in plan)  # MySQL's words
            assert not any("slots" in line and "filesort" in line for line in plan)  # MariaDB's


def test_the_nearest_are_the_first_or_the_last_of_all(any_clinic):
    search, ask = any_clinic.agenda._search, any_clinic.agenda._ask(any_clinic.criteria())
    ask = replace(ask, end=ask.start + timedelta(days=4))
    times = [one.starts_at for one in search.between(ask)]
    for limit in range(1, 9):
        assert [one.starts_at for one in search.nearest(ask, limit)] == times[:limit]
        assert [one.starts_at for one in search.nearest(ask, limit, backwards=True)] == times[::-1][:limit]


def slot(place, doctor=1, unit=1, modality="in_person"):
    return SlotInfo(doctor * 1000 + place, doctor, unit, modality, START + place * HALF, START + (place + 1) * HALF)


slots = st.lists(
    st.builds(slot, st.integers(0, 12), st.integers(1, 3), st.integers(1, 2)),
    unique_by=lambda one: (one.doctor_id, one.starts_at),
)


def simply(found, minutes):
    """From each slot on, look whether the next ones are there until there is enough."""
    there = {(one.doctor_id, one.unit_id, one.starts_at): one for one in found}
    good = []
    for one in found:
        last = one
        while last and last.ends_at - one.starts_at < timedelta(minutes=minutes):
            last = there.get((last.doctor_id, last.unit_id, last.ends_at))
        good += [one] if last else []
    return sorted(good, key=lambda one: (one.starts_at, one.id))


@given(found=slots, minutes=st.sampled_from([0, 20, 30, 31, 60, 90, 120]))
def test_chains_are_slots_that_follow_without_a_gap(found, minutes):
    assert chains(found, minutes) == simply(found, minutes)


@given(days=st.integers(1, 100), doctors=st.integers(1, 1000), backwards=st.booleans())
def test_windows_cover_all_the_time_once(days, doctors, backwards):
    ask = Ask(tuple(range(doctors)), START, START + timedelta(days=days))
    windows = list(_windows(ask, backwards))
    ordered = sorted(windows, key=lambda one: one.start)
    assert (ordered[0].start, ordered[-1].end) == (ask.start, ask.end)
    assert all(one.end == other.start for one, other in pairwise(ordered))
    assert (windows == ordered) is not backwards or len(windows) == 1
