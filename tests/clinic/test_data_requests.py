"""What is left of a patient's contact after erasure."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select

from clinic.data_requests import NotDone
from db.tables import Patient, Undeliverable

SINCE = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def clinic(any_clinic):
    return any_clinic


def test_what_was_typed_to_get_in_goes_with_the_contact(clinic):
    alice, requests = clinic.people["alice"].id, clinic.portal.requests
    requests.ask(alice, "access", "Alice · (11) 98888-7777 · alice@example.com")
    requests.ask(alice, "correction", "Sou Alice")
    requests.anonymise(alice, "user:1")
    assert [(one.kind, one.text) for one in requests.of(alice)] == [("correction", "Sou Alice"), ("access", "")]


def test_that_letters_came_back_goes_with_the_address_alone(clinic):
    for address in ("alice@example.com", "bruno@example.com"):
        clinic.database.change(insert(Undeliverable).values(address=address, status="5.1.1", since=SINCE))
    clinic.portal.requests.anonymise(clinic.people["alice"].id, "user:1")
    assert [row[0] for row in clinic.database.rows(select(Undeliverable.address))] == ["bruno@example.com"]


def test_what_cannot_be_granted_waits_on(clinic):
    requests = clinic.portal.requests
    asked = requests.ask(clinic.people["alice"].id, "access")
    with pytest.raises(NotDone):
        requests.grant(asked, "user:1", lambda: False)
    assert (requests.get(asked).status, requests.get(asked).done_at) == ("open", None)
    assert (requests.grant(asked, "user:1", lambda: True), requests.get(asked).status) == (True, "done")


def test_what_was_refused_is_neither_granted_nor_erased(clinic):
    alice, requests = clinic.people["alice"].id, clinic.portal.requests
    asked, done = requests.get(requests.ask(alice, "erasure")), []
    requests.settle(asked.id, "refused", "user:9", "Desistiu")
    assert (requests.grant(asked.id, "user:1", lambda: done.append(1)), requests.erase(asked, "user:1")) == (
        False,
        False,
    )
    email = clinic.database.first(select(Patient.email).where(Patient.id == alice))
    assert (done, email[0], requests.get(asked.id).note) == ([], "alice@example.com", "Desistiu")
