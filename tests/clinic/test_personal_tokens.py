"""Tokens for other systems: in somebody's name, for some purposes, until a day."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from clinic.personal_tokens import MOST, SameName, TooManyTokens
from tests.admin_web.site import make_user


@pytest.fixture
def user(any_clinic):
    return make_user(any_clinic, "attendant")


@pytest.fixture
def made(any_clinic, user):
    return any_clinic.personal_tokens.create(user, "BI", ["patients:read", "users:read"], 30)


def test_a_token_counts_in_its_owners_name_for_its_purposes(any_clinic, made, user):
    bearer = any_clinic.personal_tokens.bearer(made[1])
    assert (bearer.viewer.user_id, bearer.scopes) == (user, {"patients:read", "users:read"})


def test_a_token_ends_on_its_day(any_clinic, made):
    any_clinic.clock.move(days=30)
    assert any_clinic.personal_tokens.bearer(made[1]) is None


def test_a_revoked_token_opens_nothing(any_clinic, made, user):
    assert any_clinic.personal_tokens.revoke(user, made[0].id)
    assert any_clinic.personal_tokens.bearer(made[1]) is None
    assert any_clinic.personal_tokens.list(user) == []


def test_nobody_revokes_the_token_of_another(any_clinic, made):
    assert not any_clinic.personal_tokens.revoke(make_user(any_clinic, "admin"), made[0].id)


def test_a_token_ends_with_the_access(any_clinic, made, user):
    any_clinic.users.set_active(user, False, by="system")
    assert any_clinic.personal_tokens.bearer(made[1]) is None


def test_it_is_seen_when_a_token_was_used_last(any_clinic, made, user):
    any_clinic.clock.move(minutes=5)
    any_clinic.personal_tokens.bearer(made[1])
    assert any_clinic.personal_tokens.list(user)[0].used_at == any_clinic.clock()


def test_unknown_purposes_are_refused(any_clinic, user):
    with pytest.raises(ValueError, match="x:read"):
        any_clinic.personal_tokens.create(user, "BI", ["x:read"], 30)


def test_nobody_has_more_than_fifty(any_clinic, user):
    for number in range(MOST):
        any_clinic.personal_tokens.create(user, f"BI {number}", ["users:read"], 1)
    with pytest.raises(TooManyTokens):
        any_clinic.personal_tokens.create(user, "BI", ["users:read"], 1)


def test_a_name_is_one_tokens_until_it_is_revoked(any_clinic, made, user):
    again = (user, "BI", ["patients:read"], 30)
    with pytest.raises(SameName):
        any_clinic.personal_tokens.create(*again)
    any_clinic.personal_tokens.revoke(user, made[0].id)
    assert any_clinic.personal_tokens.create(*again)


def test_two_clicks_at_once_make_one_token(served_clinic):
    user, tokens = make_user(served_clinic, "attendant"), served_clinic.personal_tokens

    def click(_):
        with suppress(SameName):
            tokens.create(user, "BI", ["patients:read"], 30)

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(click, range(5)))
    assert len(tokens.list(user)) == 1
