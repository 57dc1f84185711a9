"""A cancelled appointment comes back as it was, where nobody has taken its time.

Everything here runs inside a transaction that holds its person.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from clinic import appointments
from clinic.appointments import Act, Line
from clinic.holds import SlotTaken
from clinic.margins import beside_kept

KEPT = (  # what an appointment that is restored has from the one before
    "code", "patient_id", "pre_registration_id", "doctor_id", "unit_id", "specialty_id", "kind_id", "payer_id",
    "return_of", "modality", "starts_at", "ends_at", "slot_id", "answer_by", "price_cents", "tell_by_phone",
    "series_id", "series_day",
)  # fmt: skip


def restore(connection: Connection, old: Line, status: str, act: Act, visit: int | None = None) -> int:
    """A cancelled appointment as it was, in the same slots, under the same code; the new row's id.

    `visit`: what a request to move would move, where that came back too. Its margin is what it had; what its kind needs
    more by now is taken where it is free. Raises SlotTaken when the time is gone.
    """
    values = {name: getattr(old, name) for name in KEPT} | _asks_to_move(connection, visit or old.replaces, status)
    try:
        new_id = appointments.add(connection, {**values, "status": status, "via": act.via}, act, "restored")
    except IntegrityError as error:
        raise SlotTaken from error  # somebody lives in that slot
    token = appointments.undo_token(old.id)
    mine = {"now": act.at, "mine": token, "mine_end": token, "appointment": new_id}
    span = {"doctor": old.doctor_id, "start": old.starts_at, "end": old.ends_at}
    slots = connection.execute(appointments.IN_ITS_TIME, span).all()
    enough = sum((slot.ends_at - slot.starts_at for slot in slots), timedelta()) == old.ends_at - old.starts_at
    its, kept = (
        {slot.id for slot in slots},
        set(connection.scalars(appointments.STILL_ITS, {"token": token, "now": act.at})),
    )
    beside = set(beside_kept(connection, old, act.at))
    needed = its | kept if its <= kept else its | beside  # nobody came between, or perhaps somebody did
    lost = {
        slot
        for slot in sorted(needed | beside)
        if not appointments.RECLAIM.run(connection, {**mine, "slot": slot}).rowcount
    }
    if not enough or lost & needed:
        raise SlotTaken
    return new_id


def _asks_to_move(connection: Connection, visit_id: int | None, status: str) -> dict[str, Any]:
    """A request comes back as one to move the same visit, if that still stands. Raises SlotTaken."""
    if status != "pending" or visit_id is None:
        return {}
    visit = appointments.one(connection, visit_id)
    if visit is None or visit.status == "cancelled":
        raise SlotTaken
    return {"replaces": visit_id}
