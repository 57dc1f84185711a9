"""Sessions: opened, idle, expired, ended; only a digest of the token is kept."""

import pytest
from sqlalchemy import select

from clinic.live import SESSION
from clinic.sessions import SEEN_EVERY
from db.tables import LiveEvent, LoginSession
from tests.admin_web.site import make_user


@pytest.fixture
def clinic(any_clinic):
    return any_clinic


@pytest.fixture
def user(clinic):
    return make_user(clinic, "attendant")


def test_a_token_says_who_it_is(clinic, user):
    viewer = clinic.sessions.viewer(clinic.sessions.open(user))
    assert (viewer.user_id, viewer.roles) == (user, {"attendant"})
    assert clinic.sessions.viewer("another") is None


def test_the_token_itself_is_not_kept(clinic, user):
    token = clinic.sessions.open(user)
    [row] = clinic.database.rows(select(LoginSession.digest))
    assert token not in row.digest


def test_who_does_nothing_for_two_hours_logs_in_again(clinic, user):
    token = clinic.sessions.open(user)
    clinic.clock.move(hours=1, minutes=59)
    assert clinic.sessions.viewer(token)
    clinic.clock.move(hours=1, minutes=59)
    assert clinic.sessions.viewer(token)
    clinic.clock.move(hours=2)
    assert clinic.sessions.viewer(token) is None


def test_after_fourteen_hours_everybody_logs_in_again(clinic, user):
    token = clinic.sessions.open(user)
    for _ in range(13):
        clinic.clock.move(hours=1)
        assert clinic.sessions.viewer(token)
    clinic.clock.move(hours=1)
    assert clinic.sessions.viewer(token) is None


def test_when_somebody_was_last_seen_is_written_once_a_minute(clinic, user):
    def seen():
        return clinic.database.first(select(LoginSession.seen_at))[0]

    token, opened = clinic.sessions.open(user), clinic.clock()
    clinic.clock.move(seconds=30)
    clinic.sessions.viewer(token)
    assert seen() == opened
    clinic.clock.move(seconds=30)
    clinic.sessions.viewer(token)
    assert seen() == opened + SEEN_EVERY


def test_a_revoked_session_is_over_and_its_streams_are_told(clinic, user):
    token = clinic.sessions.open(user)
    session = clinic.sessions.viewer(token).session_id
    assert clinic.sessions.revoke(user, session)
    assert clinic.sessions.viewer(token) is None
    told = clinic.database.rows(select(LiveEvent.entity_id).where(LiveEvent.topic == SESSION))
    assert [row.entity_id for row in told] == [session]


def test_nobody_ends_the_session_of_another(clinic, user):
    token = clinic.sessions.open(user)
    other = make_user(clinic, "manager")
    assert not clinic.sessions.revoke(other, clinic.sessions.viewer(token).session_id)
    assert clinic.sessions.viewer(token)


def test_all_others_end_and_this_one_stays(clinic, user):
    mine, phone, home = (clinic.sessions.open(user) for _ in range(3))
    clinic.sessions.revoke_all(user, but=clinic.sessions.viewer(mine).session_id)
    assert clinic.sessions.viewer(mine)
    assert [clinic.sessions.viewer(token) for token in (phone, home)] == [None, None]


def test_who_leaves_is_out(clinic, user):
    token = clinic.sessions.open(user)
    clinic.sessions.leave(token)
    assert clinic.sessions.viewer(token) is None


def test_open_sessions_are_listed_the_last_used_first(clinic, user):
    clinic.sessions.open(user, agent="Firefox")
    clinic.clock.move(minutes=5)
    clinic.sessions.open(user, agent="x" * 1000, address="10.0.0.1")
    clinic.sessions.leave(clinic.sessions.open(user))
    assert [one.agent for one in clinic.sessions.list(user)] == ["x" * 255, "Firefox"]


def test_a_session_without_its_code_opens_nothing(clinic, user):
    token = clinic.sessions.open(user, awaits="code")
    assert clinic.sessions.viewer(token) is None
    assert clinic.sessions.half_way(token).user_id == user
    clinic.clock.move(minutes=10)
    assert clinic.sessions.half_way(token) is None


def test_which_sessions_are_still_open(clinic, user):
    tokens = [clinic.sessions.open(user) for _ in range(2)]
    ids = [clinic.sessions.viewer(token).session_id for token in tokens]
    clinic.sessions.revoke(user, ids[0])
    assert clinic.sessions.still_open(ids) == {ids[1]}


def test_old_sessions_are_forgotten(clinic, user):
    clinic.sessions.open(user)
    clinic.clock.move(days=31)
    assert (clinic.sessions.forget_old(), clinic.sessions.forget_old()) == (1, 0)
