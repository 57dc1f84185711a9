"""The rows of offers, of what they hold and of what is said of them: read and changed within a transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select, update
from sqlalchemy.orm import aliased

from clinic import live
from clinic.appointments import Act
from clinic.holds import RELEASE
from clinic.slots import SlotInfo
from db.prepared import Insert
from db.tables import OutboxRow, Patient, Slot, Waiting, WaitingOffer

TOPIC = "waiting"
SYSTEM = "system"
UNANSWERED = 3
"""After so many offers in a row that nobody answered people ask: the others wait too."""
FOR_WHO_WAITS = "offer:"
"""So begins what a time is held under that is kept for somebody of the list."""


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer. `status`: open, accepted, declined, lapsed, met (they have an appointment), left (the list), taken
    (back, by the clinic) or gone (the doctor will not be there). `told`: how its message stands, None for none.

    `name` is the one to say, "" for a pre-registration.
    """

    id: int
    waiting_id: int
    slot_id: int
    doctor_id: int
    unit_id: int
    modality: str
    starts_at: datetime
    ends_at: datetime
    until: datetime
    token: str
    status: str
    appointment_id: int | None
    created_at: datetime
    patient_id: int | None
    pre_registration_id: int | None
    specialty_id: int
    payer_id: int | None
    wanted_modality: str | None
    name: str
    told: str | None

    @property
    def slot(self) -> SlotInfo:
        """What is kept."""
        return SlotInfo(self.slot_id, self.doctor_id, self.unit_id, self.modality, self.starts_at, self.ends_at)

    @property
    def key(self) -> str:
        """Under this it is booked, once."""
        return f"waiting-offer:{self.id}"


_F, _W = WaitingOffer, Waiting
_LAPSED, _SINCE = aliased(WaitingOffer), aliased(WaitingOffer)
INSERT = Insert(WaitingOffer)
LAPSES = ("lapsed", SYSTEM)
"""Status and `settled_via` of an offer that ran out; who has spoken with them since says so in the latter."""
_HEARD = (
    select(func.coalesce(func.max(_SINCE.id), 0))
    .where(_SINCE.waiting_id == _W.id, or_(_SINCE.status != LAPSES[0], _SINCE.settled_via != LAPSES[1]))
    .correlate(_W)
    .scalar_subquery()
)
UNHEARD: Any = (
    select(func.count(_LAPSED.id))
    .where(_LAPSED.waiting_id == _W.id, _LAPSED.id > _HEARD)
    .correlate(_W)
    .scalar_subquery()
)
"""How many offers in a row have run out since somebody of this place was last heard of."""
OFFERS: Any = (
    select(_F.id, _F.waiting_id, _F.slot_id, _F.doctor_id, _F.unit_id, _F.modality, _F.starts_at, _F.ends_at, _F.until)
    .add_columns(_F.token, _F.status, _F.appointment_id, _F.created_at, _W.patient_id, _W.pre_registration_id)
    .add_columns(_W.specialty_id, func.coalesce(_W.payer_id, Patient.usual_payer_id), _W.modality)
    .add_columns(func.coalesce(Patient.social_name, Patient.name, ""), OutboxRow.status)
    .join(_W, _W.id == _F.waiting_id)
    .outerjoin(Patient, Patient.id == _W.patient_id)
    .outerjoin(OutboxRow, OutboxRow.uid == _F.uid)
)


def offered(row: Any, now: datetime) -> Offered:
    """A row of OFFERS."""
    values = dict(zip(Offered.__slots__, row, strict=True))
    if values["status"] == "open" and values["until"] <= now:
        values["status"] = "lapsed"
    return Offered(**values)


def locked(connection: Connection, waiting_id: int, *which: ColumnElement[bool]) -> Any:
    """A place in the list, which nobody else changes now; None where there is none such."""
    usual = select(Patient.usual_payer_id).where(Patient.id == _W.patient_id).scalar_subquery()
    wanted = select(_W.live, _W.status, _W.patient_id, _W.pre_registration_id, _W.unit_id, _W.doctor_id)
    wanted = wanted.add_columns(func.coalesce(_W.payer_id, usual).label("payer_id"))
    return connection.execute(wanted.where(_W.id == waiting_id, *which).with_for_update()).first()


def settled(connection: Connection, offer_id: int, status: str, act: Act, *still: ColumnElement[bool]) -> bool:
    """Claimed by one conditional UPDATE: whoever is first has the last word."""
    how = {"status": status, "live": None, "settled_at": act.at, "settled_by": act.by, "settled_via": act.via[:20]}
    mine = update(_F).where(_F.id == offer_id, _F.status == "open", *still)
    return bool(connection.execute(mine.values(**how)).rowcount)


