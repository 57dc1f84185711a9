"""The audit trail: who did or saw what, found again."""

from datetime import timedelta

import pytest

from clinic.audit import Asked, AuditTrail
from tests.clinic.counting import CountingDatabase


@pytest.fixture
def trail(clinic):
    """Three lines: Paula reads a patient, the system changes something, Rui logs in an hour later."""
    paula = clinic.users.create("Paula Ávila", ["attendant"], by="test")
    rui = clinic.users.create("Rui 100%_sim", ["manager"], by="test")
    clinic.audit.add(f"user:{paula}", "patient.read", "patient", 12)
    clinic.audit.add("system", "hours.changed", "doctor", 3)
    clinic.clock.move(hours=1)
    clinic.audit.add(f"user:{rui}", "login")
    return clinic.audit


def actions(trail, **asked):
    return [line.action for line in trail.search(Asked(**asked)) if line.action != "user.created"]


def test_the_newest_comes_first(trail):
    assert actions(trail) == ["login", "hours.changed", "patient.read"]


def test_who_acted_is_named(trail):
    named = {line.action: line.name for line in trail.search(Asked())}
    assert (named["patient.read"], named["hours.changed"]) == ("Paula Ávila", None)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"action": "patient.read"}, ["patient.read"]),
        ({"who": "paula"}, ["patient.read"]),
        ({"who": "system"}, ["hours.changed"]),
        ({"entity": "patient", "entity_id": 12}, ["patient.read"]),
        ({"entity": "patient", "entity_id": 13}, []),
        ({"who": "100%_"}, ["login"]),
        ({"who": "%"}, ["login"]),
        ({"who": "_'; DROP TABLE audit"}, []),
    ],
)
def test_lines_are_found_by_what_they_say(trail, asked, found):
    assert actions(trail, **asked) == found


def test_lines_are_found_by_time(clinic, trail):
    now = clinic.clock()
    assert actions(trail, since=now) == ["login"]
    assert actions(trail, until=now) == ["hours.changed", "patient.read"]
    assert actions(trail, since=now + timedelta(seconds=1)) == []


def test_whose_account_it_was_is_named_but_no_patients(clinic):
    paula = clinic.users.create("Paula Ávila", ["attendant"], by="test")
    alice = clinic.users.create("Alice Ferreira", ["patient"], by="test", patient_id=clinic.people["alice"].id)
    clinic.audit.add("system", "roles.changed", "unit", paula)
    named = [(line.entity, line.entity_id, line.about) for line in clinic.audit.search(Asked())]
    assert named == [("unit", paula, None), ("user", alice, None), ("user", paula, "Paula Ávila")]


def test_one_goes_on_where_the_last_page_ended(trail):
    first = trail.search(Asked(), limit=2)
    rest = trail.search(Asked(), before=first[-1].id)
    assert {line.id for line in first} & {line.id for line in rest} == set()
    assert "patient.read" in [line.action for line in rest]


def test_lines_get_their_names_in_one_question_however_many_they_are(clinic):
    for number in range(30):
        user = clinic.users.create(f"Pessoa {number}", ["attendant"], by="test")
        clinic.audit.add(f"user:{user}", "patient.read", "patient", 12)
    database = CountingDatabase(str(clinic.database.url))
    found = AuditTrail(database, clinic.clock).search(Asked(who="pessoa"))
    database.close()
    assert (len({line.name for line in found}), len(database.asked)) == (30, 3)
