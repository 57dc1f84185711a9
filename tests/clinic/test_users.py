"""People who may log in: one person, many identities; on every database."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from clinic.identities import Identity, subject
from clinic.users import IdentityTaken, LastAdmin
from tests.admin_web.site import make_user

EMAIL = Identity("email", "bianca@example.com")
PHONE = Identity("phone", "5511987654321")


@pytest.fixture
def users(any_clinic):
    return any_clinic.users


def test_somebody_is_found_by_each_thing_they_are_known_by(users):
    bianca = users.create("Bianca", ["attendant"], [EMAIL], by="system")
    users.add_identity(bianca, Identity("oidc", "https://id.example|42"), by="system")
    assert users.find(EMAIL).id == users.find(Identity("oidc", "https://id.example|42")).id == bianca


def test_what_somebody_is_known_by_is_theirs_alone(users):
    users.create("Bianca", ["attendant"], [EMAIL], by="system")
    with pytest.raises(IdentityTaken):
        users.create("Outra", ["attendant"], [EMAIL], by="system")
    rogerio = users.create("Rogério", ["manager"], by="system")
    with pytest.raises(IdentityTaken):
        users.add_identity(rogerio, EMAIL, by="system")


def test_a_refused_account_leaves_nothing_behind(users):
    users.create("Bianca", ["attendant"], [EMAIL], by="system")
    with pytest.raises(IdentityTaken):
        users.create("Outra", ["admin"], [Identity("cpf", "11144477735"), EMAIL], by="system")
    assert users.find(Identity("cpf", "11144477735")) is None


def test_the_same_text_of_another_kind_is_another_thing(users):
    users.create("Ana", ["patient"], [Identity("cpf", "11144477735")], by="system")
    assert users.find(Identity("phone", "11144477735")) is None


def test_identities_are_compared_byte_for_byte(users):
    users.create("Ana", ["patient"], [subject("https://id.example", "Ana")], by="system")
    assert users.find(subject("https://id.example", "Ana"))
    assert [users.find(subject("https://id.example", other)) for other in ("ana", "Ana ")] == [None, None]


def test_a_telephone_names_nobody_before_it_is_shown(users):
    ana = users.create("Ana", ["patient"], [PHONE], by="system")
    assert users.find(PHONE) is None
    users.shown(ana, PHONE)
    assert users.find(PHONE).id == ana


def test_a_number_with_a_new_owner_names_the_old_one_no_more(users):
    ana, bia = (users.create(name, ["patient"], by="system") for name in ("Ana", "Bia"))
    users.shown(ana, PHONE)
    users.shown(bia, PHONE)
    assert users.find(PHONE).id == bia
    assert users.known_by(ana) == []


def test_of_two_who_show_a_number_at_once_one_has_it(served_clinic):
    users = served_clinic.users
    both = [users.create(name, ["patient"], by="system") for name in ("Ana", "Bia")]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda user: users.shown(user, PHONE), both))
    assert users.find(PHONE).id in both


def test_a_patient_has_one_account(any_clinic):
    make_user(any_clinic, "patient")
    with pytest.raises(IdentityTaken):
        any_clinic.users.create("Alice", ["patient"], by="system", patient_id=any_clinic.people["alice"].id)


def test_who_looks_carries_roles_units_and_records(any_clinic):
    doctor = any_clinic.users.viewer(make_user(any_clinic, "doctor"))
    assert (doctor.roles, doctor.doctor_id, doctor.ref) == (
        {"doctor"}, any_clinic.at.doctors["marina"], f"user:{doctor.user_id}",
    )  # fmt: skip
    attendant = any_clinic.users.viewer(make_user(any_clinic, "centro_attendant"))
    assert (attendant.roles, attendant.unit_ids) == ({"attendant"}, {any_clinic.at.units["centro"]})


def test_roles_and_units_are_changed_at_once(any_clinic):
    users, both = any_clinic.users, set(any_clinic.at.units.values())
    user = make_user(any_clinic, "attendant")
    users.set_roles(user, ["attendant", "manager"], by="user:9")
    users.set_units(user, both, by="user:9")
    assert (users.viewer(user).roles, users.viewer(user).unit_ids) == ({"attendant", "manager"}, both)
    [entry] = any_clinic.audit.latest(action="roles.changed")
    assert (entry.actor, entry.entity_id, entry.note) == ("user:9", user, "attendant,manager")


def test_the_last_administrator_stays(any_clinic):
    users, admin = any_clinic.users, make_user(any_clinic, "admin")
    with pytest.raises(LastAdmin):
        users.set_roles(admin, ["manager"], by="system")
    with pytest.raises(LastAdmin):
        users.set_active(admin, False, by="system")
    users.create("Outra", ["admin"], by="system")
    users.set_active(admin, False, by="system")
    assert users.viewer(admin) is None


def test_who_is_deactivated_is_out_everywhere_at_once(any_clinic):
    user = make_user(any_clinic, "attendant")
    token = any_clinic.sessions.open(user)
    any_clinic.users.set_active(user, False, by="system")
    assert any_clinic.sessions.viewer(token) is None
    any_clinic.users.set_active(user, True, by="system")
    assert any_clinic.sessions.viewer(token) is None
