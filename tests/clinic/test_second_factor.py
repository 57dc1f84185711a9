"""One-time codes: taken once, kept encrypted, on every database."""

from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from sqlalchemy import select

from clinic.login_limits import FREE_TRIES, TooManyTries
from clinic.second_factor import NoKey, SecondFactor, WrongCode
from db.tables import RecoveryCode, User
from tests.admin_web.site import make_user

KEY = "k" * 32


def second_of(clinic, key=KEY):
    return SecondFactor(clinic.database, clinic.audit, clinic.login_limits, clinic.clock, key)


@pytest.fixture
def clinic(any_clinic):
    return any_clinic


@pytest.fixture
def second(clinic):
    return second_of(clinic)


@pytest.fixture
def user(clinic):
    return make_user(clinic, "manager")


def code(app, clinic, steps=0):
    return app.generate_otp(int(clinic.clock().timestamp()) // 30 + steps)


@pytest.fixture
def app(clinic, second, user):
    """The app, set up a minute ago."""
    app = pyotp.TOTP(second.begin(user, "Clínica", "manager@example.com").secret)
    second.finish(user, code(app, clinic))
    clinic.clock.move(minutes=1)
    return app


def test_the_code_of_now_is_taken_once(clinic, second, user, app):
    now = code(app, clinic)
    assert [second.check(user, now) for _ in range(2)] == [True, False]


def test_the_code_that_set_it_up_is_not_taken_again(clinic, second, user):
    app = pyotp.TOTP(second.begin(user, "Clínica", "x").secret)
    now = code(app, clinic)
    second.finish(user, now)
    assert not second.check(user, now)


def test_a_telephone_may_be_half_a_minute_early_or_late(clinic, second, user, app):
    assert second.check(user, code(app, clinic, -1))
    assert second.check(user, code(app, clinic, 1))
    assert not second.check(user, code(app, clinic, 0))  # older than the last one taken
    assert not second.check(user, code(app, clinic, 2))


def test_of_two_at_once_one_gets_it(served_clinic):
    second, user = second_of(served_clinic), make_user(served_clinic, "manager")
    app = pyotp.TOTP(second.begin(user, "Clínica", "x").secret)
    second.finish(user, code(app, served_clinic))
    served_clinic.clock.move(minutes=1)
    now = code(app, served_clinic)
    with ThreadPoolExecutor(5) as pool:
        assert sorted(pool.map(lambda _: second._take(user, now), range(5))) == [False] * 4 + [True]


@pytest.mark.parametrize("typed", ["", "abcdef", "１２３４５６", "12345", "1" * 40, "' or 1"])
def test_what_is_no_code_is_wrong(second, user, app, typed):
    assert not second.check(user, typed)


def test_blanks_between_the_digits_do_not_matter(clinic, second, user, app):
    now = code(app, clinic)
    assert second.check(user, f" {now[:3]} {now[3:]} ")


def test_the_secret_is_kept_encrypted(clinic, second, user, app):
    [kept] = [row[0] for row in clinic.database.rows(select(User.totp_secret).where(User.id == user))]
    assert app.secret not in kept
    assert not second_of(clinic, "another key").check(user, code(app, clinic))


def test_recovery_codes_are_kept_as_digests_and_used_once(clinic, second, user):
    app = pyotp.TOTP(second.begin(user, "Clínica", "x").secret)
    codes = second.finish(user, code(app, clinic))
    kept = {row[0] for row in clinic.database.rows(select(RecoveryCode.digest))}
    assert not kept & set(codes)
    assert [second.check(user, codes[0]) for _ in range(2)] == [True, False]
    assert second.state(user).recovery_left == 9


def test_a_recovery_code_opens_nobody_elses_account(clinic, second, user):
    app = pyotp.TOTP(second.begin(user, "Clínica", "x").secret)
    codes = second.finish(user, code(app, clinic))
    assert not second.check(make_user(clinic, "admin"), codes[0])


def test_set_up_twice_it_stays_as_it_is(clinic, second, user, app):
    with pytest.raises(WrongCode):
        second.finish(user, code(app, clinic))


def test_guesses_while_it_is_set_up_are_slowed_down_and_kept_in_the_audit(clinic, second, user):
    app = pyotp.TOTP(second.begin(user, "Clínica", "manager@example.com").secret)
    for _ in range(FREE_TRIES):
        with pytest.raises(WrongCode):
            second.finish(user, "000000")
    with pytest.raises(TooManyTries):
        second.finish(user, code(app, clinic))
    assert len(clinic.audit.latest(action="login.failed")) == FREE_TRIES
    clinic.clock.move(minutes=16)
    assert len(second.finish(user, code(app, clinic))) == 10


def test_without_a_key_there_are_no_codes(clinic, user):
    bare = second_of(clinic, "")
    assert not bare.available
    with pytest.raises(NoKey):
        bare.begin(user, "Clínica", "x")


def test_turned_off_they_are_gone(clinic, second, user, app):
    second.turn_off(user, by="user:9")
    assert (second.state(user).since, second.state(user).recovery_left) == (None, 0)
    assert not second.check(user, code(app, clinic))
    assert [entry.actor for entry in clinic.audit.latest(action="codes.off")] == ["user:9"]
