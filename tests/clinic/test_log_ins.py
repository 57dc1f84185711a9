"""Logging in: the same answer whoever there is, and limits that lock nobody out."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from clinic.demo_accounts import PUBLISHED
from clinic.devices import Devices
from clinic.identities import Identity
from clinic.log_ins import Browser, LogIns, WrongLogIn
from clinic.login_limits import LoginLimits, TooManyTries, source_of
from clinic.passwords import Passwords
from clinic.second_factor import SecondFactor
from clinic.sessions import Sessions
from clinic.users import Users
from clinic.worker import jobs
from db.tables import LoginAttempt
from tests.admin_web.site import EMAIL, make_user
from tests.clinic.counting import CountingDatabase

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
GOOD, WRONG = "três-gatos-no-telhado", "quatro-gatos"
HERE, THERE = Browser("Firefox", "192.0.2.1"), Browser("Chrome", "198.51.100.7")
NOBODY = Identity("email", "nobody@example.com")


def log_ins_of(clinic, database=None, demo=False):
    database = database or clinic.database
    users, limits = Users(database, clinic.audit, clinic.clock), LoginLimits(database, clinic.audit, clinic.clock)
    passwords = Passwords(database, clinic.audit, clinic.clock, lambda work: work(), QUICK)
    sessions, devices = Sessions(database, clinic.clock), Devices(database, clinic.clock)
    second = SecondFactor(database, clinic.audit, limits, clinic.clock, "k" * 32)
    return LogIns(users, passwords, sessions, devices, limits, second, clinic.audit, demo)


@pytest.fixture
def known(clinic):
    """By what the patient logs in."""
    make_user(clinic, "patient", QUICK.hash(GOOD))
    return Identity("cpf", "52998224725")


def tried(clinic, known, password=WRONG, browser=HERE):
    try:
        return log_ins_of(clinic).by_password(known, password, browser)
    except WrongLogIn:
        return "wrong"
    except TooManyTries as enough:
        return enough.seconds


def test_the_right_password_opens_a_session(clinic, known):
    done = tried(clinic, known, GOOD)
    assert clinic.sessions.viewer(done.token).roles == {"patient"}
    assert [(entry.actor, entry.note) for entry in clinic.audit.latest(action="login")] == [
        (f"user:{done.user_id}", "password")
    ]


def test_nobody_learns_whether_there_is_an_account(clinic, known):
    make_user(clinic, "doctor")  # has no password yet
    everybody = (known, NOBODY, Identity("crm", "SP/101"))
    assert [tried(clinic, one) for one in everybody] == ["wrong"] * 3


def test_unknown_and_wrong_cost_the_same_queries(clinic, known):
    database = CountingDatabase(clinic.database.url.render_as_string(hide_password=False))
    asked = []
    for one in (known, NOBODY):
        database.asked.clear()
        with pytest.raises(WrongLogIn):
            log_ins_of(clinic, database).by_password(one, WRONG, HERE)
        asked.append(list(database.asked))
    database.close()
    assert asked[0] == asked[1]


def test_who_may_no_more_learns_nothing_else(clinic, known):
    clinic.users.set_active(clinic.users.find(known).id, False, by="system")
    assert tried(clinic, known, GOOD) == "wrong"


def test_a_failed_log_in_is_audited_without_private_data(clinic, known):
    tried(clinic, NOBODY)
    [entry] = clinic.audit.latest(action="login.failed")
    assert (entry.actor, entry.entity_id, entry.note) == ("system", None, "password")


def test_after_five_wrong_ones_each_try_waits_twice_as_long(clinic, known):
    assert [tried(clinic, known) for _ in range(5)] == ["wrong"] * 5
    assert tried(clinic, known, GOOD) in (15, 16)
    clinic.clock.move(seconds=16)
    assert tried(clinic, known) == "wrong"
    assert tried(clinic, known) in (30, 31)


def test_an_account_that_is_not_there_is_slowed_down_the_same(clinic, known):
    assert [tried(clinic, one) for one in (known, NOBODY) for _ in range(6)][5::6] == [16, 16]


def test_guesses_made_elsewhere_keep_nobody_out(clinic, known):
    for _ in range(30):
        tried(clinic, known, browser=THERE)
    assert tried(clinic, known, GOOD, HERE).token


def test_a_browser_that_logged_in_before_is_not_slowed_down_by_its_neighbours(clinic, known):
    mine = Browser("Firefox", HERE.address, tried(clinic, known, GOOD, HERE).device)
    for _ in range(6):
        tried(clinic, known, browser=HERE)
    assert isinstance(tried(clinic, known, GOOD, HERE), int)
    assert tried(clinic, known, GOOD, mine).token


def test_a_known_browser_guesses_no_faster(clinic, known):
    mine = Browser("Firefox", HERE.address, tried(clinic, known, GOOD, HERE).device)
    assert isinstance([tried(clinic, known, browser=mine) for _ in range(6)][-1], int)


def test_a_browser_known_to_one_account_is_a_stranger_to_another(clinic, known):
    device = tried(clinic, known, GOOD, HERE).device
    make_user(clinic, "doctor", QUICK.hash(GOOD))
    stranger = Browser("Firefox", HERE.address, device)
    assert [tried(clinic, Identity("crm", "SP/101"), browser=b) for b in [HERE] * 5 + [stranger]][-1] == 16


def test_who_tries_many_accounts_is_slowed_down(clinic):
    found = [tried(clinic, Identity("email", f"p{n}@example.com")) for n in range(41)]
    assert (found[39], found[40]) == ("wrong", 16)


def test_an_account_under_attack_raises_an_alarm(clinic, known):
    for n in range(101):
        tried(clinic, known, browser=Browser("x", f"203.0.{n}.1"))
    assert len(clinic.audit.latest(action="login.alarm")) == 1


def test_many_at_once_do_not_slip_through(served_clinic):
    make_user(served_clinic, "patient", QUICK.hash(GOOD))
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda _: tried(served_clinic, Identity("cpf", "52998224725")), range(20)))
    assert found.count("wrong") <= 5


def test_neither_accounts_nor_addresses_are_kept_as_such(clinic, known):
    tried(clinic, known)
    [row] = clinic.database.rows(select(LoginAttempt.account, LoginAttempt.source))
    assert not {known.value, HERE.address} & set(row)


def test_a_network_of_ipv6_is_one_source():
    assert source_of("2001:db8::1") == source_of("2001:db8::ffff:1") != source_of("2001:db8:0:1::1")
    assert source_of("::ffff:192.0.2.1") == source_of("192.0.2.1")
    assert source_of("nonsense") == "address:unknown"


def test_the_demos_password_opens_nothing_elsewhere(clinic):
    make_user(clinic, "patient", QUICK.hash(PUBLISHED))
    known = Identity("cpf", "52998224725")
    assert tried(clinic, known, PUBLISHED) == "wrong"
    assert log_ins_of(clinic, demo=True).by_password(known, PUBLISHED, HERE).token


def test_staff_show_a_code_and_in_the_demo_they_need_none(clinic):
    make_user(clinic, "manager", QUICK.hash(GOOD))
    manager = Identity("email", EMAIL["manager"])
    assert tried(clinic, manager, GOOD).awaits == "setup"
    assert log_ins_of(clinic, demo=True).by_password(manager, GOOD, HERE).awaits is None


def test_an_old_hash_is_made_anew(clinic):
    weak = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash(GOOD)
    user = make_user(clinic, "patient", weak)
    assert tried(clinic, Identity("cpf", "52998224725"), GOOD).token
    assert clinic.users.account(user).password_hash != weak


def test_old_tries_and_browsers_are_forgotten(clinic, known):
    tried(clinic, known)
    clinic.clock.move(minutes=16)
    assert (clinic.login_limits.forget_old(), clinic.login_limits.forget_old()) == (1, 0)
    tried(clinic, known, GOOD)
    clinic.clock.move(days=366)
    assert (clinic.devices.forget_old(), clinic.devices.forget_old()) == (1, 0)


def test_every_night_the_worker_forgets_them(clinic, known):
    tried(clinic, known)
    clinic.sessions.open(clinic.users.find(known).id)
    clinic.clock.move(days=40)
    [job] = [job for job in jobs(clinic, lambda _name: True, None) if job.name == "log-ins"]
    assert job.work() == 2
