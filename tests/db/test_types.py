"""What comes out of a column is what went in, on every database."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError, StatementError

from db.tables import Audit, CallRecord, Payer
from db.types import folded

MOMENT = datetime(2026, 11, 23, 9, 30, 15, 123456, tzinfo=timezone(timedelta(hours=-3)))


def written(database, at):
    database.change(insert(Audit).values(at=at, actor="a", action="b", entity="", note=""))
    return database.first(select(Audit.at))[0]


def test_a_moment_keeps_its_microseconds_and_comes_back_in_utc(any_clinic):
    found = written(any_clinic.database, MOMENT)
    assert found == MOMENT and found.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(any_clinic):
    with pytest.raises(StatementError, match="time zone"):
        written(any_clinic.database, MOMENT.replace(tzinfo=None))


def test_moments_are_compared_as_moments(any_clinic):
    written(any_clinic.database, MOMENT)
    same = MOMENT.astimezone(timezone(timedelta(hours=5)))
    assert any_clinic.database.first(select(Audit.id).where(Audit.at == same))


def test_texts_that_differ_in_case_or_accents_are_different(any_clinic):
    for name in ("wamid.Ab", "wamid.aB", "conceicao", "conceição", "😀"):
        any_clinic.database.change(insert(Payer).values(name=name, private=False, position=0, active=True))
    found = select(Payer.name).where(Payer.name == "conceição")
    assert [row.name for row in any_clinic.database.rows(found)] == ["conceição"]


def test_a_unique_text_is_unique(any_clinic):
    call = {"uniqueid": "1.1", "linkedid": "1.1", "dialled": "", "menu": "", "trail": "", "started_at": MOMENT}
    any_clinic.database.change(insert(CallRecord).values(**call))
    with pytest.raises(IntegrityError):
        any_clinic.database.change(insert(CallRecord).values(**call))


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Conceição", "conceicao"), ("JOSÉ", "jose"), ("Müller Straße", "muller strasse"), ("Ana", "ana"), ("", "")],
)
def test_search_columns_have_neither_case_nor_accents(text, plain):
    assert folded(text) == plain
