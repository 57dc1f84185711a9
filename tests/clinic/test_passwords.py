"""Passwords: which are taken, what is kept of them, and how many are checked at once."""

import threading
import time

import pytest
from argon2 import PasswordHasher

from clinic.demo_accounts import PUBLISHED
from clinic.passwords import Passwords, TooBusy, WeakPassword, check

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
GOOD = "três-gatos-no-telhado"


@pytest.fixture
def passwords(clinic):
    return Passwords(clinic.database, clinic.audit, clinic.clock, lambda work: work(), QUICK)


def test_what_is_kept_is_argon2id_and_never_twice_the_same(passwords):
    first, second = passwords.hash(GOOD), passwords.hash(GOOD)
    assert first.startswith("$argon2id$")
    assert first != second
    assert passwords.fits(GOOD, first)
    assert not passwords.fits(GOOD + "x", first)


def test_without_an_account_the_same_work_is_done(passwords, clinic):
    worked = []

    def hasher(work):
        worked.append(work())
        return worked[-1]

    counted = Passwords(clinic.database, clinic.audit, clinic.clock, hasher, QUICK)
    stored = passwords.hash(GOOD)
    assert not counted.fits("outra-senha", None)
    assert not counted.fits("outra-senha", stored)
    assert worked == [False, False]


def test_nobodys_hash_costs_what_a_real_one_costs(passwords):
    nobodys = passwords._nobodys
    assert not passwords.grown_old(nobodys)
    assert not passwords.fits("", nobodys)


def test_what_is_no_hash_fits_nothing(passwords):
    assert not passwords.fits(GOOD, "$argon2id$broken")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("curta", "short"), ("x" * 129, "long"), ("Senha123", "common"), ("aaaaaaaaaa", "common"),
        (PUBLISHED, "common"), ("12345678", "common"), ("Bianca.Souto", "own"), ("bianca@example.com", "own"),
    ],
)  # fmt: skip
def test_what_is_tried_first_is_not_taken(password, reason):
    with pytest.raises(WeakPassword) as refused:
        check(password, ("Bianca.Souto", "bianca@example.com"))
    assert refused.value.reason == reason


@pytest.mark.parametrize("password", [GOOD, "8letrass", "çãõ é fácil", "xy1z" * 32])
def test_any_other_is(password):
    check(password, ("Bianca Souto",))


def test_at_most_two_are_computed_at_once(clinic):
    inside, most, lock = [0], [0], threading.Lock()

    def hasher(work):
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        time.sleep(0.02)
        with lock:
            inside[0] -= 1
        return work()

    passwords = Passwords(clinic.database, clinic.audit, clinic.clock, hasher, QUICK)
    threads = [threading.Thread(target=passwords.hash, args=(GOOD,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [2]


def test_a_change_is_audited_without_the_password(clinic, passwords):
    user = clinic.users.create("Bianca", ["attendant"], by="system")
    passwords.set(user, GOOD, by=f"user:{user}")
    [entry] = clinic.audit.latest(action="password.changed")
    assert (entry.actor, entry.entity_id, entry.note) == (f"user:{user}", user, "")


def test_who_would_wait_too_long_is_told(clinic):
    begun, go_on = threading.Semaphore(0), threading.Event()

    def hasher(work):
        begun.release()
        return go_on.wait(60)

    passwords = Passwords(clinic.database, clinic.audit, clinic.clock, hasher, patience=0.05)
    slow = [threading.Thread(target=passwords.fits, args=("x", None)) for _ in range(2)]
    for one in slow:
        one.start()
        assert begun.acquire(timeout=60)
    with pytest.raises(TooBusy):
        passwords.fits("x", None)
    go_on.set()
    for one in slow:
        one.join()
    assert passwords.fits("x", None)
