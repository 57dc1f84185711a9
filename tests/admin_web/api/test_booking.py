"""Booking by another program: holds, keys that do it once, and an appointment's life."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from db.tables import KeptAnswer
from tests.admin_web.api.programs import Program, booked, booking, fields, free
from tests.clinic.margins import with_margin


def test_staff_books_for_anybody(site, staff):
    reply = booked(staff, site, who="bruno")
    assert (reply.status_code, reply.json["status"]) == (201, "booked")
    assert staff.get(reply.location.removeprefix("/api/v1")).json == reply.json


def test_a_patient_books_what_is_held(site, patient):
    held = patient.post("/holds", {"slot_id": free(patient, site)["id"], "minutes": 60})
    given = {"patient_id": site.clinic.people["alice"].id, "hold_id": held.json["id"]}
    assert (held.status_code, patient.post("/appointments", given).status_code) == (201, 201)


def test_a_patient_books_for_nobody_else(site, patient):
    assert fields(booked(patient, site, who="bruno")) == ["patient_id"]


def test_what_was_not_asked_for_is_not_booked(site, staff):
    reply = booked(staff, site, specialty_id=site.clinic.at.specialties["cardiology"])
    assert (reply.status_code, fields(reply)) == (422, ["specialty_id"])


def test_a_taken_time_is_a_conflict(site, staff):
    slot = free(staff, site)
    staff.post("/appointments", booking(site, slot))
    reply = staff.post("/appointments", booking(site, slot, "bruno"))
    assert (reply.status_code, reply.json["type"]) == (409, "/api/v1/docs#slot-taken")


def test_a_held_time_is_given_back(site, patient):
    slot = free(patient, site)
    held = patient.post("/holds", {"slot_id": slot["id"]}).json
    assert patient.ask("DELETE", f"/holds/{held['id']}").status_code == 204
    assert free(patient, site) == slot


def test_a_refused_booking_leaves_nothing_held(site, staff):
    clinic = site.clinic
    busy = clinic.slot("rita", "cardiology")
    clinic.book("alice", busy, "cardiology")
    times = clinic.agenda.next_free(clinic.criteria(doctor="marina"), limit=20)
    [slot_id] = [one.id for one in times if one.starts_at == busy.starts_at]
    kind = with_margin(clinic, after=10)
    held = staff.post("/holds", {"slot_id": slot_id}).json["id"]
    given = {"patient_id": clinic.people["alice"].id, "hold_id": held, "kind_id": kind.id}
    assert staff.post("/appointments", given).json["type"] == "/api/v1/docs#overlaps"
    assert clinic.agenda.next_free(clinic.criteria(doctor="marina"), limit=20) == times


def test_a_hold_of_another_is_not_there(site, staff, patient):
    held = staff.post("/holds", {"slot_id": free(staff, site)["id"]}).json
    assert patient.ask("DELETE", f"/holds/{held['id']}").status_code == 404


def test_an_attendant_books_at_her_units_alone(site):
    rita = site.clinic.slot("rita", "cardiology")
    reply = Program(site, "centro_attendant").post("/holds", {"slot_id": rita.id})
    assert (reply.status_code, fields(reply)) == (422, ["slot_id"])


def test_the_same_key_gives_the_same_answer(site, staff):
    given = booking(site, free(staff, site))
    replies = [staff.post("/appointments", given, Idempotency_Key="a-1") for _ in range(2)]
    assert [one.status_code for one in replies] == [201, 201]
    assert replies[0].json == replies[1].json
    other = staff.post("/appointments", given | {"modality": "in_person"}, Idempotency_Key="a-1")
    assert (other.status_code, other.json["type"]) == (422, "/api/v1/docs#other-request")


@pytest.mark.parametrize("what", ["appointments", "reschedule", "holds", "waiting-list"])
def test_the_same_key_gives_the_same_headers(site, staff, what):
    alice, slot = {"patient_id": site.clinic.people["alice"].id}, {"slot_id": free(staff, site, 3)["id"]}
    path, given = {
        "appointments": lambda: ("/appointments", alice | slot),
        "reschedule": lambda: (f"/appointments/{booked(staff, site).json['id']}/reschedule", slot),
        "holds": lambda: ("/holds", slot),
        "waiting-list": lambda: ("/waiting-list", alice | {"specialty_id": site.clinic.at.specialties["general"]}),
    }[what]()
    first, again = (staff.post(path, given, Idempotency_Key="k-1") for _ in range(2))
    assert (first.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert ("ETag" in first.headers, "Location" in first.headers) == (what in ("appointments", "reschedule"), True)
    assert all(again.headers.get(one) == first.headers.get(one) for one in ("ETag", "Location"))


def test_the_same_request_twice_at_one_moment_gets_one_answer(site, staff):
    site.clinic.programs.patience_s = 60.0  # a busy machine only takes longer
    given = booking(site, free(staff, site), kind_id=site.clinic.at.kinds["first"])

    def ask(_):
        return Program(site, token=staff.token).post("/appointments", given, Idempotency_Key="a-1")

    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(ask, range(4)))
    assert {(one.status_code, one.json["id"]) for one in replies} == {(201, replies[0].json["id"])}
    assert sum("Idempotent-Replayed" in one.headers for one in replies) == 3


@pytest.mark.parametrize("what", ["slot", "hold", "move"])
def test_what_was_made_before_its_answer_got_lost_is_the_answer(site, staff, what):
    slot = free(staff, site, 3)
    path, given = {
        "slot": lambda: ("/appointments", booking(site, slot)),
        "hold": lambda: ("/appointments", {
            "patient_id": site.clinic.people["alice"].id,
            "hold_id": staff.post("/holds", {"slot_id": slot["id"]}).json["id"],
        }),
        "move": lambda: (f"/appointments/{booked(staff, site).json['id']}/reschedule", {"slot_id": slot["id"]}),
    }[what]()  # fmt: skip
    first = staff.post(path, given, Idempotency_Key="a-1")
    site.clinic.database.change(update(KeptAnswer).values(status=None, answer=None))  # as if the process had died there
    site.clinic.clock.move(seconds=31)
    again = staff.post(path, given, Idempotency_Key="a-1")
    assert (first.status_code, again.status_code, again.json) == (201, 201, first.json)


@pytest.mark.parametrize("key", ["a-1", "k" * 200])
def test_a_key_that_is_used_again_after_its_day_books_what_is_asked_for(site, staff, key):
    first = staff.post("/appointments", booking(site, free(staff, site)), Idempotency_Key=key)
    site.clinic.clock.move(days=1, minutes=1)
    later = Program(site, "attendant")
    other = later.post("/appointments", booking(site, free(later, site)), Idempotency_Key=key)
    assert (first.status_code, other.status_code) == (201, 201)
    assert first.json["id"] != other.json["id"]


def test_an_answer_given_again_has_the_tag_of_what_it_shows(site, staff):
    given = booking(site, free(staff, site))
    made = staff.post("/appointments", given, Idempotency_Key="a-1").json
    staff.post(f"/appointments/{made['id']}/arrive")
    again = staff.post("/appointments", given, Idempotency_Key="a-1")
    assert again.json["status"] == "booked"
    stale = staff.post(f"/appointments/{made['id']}/cancel", {"reason": "clinic"}, If_Match=again.headers["ETag"])
    assert stale.status_code == 412


def test_a_hold_asked_for_twice_is_one(site, staff):
    given = {"slot_id": free(staff, site)["id"]}
    replies = [staff.post("/holds", given, Idempotency_Key="h-1") for _ in range(2)]
    assert replies[0].json == replies[1].json


def test_an_appointment_goes_through_its_life(site, staff):
    path = f"/appointments/{booked(staff, site).json['id']}"
    steps = [staff.post(f"{path}/{step}").json["status"] for step in ("confirm", "arrive", "fulfil")]
    assert steps == ["booked", "arrived", "fulfilled"]
    history = [one["event"] for one in staff.get(f"{path}/history").json["items"]]
    assert history == ["booked", "confirmed", "arrived", "fulfilled"]


def test_who_does_not_come_is_a_no_show(site, staff):
    visit = booked(staff, site).json
    path = f"/appointments/{visit['id']}"
    assert staff.post(f"{path}/no-show").json["type"] == "/api/v1/docs#too-soon"
    site.clinic.clock.now = datetime.fromisoformat(visit["starts_at"])
    later = Program(site, "attendant")
    assert later.post(f"{path}/no-show").json["status"] == "noshow"
    assert later.post(f"{path}/fulfil").status_code == 409


def test_an_appointment_is_moved(site, patient):
    old = booked(patient, site).json
    new = patient.post(f"/appointments/{old['id']}/reschedule", {"slot_id": free(patient, site, 3)["id"]})
    assert (new.status_code, new.json["starts_at"] > old["starts_at"]) == (201, True)
    assert patient.get(f"/appointments/{old['id']}").json["replaced_by"] == new.json["id"]


def test_cancelling_wants_a_reason(site, patient):
    path = f"/appointments/{booked(patient, site).json['id']}/cancel"
    assert fields(patient.post(path)) == ["reason"]
    assert fields(patient.post(path, {"reason": "other", "note": "\u200f \u202e"})) == ["note"]
    assert patient.post(path, {"reason": "feeling_better"}).json["cancel_reason"] == "feeling_better"


def test_a_doctor_answers_her_own_requests(site):
    clinic = site.clinic
    request = clinic.book("bruno", clinic.slot("rita", "cardiology"), specialty="cardiology")
    assert Program(site, "doctor").post(f"/appointments/{request.id}/accept").status_code == 404
    assert Program(site, "manager").post(f"/appointments/{request.id}/accept").json["status"] == "booked"


def test_a_doctor_who_declines_says_why(site, manager):
    clinic = site.clinic
    request = clinic.book("bruno", clinic.slot("rita", "cardiology"), specialty="cardiology")
    path = f"/appointments/{request.id}/decline"
    assert [fields(manager.post(path, given)) for given in ({}, {"note": " "})] == [["note"], ["note"]]
    assert manager.post(path, {"note": "Neste dia opero."}).json["cancel_reason"] == "declined"


def test_what_changed_meanwhile_is_not_cancelled(site, staff):
    made = booked(staff, site)
    path = f"/appointments/{made.json['id']}"
    staff.post(f"{path}/confirm")
    assert staff.post(f"{path}/cancel", {"reason": "clinic"}, If_Match=made.headers["ETag"]).status_code == 412


def test_times_for_a_kind_of_visit_have_room_beside_it(site, staff):
    kind, slot = with_margin(site.clinic, after=10), free(staff, site)
    at = f"/availability?specialty_id={site.clinic.at.specialties['general']}&doctor_id={slot['doctor_id']}"
    site.clinic.book("bruno", site.clinic.slot(place=1))
    short = f"{at}&kind_id={site.clinic.directory.kind('return').id}"
    assert staff.get(short).json["items"][0] == slot
    assert staff.get(f"{at}&kind_id={kind.id}").json["items"][0] != slot
    assert fields(staff.get(f"{at}&kind_id=999")) == ["kind_id"]


@pytest.mark.parametrize("code", ["consultation", "first"])
def test_times_without_a_kind_do_for_what_is_booked_without_one(site, staff, code):
    with_margin(site.clinic, after=10, code=code)
    site.clinic.book("bruno", site.clinic.slot(place=3))
    doctor = site.clinic.at.doctors["marina"]
    at = f"/availability?specialty_id={site.clinic.at.specialties['general']}&doctor_id={doctor}&limit=6"
    for slot in staff.get(at).json["items"]:
        made = staff.post("/appointments", booking(site, slot))
        assert made.status_code == 201, (slot, made.json)
        staff.post(f"/appointments/{made.json['id']}/cancel", {"reason": "clinic"})
        site.clinic.clock.move(seconds=11)


@pytest.mark.parametrize("length", ["", "&minutes=30"], ids=["their-own-length", "another-length"])
def test_times_without_a_kind_have_the_margin_of_those_there_may_be(site, staff, length):
    with_margin(site.clinic, after=10)
    doctor, taken = site.clinic.at.doctors["marina"], site.clinic.slot(place=3)
    site.clinic.book("bruno", taken)
    at = f"/availability?specialty_id={site.clinic.at.specialties['general']}&doctor_id={doctor}{length}"
    starts = [datetime.fromisoformat(one["starts_at"]) for one in staff.get(at).json["items"]]
    assert starts
    assert not [one for one in starts if taken.starts_at - timedelta(minutes=40) < one < taken.ends_at]


def test_what_is_held_for_a_kind_of_visit_is_the_visit_alone(site, patient):
    kind, slot = with_margin(site.clinic, after=10), free(patient, site)
    held = patient.post("/holds", {"slot_id": slot["id"], "kind_id": kind.id})
    assert (held.status_code, held.json["slot"]) == (201, slot)
    given = {"patient_id": site.clinic.people["alice"].id, "hold_id": held.json["id"], "kind_id": kind.id}
    made = patient.post("/appointments", given)
    assert (made.status_code, made.json["ends_at"]) == (201, slot["ends_at"])
    assert site.clinic.slot().starts_at > site.clinic.bookings.get(made.json["id"]).ends_at


def test_a_time_whose_margin_is_taken_is_a_conflict(site, staff):
    slot, kind = free(staff, site), with_margin(site.clinic, after=10)
    site.clinic.book("bruno", site.clinic.slot(place=1))
    reply = staff.post("/appointments", booking(site, slot, kind_id=kind.id))
    assert (reply.status_code, reply.json["type"]) == (409, "/api/v1/docs#slot-taken")
