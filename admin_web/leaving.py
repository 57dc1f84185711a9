"""What shall be offered no more, and who is booked with it: shown before it is saved, with what can be done."""

from typing import TYPE_CHECKING

from flask import flash, request

from admin_web.access import viewer
from admin_web.own import stamp_of, to_call
from clinic.editing import Record, Sort
from clinic.practice import Visit

if TYPE_CHECKING:
    from clinic.services import Clinic

SHOWN = 20
FIELD = "shown"
"""Carries whom the page has shown."""


def hits(clinic: "Clinic", sort: Sort, before: Record, wanted: Record) -> list[Visit]:
    """The coming appointments that name a record which goes out of use; none where it stays, or is new."""
    leaves = _offered(before) and not _offered({**before, **wanted})
    return clinic.practice.coming(sort, before["id"]) if leaves else []


def were_told(found: list[Visit]) -> bool:
    """Whether the form of this request comes from a page that showed just these; nobody needs no telling."""
    return not found or request.form.get(FIELD) == stamp_of(found)


def told(clinic: "Clinic", sort: Sort, record_id: int, found: list[Visit]) -> dict[str, object]:
    """What the form needs to tell of them (manager/leaving.html); that they were shown is kept in the audit."""
    if named := sorted({one.patient_id for one in found[:SHOWN] if one.patient_id}):
        note = "patients " + ", ".join(map(str, named))
        clinic.audit.add(viewer().ref, "hit.read", sort, record_id, note)
    zones = {unit.id: unit.tz for unit in clinic.units.known()}
    return {"hits": found, "most": SHOWN, "zones": zones, "shown": stamp_of(found)}


def offer(clinic: "Clinic", found: list[Visit], why: str) -> None:
    """Another time is offered to all of them, where that was ticked."""
    if found and request.form.get("offer") == "1":
        called = clinic.practice.offer_again(None, [one.id for one in found], viewer().ref, why[:200])
        flash(to_call(called), "news") if called else None


def _offered(record: Record) -> bool:
    """Whether it can be booked: kinds of visit while anybody may, all others while they are in use."""
    return bool(record["bookable_by"]) if "bookable_by" in record else bool(record.get("active"))
