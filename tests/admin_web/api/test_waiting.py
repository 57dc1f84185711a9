"""/waiting-list: who waits, joining and leaving, and the answer to an offer, by another program."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from db.tables import Slot
from tests.admin_web.api.programs import Program, fields
from tests.clinic.waiting.listed import frees, joins, nothing_free

LIST = "/waiting-list"


@pytest.fixture
def wish(site):
    clinic = site.clinic
    return {"patient_id": clinic.people["alice"].id, "specialty_id": clinic.at.specialties["general"]}


def offered(site, place_id, slot=None):
    """The id of an offer to who waits there."""
    clinic = site.clinic
    until = clinic.clock() + timedelta(hours=2)
    return clinic.waiting_list.offers.make(place_id, slot or clinic.slot(), 30, until, "test")


def kind(reply):
    return reply.status_code, reply.json["type"].rpartition("#")[2]


def test_staff_put_anybody_into_the_list(site, staff, wish):
    at, more = site.clinic.at, {"period": "morning", "modality": "video"}
    more |= {"doctor_id": at.doctors["marina"], "unit_id": at.units["centro"], "payer_id": at.payers["saude"]}
    made = staff.post(LIST, wish | more)
    assert (made.status_code, made.json["via"]) == (201, "desk")
    assert (wish | more).items() <= made.json.items()
    assert staff.get(made.location.removeprefix("/api/v1")).json == made.json
    assert "waiting.joined" in [one.action for one in site.clinic.audit.latest()]


def test_patients_wait_for_themselves_and_their_dependants(site, patient, wish):
    mine = patient.post(LIST, wish)
    assert (mine.status_code, mine.json["via"]) == (201, "web")
    for_bruno = patient.post(LIST, wish | {"patient_id": site.clinic.people["bruno"].id})
    assert (for_bruno.status_code, fields(for_bruno)) == (422, ["patient_id"])
    assert [one["id"] for one in patient.get(LIST).json["items"]] == [mine.json["id"]]


def test_a_dependant_waits_in_the_list_of_who_answers_for_them(site, patient, wish):
    child = site.clinic.people["davi"]
    assert patient.post(LIST, wish | {"patient_id": child.id}).status_code == 201
    assert [one["patient_id"] for one in patient.get(LIST).json["items"]] == [child.id]


def test_the_same_wish_is_one_place(staff, wish):
    places = [staff.post(LIST, wish).json["id"] for _ in range(2)]
    assert places[0] == places[1]


def test_a_key_that_comes_twice_joins_once(staff, wish):
    first = staff.post(LIST, wish, Idempotency_Key="w-1")
    staff.ask("DELETE", f"{LIST}/{first.json['id']}")
    again = staff.post(LIST, wish, Idempotency_Key="w-1")
    assert (again.json, again.headers["Idempotent-Replayed"]) == (first.json, "true")
    assert staff.get(LIST).json["items"] == []
    assert kind(staff.post(LIST, wish | {"period": "morning"}, Idempotency_Key="w-1")) == (422, "other-request")


BUSY = "CREATE TRIGGER busy BEFORE INSERT ON waiting_list BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: '); END"
"""As where others join and leave with the very same wish, again and again."""


def test_what_is_to_be_repeated_can_be_with_its_key(site, staff, wish):
    change = site.clinic.database.write
    change(lambda connection: connection.exec_driver_sql(BUSY))
    refused = staff.post(LIST, wish, Idempotency_Key="w-2")
    assert (kind(refused), refused.headers["Retry-After"]) == ((409, "at-work"), "1")
    change(lambda connection: connection.exec_driver_sql("DROP TRIGGER busy"))
    assert staff.post(LIST, wish, Idempotency_Key="w-2").status_code == 201


@pytest.mark.parametrize("who", ["attendant", "patient"])
def test_what_does_not_fit_is_told_at_its_field(site, wish, who):
    program, at = Program(site, who), site.clinic.at
    rita = at.doctors["rita"]
    for changes, field in (
        ({"specialty_id": 999}, "specialty_id"), ({"doctor_id": rita}, "doctor_id"), ({"unit_id": 999}, "unit_id"),
        ({"payer_id": 999}, "payer_id"),
    ):  # fmt: skip
        reply = program.post(LIST, wish | changes)
        assert (kind(reply), fields(reply)) == ((422, "not-allowed"), [field])


@pytest.mark.parametrize("who", ["attendant", "patient"])
def test_one_waits_at_a_unit_of_the_doctors(site, wish, who):
    at = site.clinic.at
    given = wish | {"doctor_id": at.doctors["marina"], "unit_id": at.units["norte"]}
    assert fields(Program(site, who).post(LIST, given)) == ["unit_id"]


def test_an_attendant_wishes_for_the_units_where_she_works(site, wish):
    program, norte = Program(site, "centro_attendant"), site.clinic.at.units["norte"]
    assert fields(program.post(LIST, wish | {"unit_id": norte})) == ["unit_id"]


def test_an_attendant_sees_who_waits_for_her_units_or_for_any(site):
    units, program = site.clinic.at.units, Program(site, "centro_attendant")
    here, anywhere = joins(site.clinic, "alice", unit_id=units["centro"]), joins(site.clinic, "bruno")
    there = joins(site.clinic, "carla", unit_id=units["norte"])
    assert [one["id"] for one in program.get(LIST).json["items"]] == [here, anywhere]
    assert program.get(f"{LIST}/{there}").status_code == 404
    assert program.ask("DELETE", f"{LIST}/{there}").status_code == 404
    assert len(Program(site, "manager").get(LIST).json["items"]) == 3


def test_the_list_is_filtered_and_comes_in_parts(site, staff):
    places = [joins(site.clinic, who) for who in ("alice", "bruno", "carla")]
    first = staff.get(f"{LIST}?limit=2").json
    rest = staff.get(f"{LIST}?limit=2&cursor={first['next_cursor']}").json
    assert [one["id"] for one in first["items"] + rest["items"]] == places
    assert rest["next_cursor"] is None
    bruno = site.clinic.people["bruno"].id
    assert [one["id"] for one in staff.get(f"{LIST}?patient_id={bruno}").json["items"]] == places[1:2]
    assert staff.get(f"{LIST}?specialty_id={site.clinic.at.specialties['cardiology']}").json["items"] == []


def test_times_that_are_free_and_do_not_suit_are_not_offered_to_a_patient(site, patient, staff, wish):
    rounds, free = site.clinic.waiting_list.rounds, {"patient_id": site.clinic.people["bruno"].id}
    mine, theirs = patient.post(LIST, wish).json["id"], staff.post(LIST, wish | free).json["id"]
    assert (rounds.wish(mine).after_slot is None, rounds.wish(theirs).after_slot is None) == (False, True)


def test_who_has_no_time_to_choose_is_offered_any(site, patient, wish):
    nothing_free(site.clinic)
    place = patient.post(LIST, wish).json["id"]
    assert site.clinic.waiting_list.rounds.wish(place).after_slot is None


@pytest.mark.parametrize(
    ("half", "more"), [(True, {}), (False, {"period": "afternoon"}), (False, {"modality": "video"})], ids=str
)
def test_times_that_are_too_short_or_not_as_wished_are_none_to_choose(site, patient, wish, half, more):
    """An hour in the morning is free, or the half of it: less than Alice needs."""
    clinic = site.clinic
    nothing_free(clinic)
    [hour] = frees(clinic)
    if half:
        clinic.database.change(update(Slot).where(Slot.id == hour).values(status="blocked"))
    place = patient.post(LIST, wish | more).json["id"]
    assert clinic.waiting_list.rounds.wish(place).after_slot is None


@pytest.mark.parametrize("who", ["attendant", "patient"])
def test_leaving_frees_what_was_kept(site, wish, who):
    program, slot = Program(site, who), site.clinic.slot()
    place = program.post(LIST, wish).json["id"]
    offered(site, place, slot)
    assert program.get(f"{LIST}/{place}").json["offer"]["starts_at"]
    assert program.ask("DELETE", f"{LIST}/{place}").status_code == 204
    assert program.ask("DELETE", f"{LIST}/{place}").status_code == 404
    assert site.clinic.desk.bookings.is_free(slot, "")


@pytest.mark.parametrize("who", ["attendant", "patient"])
def test_an_offer_is_taken_up_once(site, wish, who):
    program = Program(site, who)
    path = f"{LIST}/offers/{offered(site, program.post(LIST, wish).json['id'])}"
    assert program.get(path).json["status"] == "open"
    taken = [program.post(f"{path}/accept") for _ in range(2)]
    assert [one.status_code for one in taken] == [200, 200]
    assert (taken[0].json, taken[0].json["status"]) == (taken[1].json, "accepted")
    assert program.get(f"/appointments/{taken[0].json['appointment_id']}").json["status"] == "booked"
    assert program.get(LIST).json["items"] == []
    assert kind(program.post(f"{path}/decline")) == (409, "offer-accepted")


def test_reading_an_offer_is_written_down(site, staff):
    offer = offered(site, joins(site.clinic, "alice"))
    staff.get(f"{LIST}/offers/{offer}")
    read, alice = site.clinic.audit.latest()[0], site.clinic.people["alice"].id
    assert (read.action, read.entity_id, read.note) == ("patient.read", alice, f"offer:{offer}")


def test_who_declines_waits_on(site, patient, wish):
    place = patient.post(LIST, wish).json["id"]
    path = f"{LIST}/offers/{offered(site, place)}"
    assert patient.post(f"{path}/decline").json["status"] == "declined"
    assert kind(patient.post(f"{path}/accept")) == (409, "offer-declined")
    assert patient.get(f"{LIST}/{place}").json["offered_before"] == 1


def test_an_offer_that_has_run_out_is_told(site, patient, wish):
    path = f"{LIST}/offers/{offered(site, patient.post(LIST, wish).json['id'])}"
    site.clinic.clock.move(minutes=121)
    assert kind(Program(site, "patient").post(f"{path}/accept")) == (409, "offer-lapsed")


def test_who_has_a_visit_then_is_told(site, patient, wish):
    clinic = site.clinic
    path = f"{LIST}/offers/{offered(site, patient.post(LIST, wish).json['id'])}"
    clinic.book("alice", clinic.slot("rita", "cardiology"), "cardiology")
    assert kind(patient.post(f"{path}/accept")) == (409, "overlaps")


def test_who_has_all_the_visits_they_may_have_is_told_who_books(site, patient, staff, wish):
    path = f"{LIST}/offers/{offered(site, patient.post(LIST, wish).json['id'], site.clinic.slot(place=9))}"
    for place in range(site.clinic.profile.get().max_future_appointments):
        site.clinic.book("alice", site.clinic.slot("paulo", place=place * 2))
    refused = patient.post(f"{path}/accept")
    assert (kind(refused), refused.json["detail"]) == ((422, "not-allowed"), "A recepção marca para esta pessoa.")
    assert staff.post(f"{path}/accept").status_code == 200


def test_an_offer_of_somebody_else_is_not_there(site, patient):
    offer = offered(site, joins(site.clinic, "bruno"))
    for how, path in (("GET", ""), ("POST", "/accept"), ("POST", "/decline")):
        assert patient.ask(how, f"{LIST}/offers/{offer}{path}").status_code == 404
    norte = offered(site, joins(site.clinic, "carla", "cardiology"), site.clinic.slot("rita", "cardiology"))
    assert Program(site, "centro_attendant").post(f"{LIST}/offers/{norte}/decline").status_code == 404


def test_who_waits_for_any_unit_is_shown_with_an_offer_elsewhere_that_its_reception_answers(site):
    clinic, program = site.clinic, Program(site, "centro_attendant")
    place = joins(clinic, "carla", "cardiology")
    offer = offered(site, place, clinic.slot("rita", "cardiology"))
    shown = program.get(f"{LIST}/{place}").json["offer"]
    assert (shown["id"], shown["unit_id"]) == (offer, clinic.at.units["norte"])
    assert program.get(f"{LIST}/offers/{offer}").status_code == 404
    assert program.ask("DELETE", f"{LIST}/{place}").status_code == 404


def test_a_token_must_be_good_for_it(site, wish):
    me, create = site.user("attendant"), site.clinic.personal_tokens.create
    reads = Program(site, token=create(me, "lê", ["appointments:read"], 30)[1])
    assert (reads.get(LIST).status_code, kind(reads.post(LIST, wish))) == (200, (403, "scope"))
    assert Program(site, token=create(me, "outro", ["patients:read"], 30)[1]).get(LIST).status_code == 403


def test_doctors_have_no_waiting_list(site):
    assert Program(site, "doctor").get(LIST).status_code == 403
