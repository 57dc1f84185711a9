"""New patients at the desk, and what becomes of those who were only heard on the telephone."""

from datetime import date

import pytest

from clinic.bookings import Overlaps
from clinic.identities import Identity
from clinic.intake import Settled
from clinic.patient_forms import Invalid, PatientForm, read, read_date
from tests.admin_web.site import make_user

DESK = "user:1"
TODAY = date(2026, 11, 23)
GOOD = {
    "name": "  Ana   Paula Ribeiro ",
    "cpf": "390.533.447-05",
    "birth_date": "05/04/1980",
    "phones": "(11) 98888-7777, 11 3333-4444",
    "email": "ana@example.com",
}


@pytest.fixture
def clinic(any_clinic):
    return any_clinic


@pytest.fixture
def pre(clinic):
    """Somebody who registered by telephone and booked."""
    person = clinic.patients.pre_register("39053344705", date(1980, 4, 5), "5511988887777", None, "261123000001")
    slot = clinic.slot(place=1)
    booked = clinic.bookings.book(person, clinic.bookings.hold(slot, "call"), clinic.terms(slot), "telephone")
    clinic.waiting_list.join(person, clinic.at.specialties["general"], "telephone")
    return person, booked


def problems(**changes):
    with pytest.raises(Invalid) as wrong:
        read(PatientForm(**(GOOD | changes)), TODAY)
    return wrong.value.problems


def test_a_new_patient_is_tidied_and_found(clinic):
    new = clinic.desk.intake.register(PatientForm(**GOOD), DESK)
    card = clinic.desk.cards.card(new, DESK)
    assert (card.patient.name, card.patient.cpf) == ("Ana Paula Ribeiro", "39053344705")
    assert card.patient.phones == ("551133334444", "5511988887777")
    assert clinic.desk.search.find("ana paula", "user:1")[0].id == new


def test_marks_that_turn_what_follows_are_no_part_of_a_name():
    form = PatientForm("Ana\u202e\x85 Lima\u2069", cpf="39053344705", birth_date="05/04/1980")
    assert read(form, date(2026, 11, 23)).name == "Ana Lima"


def test_a_nome_social_is_found_too(clinic):
    new = clinic.desk.intake.register(PatientForm(**(GOOD | {"social_name": "Zé"})), DESK)
    assert [one.name for one in clinic.desk.search.find("ze ana", "user:1")] == ["Zé"]
    assert clinic.patients.get(new).name == "Zé"


