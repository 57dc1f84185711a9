"""Visits taken over in bulk: of those to come their patients are reminded, where that is wanted."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clinic.imports import Imports, NewVisit
from db.tables import OutboxRow
from tests.clinic.outbox.posts import Post, due, settle, states, worker


def visit(clinic, **delta):
    start, at = clinic.clock() + timedelta(**delta), clinic.at
    return NewVisit(
        clinic.people["alice"].id, at.doctors["marina"], at.units["centro"], at.specialties["general"],
        at.kinds["consultation"], at.payers["particular"], "in_person", start, start + timedelta(minutes=30),
        "booked", clinic.clock() - timedelta(days=9),
    )  # fmt: skip


@pytest.mark.parametrize("reminded", [True, False])
def test_of_what_is_to_come_they_are_reminded_where_that_is_wanted(any_clinic, reminded):
    visits = [visit(any_clinic, days=4, hours=2), visit(any_clinic, days=-4)]
    coming, _ = Imports(any_clinic.database, any_clinic.clock).visits(visits, reminded=reminded)
    facts = any_clinic.database.rows(select(OutboxRow.kind, OutboxRow.appointment_id))
    assert [tuple(one) for one in facts] == ([("imported", coming)] if reminded else [])


def test_the_reminder_comes_under_a_moved_clock_and_nothing_else_is_told(clinic):
    Imports(clinic.database, clinic.clock).visits([visit(clinic, days=4, hours=2)], reminded=True)
    sending = worker(clinic, post := Post())
    sending.drain()
    assert (post.sent, len(due(clinic, "reminder"))) == ([], 2)
    settle(clinic, sending, days=2, hours=3)
    assert [one[:3] for one in states(clinic) if one[2] == "sent"] == [("reminder", "patient", "sent")]
