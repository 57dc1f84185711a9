"""What shall be offered no more, and days that close, and who is booked then: shown before it is saved, with what can
be done.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import flash, request

from admin_web.access import viewer
from admin_web.own import stamp_of, to_call
from clinic.editing import Record, Sort
from clinic.practice import Visit
from clinic.profile import Profile

if TYPE_CHECKING:
    from clinic.services import Clinic

SHOWN = 20
FIELD = "shown"
"""Carries whom the page has shown."""


def hits(clinic: "Clinic", sort: Sort, before: Record, wanted: Record) -> list[Visit]:
    """The coming appointments that name a record which goes out of use, or a unit that closes on days of another
    state; none where it stays as it is, or is new."""
    if _offered(before) and not _offered({**before, **wanted}):
        return clinic.practice.coming(sort, before["id"])
    if moves(sort, before, wanted):
        return clinic.closings.hit_anew(clinic.practice.coming("unit", before["id"]), state=wanted["state"])
    return []


def moves(sort: Sort, before: Record, wanted: Record) -> bool:
    """Whether a unit in use comes under another state's holidays."""
    return sort == "unit" and bool(wanted.get("active")) and before["state"] != wanted.get("state")


def by_optional(clinic: "Clinic", before: Profile, wanted: Mapping[str, object]) -> list[Visit]:
    """The coming appointments on days that close once what the law leaves to each place counts as a holiday."""
    if before.optional_holidays or not wanted.get("optional_holidays"):
        return []
    visits = (one for unit in clinic.units.all() for one in clinic.practice.coming("unit", unit.id))
    return sorted(clinic.closings.hit_anew(visits, optional=True), key=lambda one: (one.starts_at, one.id))


def were_told(found: list[Visit]) -> bool:
    """Whether the form of this request comes from a page that showed just these; nobody needs no telling."""
    return not found or request.form.get(FIELD) == stamp_of(found)


def told(clinic: "Clinic", sort: str, record_id: int, found: list[Visit], closing: bool = False) -> dict[str, object]:
    """What the form needs to tell of them (manager/leaving.html); that they were shown is kept in the audit.

    `closing`: it is their days that close.
    """
    if named := sorted({one.patient_id for one in found[:SHOWN] if one.patient_id}):
        note = "patients " + ", ".join(map(str, named))
        clinic.audit.add(viewer().ref, "hit.read", sort, record_id, note)
    zones = {unit.id: unit.tz for unit in clinic.units.known()}
    return {"hits": found, "most": SHOWN, "zones": zones, "shown": stamp_of(found), "closing": closing}


def offer(clinic: "Clinic", found: list[Visit], why: str) -> None:
    """Another time is offered to all of them, where that was ticked."""
    if found and request.form.get("offer") == "1":
        called = clinic.practice.offer_again(None, [one.id for one in found], viewer().ref, why[:200])
        flash(to_call(called), "news") if called else None


def _offered(record: Record) -> bool:
    """Whether it can be booked: kinds of visit while anybody may, all others while they are in use."""
    return bool(record["bookable_by"]) if "bookable_by" in record else bool(record.get("active"))