def release(connection: Connection, token: str) -> None:
    """What an offer held is free."""
    held = select(Slot.id).where(Slot.hold_token == token, Slot.status == "held").order_by(Slot.id)
    for slot_id in connection.scalars(held).all():
        RELEASE.run(connection, {"slot": slot_id, "token": token})


def heard(connection: Connection, waiting_id: int, by: str, via: str) -> bool:
    """Somebody has spoken with them: what ran out is held against them no more. False where nothing was."""
    mine = update(_F).where(_F.waiting_id == waiting_id, _F.status == LAPSES[0], _F.settled_via == LAPSES[1])
    return bool(connection.execute(mine.values(settled_by=by, settled_via=via)).rowcount)


def hush(connection: Connection, offer_id: int, why: str, at: datetime) -> None:
    """What waits to be said of it is not said."""
    waits = update(OutboxRow).where(
        OutboxRow.uid == select(_F.uid).where(_F.id == offer_id).scalar_subquery(), OutboxRow.status == "waiting"
    )
    connection.execute(waits.values(status="silenced", due_at=None, settled_at=at, reason=why))


def left_with(connection: Connection, waiting_id: int, now: datetime) -> Any:
    """The offer that ended when they left the list, and would still be open; None for none."""
    mine = (_F.waiting_id == waiting_id, _F.status == "left", _F.until > now)
    columns = (_F.id, _F.slot_id, _F.doctor_id, _F.unit_id, _F.modality, _F.starts_at, _F.ends_at, _F.until, _F.token)
    return connection.execute(select(*columns).where(*mine).order_by(_F.id.desc()).limit(1)).first()


def reopen(connection: Connection, offer_id: int, now: datetime) -> None:
    """An offer that ended is open again; of its message, what was not said is said."""
    anew = {"status": "open", "live": 1, "settled_at": None, "settled_by": None, "settled_via": None}
    connection.execute(update(_F).where(_F.id == offer_id).values(**anew))
    unsaid = update(OutboxRow).where(
        OutboxRow.uid == select(_F.uid).where(_F.id == offer_id).scalar_subquery(),
        OutboxRow.status == "silenced", OutboxRow.reason == "left",
    )  # fmt: skip
    connection.execute(unsaid.values(status="waiting", due_at=now, settled_at=None, reason=None))


def message(offer_id: int, row: dict[str, Any], entry: Any, now: datetime, untold: str = "") -> dict[str, Any]:
    """The row of its message; `untold`: why it is never sent."""
    how = {"status": "silenced", "due_at": None, "settled_at": now, "reason": untold} if untold else {"due_at": now}
    return {
        "uid": row["uid"], "kind": "offer", "audience": "patient", "offer_id": offer_id, "status": "waiting",
        "patient_id": entry.patient_id, "pre_registration_id": entry.pre_registration_id, "attempts": 0,
        "doctor_id": row["doctor_id"], "version": row["starts_at"], "created_at": now,
        "dedupe": f"offer:{offer_id}", "by": row["by"], **how,
    }  # fmt: skip


def revive(connection: Connection, appointment_id: int, at: datetime) -> None:
    """Whoever took up an offer and is refused has their old place again, unless they wait for the same anew."""
    mine = select(_W.id, _W.wish, _W.unit_id, _W.doctor_id, _W.patient_id).join(_F, _F.waiting_id == _W.id)
    mine = mine.where(_F.appointment_id == appointment_id, _W.live.is_(None), _W.status == "met")
    for row in connection.execute(mine).all():
        anew = select(_W.id).where(_W.wish == row.wish, _W.live == 1)
        if connection.execute(anew).first() is None:
            connection.execute(update(_W).where(_W.id == row.id).values(live=1, status="waiting"))
            tell(connection, row.id, row.unit_id, row.doctor_id, row.patient_id, at)


def also_met(connection: Connection, offered: Offered) -> list[int]:
    """The other places of the same person for which the offered time is one that fits."""
    mine = _W.patient_id == offered.patient_id
    if offered.patient_id is None:
        mine = _W.pre_registration_id == offered.pre_registration_id
    fits = (
        _W.live == 1, _W.id != offered.waiting_id, _W.specialty_id == offered.specialty_id,
        func.coalesce(_W.doctor_id, offered.doctor_id) == offered.doctor_id,
        func.coalesce(_W.unit_id, offered.unit_id) == offered.unit_id,
    )  # fmt: skip
    return list(connection.scalars(select(_W.id).where(mine, *fits).order_by(_W.id)))


def tell(
    connection: Connection, waiting_id: int, unit_id: int | None, doctor_id: int | None, patient_id: int | None,
    at: datetime,
) -> None:  # fmt: skip
    """Word of it to who is watching."""
    live.put(connection, TOPIC, waiting_id, unit_id, at=at, doctor_id=doctor_id, patient_id=patient_id)
