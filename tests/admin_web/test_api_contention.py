"""Many programs at once through the API: each slot is sold once, and of those who edit what they read one is first."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import select

from db.tables import Appointment
from tests.admin_web.site import make_site

BOOKERS = 64
EDITORS = 8
WRITE = "appointments:write"
EDITED = {
    "patients": lambda clinic, site: f"patients/{clinic.people['bruno'].id}",
    "hours": lambda clinic, site: f"doctors/{clinic.at.doctors['marina']}/hours",
    "users": lambda clinic, site: f"users/{site.user('attendant')}",
    "doctors": lambda clinic, site: f"doctors/{clinic.at.doctors['marina']}",
    "units": lambda clinic, site: f"units/{clinic.at.units['centro']}",
}
"""What can be edited through the API, one of each sort."""
READ_ONLY = {"id", "created_at", "patient_id", "doctor_id", "outside"}


def edited(sort, body, n):
    """The record as it was read, with something of one's own."""
    given = {name: value for name, value in body.items() if name not in READ_ONLY}
    if sort == "hours":
        return {"items": [{**one, "slot_minutes": 10 + n} for one in given["items"][:1]]}
    return given | {"name": f"Nome {'ABCDEFGH'[n]} Silva"}


def test_sixty_four_at_once_sell_each_slot_once(served_clinic, tmp_path):
    site = make_site(served_clinic, tmp_path, api_per_minute=10_000)
    scopes = ["appointments:write"]
    _, token = served_clinic.personal_tokens.create(site.user("attendant"), "64", scopes, 1)
    slots = [slot.id for slot in served_clinic.agenda.next_free(served_clinic.criteria(doctor="marina"), limit=4)]
    born = date(1990, 1, 1)
    people = [served_clinic.patients.register(f"Ana {n}a", born, f"{n:011}").id for n in range(BOOKERS)]

    def book(n):
        given = {"patient_id": people[n], "slot_id": slots[n % len(slots)]}
        given["kind_id"] = served_clinic.at.kinds["consultation"]
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"b-{n}"}
        return site.app.test_client().post("/api/v1/appointments", json=given, headers=headers).status_code

    with ThreadPoolExecutor(BOOKERS) as pool:
        found = Counter(pool.map(book, range(BOOKERS)))
    sold = [row[0] for row in served_clinic.database.rows(select(Appointment.slot_id).where(Appointment.live == 1))]
    assert sorted(sold) == sorted(slots)
    assert found == {201: len(slots), 409: BOOKERS - len(slots)}


@pytest.mark.parametrize("sort", EDITED)
def test_of_all_who_edit_what_they_read_one_is_first(served_clinic, tmp_path, sort):
    site = make_site(served_clinic, tmp_path, api_per_minute=10_000)
    scopes = ["patients:read", "patients:write", "schedules:read", "schedules:write", "users:read", "users:write",
              "directory:read", "directory:write"]  # fmt: skip
    _, token = served_clinic.personal_tokens.create(site.user("manager"), "8", scopes, 1)
    path = f"/api/v1/{EDITED[sort](served_clinic, site)}"
    bearer = {"Authorization": f"Bearer {token}"}
    read = site.app.test_client().get(path, headers=bearer)

    def edit(n):
        headers = bearer | {"If-Match": read.headers["ETag"]}
        return site.app.test_client().put(path, json=edited(sort, read.json, n), headers=headers).status_code

    with ThreadPoolExecutor(EDITORS) as pool:
        assert Counter(pool.map(edit, range(EDITORS))) == {200: 1, 412: EDITORS - 1}


def an_appointment(clinic):
    """Somebody's, of today, so that they may arrive."""
    return clinic.book("bruno", clinic.slot("marina", place=1))


def a_request(clinic):
    """One that waits for the doctor's answer."""
    return clinic.book("bruno", clinic.slot("rita", "cardiology"), "cardiology")


STEPS = {
    "confirm": (an_appointment, {}), "arrive": (an_appointment, {}), "cancel": (an_appointment, {"reason": "clinic"}),
    "accept": (a_request, {}), "decline": (a_request, {"note": "Neste dia opero."}),
}  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_of_all_who_take_a_step_on_what_they_read_one_is_first(any_clinic, tmp_path, step):
    site = make_site(any_clinic, tmp_path, api_per_minute=10_000)
    _, token = any_clinic.personal_tokens.create(site.user("manager"), "8", ["appointments:read", WRITE], 1)
    make, body = STEPS[step]
    path, bearer = f"/api/v1/appointments/{make(any_clinic).id}", {"Authorization": f"Bearer {token}"}
    seen = site.app.test_client().get(path, headers=bearer).headers["ETag"]

    def go(_):
        headers = {**bearer, "If-Match": seen}
        return site.app.test_client().post(f"{path}/{step}", json=body, headers=headers).status_code

    with ThreadPoolExecutor(EDITORS) as pool:
        assert Counter(pool.map(go, range(EDITORS))) == {200: 1, 412: EDITORS - 1}


def test_of_all_who_move_what_they_read_one_is_first(any_clinic, tmp_path):
    site = make_site(any_clinic, tmp_path, api_per_minute=10_000)
    _, token = any_clinic.personal_tokens.create(site.user("manager"), "8", ["appointments:read", WRITE], 1)
    path, bearer = f"/api/v1/appointments/{an_appointment(any_clinic).id}", {"Authorization": f"Bearer {token}"}
    seen = site.app.test_client().get(path, headers=bearer).headers["ETag"]
    slots = any_clinic.agenda.next_free(any_clinic.criteria(doctor="marina"), limit=EDITORS)

    def go(slot):
        headers = {**bearer, "If-Match": seen}
        return site.app.test_client().post(f"{path}/reschedule", json={"slot_id": slot.id}, headers=headers).status_code

    with ThreadPoolExecutor(EDITORS) as pool:
        assert Counter(pool.map(go, slots)) == {201: 1, 412: EDITORS - 1}