@pytest.mark.parametrize(
    ("field", "typed", "problem"),
    [
        ("name", "", "empty"),
        ("name", "x" * 10_000, "long"),
        ("name", "1", "form"),
        ("name", "😀", "form"),
        ("cpf", "", "empty"),
        ("cpf", "111.111.111-11", "cpf"),
        ("cpf", "123", "cpf"),
        ("cpf", "٣٩٠٥٣٣٤٤٧٠٥", "cpf"),
        ("birth_date", "", "empty"),
        ("birth_date", "31/02/1980", "no_day"),
        ("birth_date", "5 de abril", "date"),
        ("birth_date", "24/11/2026", "future"),
        ("birth_date", "01/01/1850", "old"),
        ("phones", "123", "phone"),
        ("phones", "11988887777," * 6, "many"),
        ("email", "ana", "email"),
        ("email", "a@b.com, c@d.com", "email"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(field, typed, problem):
    assert problems(**{field: typed}) == {field: problem}


def test_everything_that_is_wrong_is_told_at_once():
    assert set(problems(name="", cpf="1", email="x")) == {"name", "cpf", "email"}


def test_a_child_needs_no_cpf():
    assert read(PatientForm(**(GOOD | {"cpf": "", "guardian_id": 1})), TODAY).cpf is None


@pytest.mark.parametrize("between", [", ", ";", "/", " / ", " e ", " E ", " ou ", "\n", "|"])
def test_two_telephones_are_apart_as_people_write_them(between):
    form = PatientForm(**GOOD | {"phones": f"(11) 98888-7777{between}11 3333-4444"})
    assert read(form, TODAY).phones == ("551133334444", "5511988887777")


@pytest.mark.parametrize("typed", ["05/04/1980", "5/4/1980", "05041980", "1980-04-05", "05.04.1980", " 05-04-1980 "])
def test_a_date_is_typed_in_many_ways(typed):
    assert read_date(typed) == date(1980, 4, 5)


def test_a_cpf_on_file_is_told_with_whose_it_is(clinic):
    with pytest.raises(Invalid) as wrong:
        clinic.desk.intake.register(PatientForm(**(GOOD | {"cpf": "52998224725"})), DESK)
    assert wrong.value.problems == {"cpf": "taken"}
    assert wrong.value.patient_id == clinic.people["alice"].id


def test_a_child_whose_form_comes_again_is_told_with_which_it_is(clinic):
    child = GOOD | {"cpf": "", "guardian_id": clinic.people["alice"].id}
    first = clinic.desk.intake.register(PatientForm(**child), DESK)
    with pytest.raises(Invalid) as wrong:
        clinic.desk.intake.register(PatientForm(**child), DESK)
    assert (wrong.value.problems, wrong.value.patient_id) == ({"name": "twice"}, first)


def test_a_twin_and_a_namesake_are_children_of_their_own(clinic):
    alice, bruno = clinic.people["alice"].id, clinic.people["bruno"].id
    child = GOOD | {"cpf": "", "guardian_id": alice}
    twins = ({}, {"name": "Ana Clara Ribeiro"}, {"guardian_id": bruno}, {"birth_date": "06/04/1981"})
    assert len({clinic.desk.intake.register(PatientForm(**child | more), DESK) for more in twins}) == 4


def test_what_is_on_file_is_corrected(clinic):
    alice = clinic.people["alice"].id
    clinic.desk.intake.correct(alice, PatientForm(**GOOD), DESK)
    patient = clinic.desk.cards.card(alice, DESK).patient
    assert (patient.name, patient.cpf, len(patient.phones)) == ("Ana Paula Ribeiro", "39053344705", 2)


def addresses(clinic, user):
    return [(one.identity.value, one.verified) for one in clinic.users.known_by(user) if one.identity.kind == "email"]


@pytest.fixture
def corrected(clinic):
    """Corrects the e-mail of Alice's card, whose account was known by the old one: the account, and an open link."""

    def work(address, roles=("patient",)):
        user = make_user(clinic, "patient")
        clinic.users.add_identity(user, Identity("email", "alice@example.com"), by="system", verified=True)
        clinic.users.set_roles(user, roles, by="system")
        token = clinic.mailed_links.make(user, "reset", "alice@example.com")
        clinic.desk.intake.correct(clinic.people["alice"].id, PatientForm(**(GOOD | {"email": address})), DESK)
        return user, clinic.mailed_links.look(token, "reset") is not None

    return work


@pytest.mark.parametrize(("typed", "left"), [("Nova@Example.com", [("nova@example.com", False)]), ("", [])])
def test_a_mailbox_the_card_names_no_more_opens_nothing(clinic, corrected, typed, left):
    user, opens = corrected(typed)
    assert (addresses(clinic, user), opens) == (left, False)


def test_an_address_somebody_has_already_names_nobody_else(clinic, corrected):
    make_user(clinic, "manager")
    assert addresses(clinic, corrected("manager@example.com")[0]) == []


def test_an_address_that_stays_goes_on_letting_in(clinic, corrected):
    user, opens = corrected("ALICE@example.com")
    assert (addresses(clinic, user), opens) == ([("alice@example.com", True)], True)


def test_the_card_of_who_works_here_changes_no_account(clinic, corrected):
    user, opens = corrected("nova@example.com", ("patient", "attendant"))
    assert (addresses(clinic, user), opens) == ([("alice@example.com", True)], True)


def test_nobody_is_their_own_guardian(clinic):
    alice = clinic.people["alice"].id
    with pytest.raises(Invalid):
        clinic.desk.intake.correct(alice, PatientForm(**(GOOD | {"guardian_id": alice})), DESK)


def test_a_pre_registration_waits_with_what_was_booked(clinic, pre):
    [one] = clinic.desk.intake.waiting()
    assert (one.id, one.visits, one.phone, one.same_cpf) == (pre[0].id, 1, "5511988887777", None)


def test_completed_it_becomes_a_patient_with_its_appointment_and_wishes(clinic, pre):
    new = clinic.desk.intake.complete(pre[0].id, PatientForm(**GOOD), DESK)
    card = clinic.desk.cards.card(new, DESK)
    assert [one.id for one in card.visits] == [pre[1].id]
    assert (len(card.waiting), card.pre_registrations) == (1, (pre[0].id,))
    assert clinic.desk.intake.waiting() == []


def test_merged_its_appointment_is_the_patients(clinic, pre):
    alice = clinic.people["alice"]
    clinic.desk.intake.merge(pre[0].id, alice.id, DESK)
    assert [one.id for one in clinic.bookings.upcoming(alice)] == [pre[1].id]


def test_merging_does_not_put_anybody_in_two_places(clinic, pre):
    slot = clinic.slot("rita", "cardiology", place=1)
    clinic.book("alice", slot, "cardiology")
    with pytest.raises(Overlaps):
        clinic.desk.intake.merge(pre[0].id, clinic.people["alice"].id, DESK)
    assert len(clinic.desk.intake.waiting()) == 1


def test_a_wish_both_have_is_kept_once(clinic, pre):
    alice = clinic.people["alice"]
    clinic.waiting_list.join(alice, clinic.at.specialties["general"], "telephone")
    clinic.desk.intake.merge(pre[0].id, alice.id, DESK)
    assert len(clinic.desk.cards.card(alice.id, DESK).waiting) == 1


def test_refused_its_time_is_free_again(clinic, pre):
    clinic.desk.intake.refuse(pre[0].id, DESK, "engano")
    clinic.clock.move(seconds=11)
    assert clinic.slot().starts_at == pre[1].starts_at
    assert clinic.desk.intake.waiting() == []


def test_it_is_dealt_with_once(clinic, pre):
    clinic.desk.intake.refuse(pre[0].id, DESK)
    with pytest.raises(Settled):
        clinic.desk.intake.merge(pre[0].id, clinic.people["alice"].id, DESK)


def test_merging_into_nobody_changes_nothing(clinic, pre):
    with pytest.raises(KeyError):
        clinic.desk.intake.merge(pre[0].id, 10_000, DESK)
    assert len(clinic.desk.intake.waiting()) == 1


def test_reading_a_card_leaves_a_trace(clinic):
    clinic.desk.cards.card(clinic.people["alice"].id, DESK)
    [entry] = clinic.audit.latest(1)
    assert (entry.actor, entry.action, entry.entity_id) == (DESK, "patient.read", clinic.people["alice"].id)


def test_a_card_shows_the_family(clinic):
    card = clinic.desk.cards.card(clinic.people["alice"].id, DESK)
    assert ([one.name for one in card.dependants], card.guardian) == (["Davi Ferreira"], None)
    assert clinic.desk.cards.card(clinic.people["davi"].id, DESK).guardian.name == "Alice Ferreira"


def test_there_is_no_such_patient(clinic):
    with pytest.raises(KeyError):
        clinic.desk.cards.card(10_000, DESK)
