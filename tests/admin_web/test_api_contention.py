"""Sixty-four programs book at once through the API: each slot is sold once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from sqlalchemy import select

from db.tables import Appointment
from tests.admin_web.site import make_site

BOOKERS = 64


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
