"""A link of one click is small, ours alone, and spelled in one way."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.messages.kinds import DEEDS
from clinic.messages.links import MEDIA, Link, Links

AT = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
LINKS = Links("a key that is long enough for anybody")


def token(appointment_id=7, version=AT, deed="confirm", via="email", links=LINKS):
    return links.make(appointment_id, version, deed, via).removeprefix("/c/")


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("via", MEDIA)
def test_what_was_made_is_read(deed, via):
    assert LINKS.read(token(7, AT, deed, via)) == Link(7, AT, deed, via)


@given(st.integers(0, 2**63 - 1), st.datetimes(datetime(2020, 1, 1), datetime(2200, 1, 1)))
def test_any_appointment_has_a_link(appointment_id, at):
    version = at.replace(second=0, microsecond=0, tzinfo=UTC)
    assert LINKS.read(token(appointment_id, version)) == Link(appointment_id, version, "confirm", "email")


def test_a_link_fits_into_a_short_message():
    assert len(LINKS.make(12_345_678, AT, "confirm")) <= 32


def test_a_changed_letter_is_no_link():
    good = token()
    changed = [good[:place] + ("A" if one != "A" else "B") + good[place + 1 :] for place, one in enumerate(good)]
    assert [one for one in changed if LINKS.read(one)] == []


@given(st.text(max_size=60))
def test_what_somebody_types_is_no_link(typed):
    assert LINKS.read(typed) is None


@pytest.mark.parametrize(
    "change", [lambda t: t + "=", lambda t: t + "A", lambda t: t[:-1], lambda t: "", lambda t: "é"]
)
def test_a_link_is_spelled_in_one_way(change):
    assert LINKS.read(change(token())) is None


def test_the_key_of_another_clinic_opens_nothing():
    assert LINKS.read(token(links=Links("another key"))) is None


def test_without_a_key_messages_lead_to_the_portal():
    none = Links("")
    assert none.make(7, AT, "confirm") == "/portal/consultas/7"
    assert none.read(token()) is None


def test_a_link_ends_the_day_after_the_visit():
    link = LINKS.read(token())
    assert not Links.expired(link, AT + timedelta(hours=23))
    assert Links.expired(link, AT + timedelta(hours=25))
