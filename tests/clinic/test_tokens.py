"""Access tokens are short, refresh tokens work once, and both end with the session behind them."""

import pytest

from clinic.settings import Settings
from clinic.tokens import NoKey, Refused, Tokens
from tests.admin_web.site import make_user


@pytest.fixture
def tokens(any_clinic):
    return Tokens(any_clinic.database, any_clinic.clock, "k" * 32)


@pytest.fixture
def user(any_clinic):
    return make_user(any_clinic, "manager")


@pytest.fixture
def pair(any_clinic, tokens, user):
    return tokens.of_session(any_clinic.sessions.open(user))


def test_an_access_token_says_who_asks(tokens, pair, user):
    viewer = tokens.viewer(pair.access)
    assert (viewer.user_id, viewer.roles) == (user, {"manager"})


def test_an_access_token_ends_after_a_quarter_of_an_hour(any_clinic, tokens, pair):
    any_clinic.clock.move(minutes=15)
    assert tokens.viewer(pair.access) is None


def test_a_refresh_token_gives_the_next_pair(any_clinic, tokens, pair, user):
    any_clinic.clock.move(days=3)
    assert tokens.viewer(tokens.renew(pair.refresh).access).user_id == user


def test_a_refresh_token_used_twice_ends_everything(tokens, pair):
    new = tokens.renew(pair.refresh)
    with pytest.raises(Refused):
        tokens.renew(pair.refresh)
    assert tokens.viewer(new.access) is None
    with pytest.raises(Refused):
        tokens.renew(new.refresh)


def test_who_revokes_is_out_at_once(tokens, pair):
    tokens.revoke(pair.refresh)
    assert tokens.viewer(pair.access) is None
    with pytest.raises(Refused):
        tokens.renew(pair.refresh)


def test_tokens_end_with_the_access(any_clinic, tokens, pair, user):
    any_clinic.users.set_active(user, False, by="system")
    assert tokens.viewer(pair.access) is None


def test_the_cookie_of_the_session_opens_nothing_any_more(any_clinic, tokens, user):
    cookie = any_clinic.sessions.open(user)
    tokens.of_session(cookie)
    assert any_clinic.sessions.viewer(cookie) is None
    with pytest.raises(Refused):
        tokens.of_session(cookie)


def test_a_log_in_that_still_wants_a_code_gives_no_tokens(any_clinic, tokens, user):
    with pytest.raises(Refused):
        tokens.of_session(any_clinic.sessions.open(user, awaits="code"))


def test_programs_are_in_the_list_of_sessions(any_clinic, pair, user):
    any_clinic.clock.move(days=2)
    assert [one.how for one in any_clinic.sessions.list(user)] == ["api"]


@pytest.mark.parametrize("forged", ["", "x.y.z", "eyJhbGciOiJub25lIn0.eyJzaWQiOjF9."])
def test_what_we_did_not_sign_opens_nothing(tokens, forged):
    assert tokens.viewer(forged) is None


def test_another_key_opens_nothing(any_clinic, pair):
    assert Tokens(any_clinic.database, any_clinic.clock, "other").viewer(pair.access) is None


def test_without_a_key_there_are_no_tokens(any_clinic, user):
    without = Tokens(any_clinic.database, any_clinic.clock, "")
    with pytest.raises(NoKey):
        without.of_session(any_clinic.sessions.open(user))
    assert not without.available
    assert not Settings().secrets_key


def test_old_sessions_are_forgotten_with_their_tokens(any_clinic, tokens, pair):
    any_clinic.clock.move(days=61)
    assert any_clinic.sessions.forget_old() == 1
    with pytest.raises(Refused):
        tokens.renew(pair.refresh)
