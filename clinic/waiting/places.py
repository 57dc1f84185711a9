"""The waiting list as the desk reads it: who waits, since when, for what, how to reach them, what they are offered."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from clinic.clock import Clock
from clinic.waiting.rows import UNANSWERED, UNHEARD
from db.session import Database
from db.tables import OutboxRow, Patient, PatientPhone, PreRegistration, Waiting, WaitingOffer

MOST = 300
UNTOLD = frozenset({"failed", "silenced"})
"""How the message of an offer ends where somebody has to call."""


@dataclass(frozen=True, slots=True)
class OpenOffer:
    """What somebody is offered now; `told`: how its message stands."""

    id: int
    doctor_id: int
    unit_id: int
    starts_at: datetime
    until: datetime
    told: str | None

    @property
    def to_call(self) -> bool:
        """Whether no message reaches them, so that the desk calls."""
        return self.told in UNTOLD


@dataclass(frozen=True, slots=True)
class InLine:
    """One who waits. `name` is the one to say, "" for a pre-registration; `number`: where to call, "" for none.

    `unanswered`: the offers in a row that ran out; `pays`: whether it is known who pays (if not, the desk asks).
    """

    id: int
    patient_id: int | None
    pre_registration_id: int | None
    name: str
    number: str
    email: str
    specialty_id: int
    doctor_id: int | None
    unit_id: int | None
    payer_id: int | None
    period: str | None
    modality: str | None
    via: str
    protocol: str | None
    created_at: datetime
    offers: int
    unanswered: int
    pays: bool
    offer: OpenOffer | None

    @property
    def silent(self) -> bool:
        """Whether so many offers ran out that nothing is offered by itself until the desk has spoken with them."""
        return self.offer is None and self.unanswered >= UNANSWERED


_W, _F = Waiting, WaitingOffer
_NUMBER = (
    select(func.min(PatientPhone.number))
    .where(PatientPhone.patient_id == _W.patient_id)
    .correlate(_W)
    .scalar_subquery()
)
_BEFORE = select(func.count(_F.id)).where(_F.waiting_id == _W.id, _F.live.is_(None)).correlate(_W).scalar_subquery()
LINES: Any = (
    select(_W.id, _W.patient_id, _W.pre_registration_id, func.coalesce(Patient.social_name, Patient.name, ""))
    .add_columns(func.coalesce(_NUMBER, PreRegistration.phone, ""), func.coalesce(Patient.email, ""))
    .add_columns(_W.specialty_id, _W.doctor_id, _W.unit_id, _W.payer_id, _W.period, _W.modality, _W.via, _W.protocol)
    .add_columns(_W.created_at, _BEFORE, UNHEARD, func.coalesce(_W.payer_id, Patient.usual_payer_id).is_not(None))
    .add_columns(_F.id, _F.doctor_id, _F.unit_id, _F.starts_at, _F.until, OutboxRow.status)
    .outerjoin(Patient, Patient.id == _W.patient_id)
    .outerjoin(PreRegistration, PreRegistration.id == _W.pre_registration_id)
    .outerjoin(_F, and_(_F.waiting_id == _W.id, _F.live == 1))
    .outerjoin(OutboxRow, OutboxRow.uid == _F.uid)
    .where(_W.live == 1)
    .order_by(_F.id.is_(None), _W.created_at, _W.id)
    .limit(MOST)
)
OWN = 18
"""Columns of the place itself; the others are its offer's."""


class WaitingPlaces:
    """Reads; one query, however long the list is."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def all(
        self, units: Iterable[int] = (), specialty_id: int | None = None, patient_id: int | None = None
    ) -> list[InLine]:
        """Who waits: with an offer first, then the longest. `units`: for one of these, or for any; none: all."""
        return self._some(LINES.where(*_which(units, specialty_id, None if patient_id is None else [patient_id])))

    def part(
        self,
        after: int,
        limit: int,
        units: Iterable[int] = (),
        specialty_id: int | None = None,
        patients: Collection[int] | None = None,
        unit_id: int | None = None,
    ) -> list[InLine]:
        """The same for who goes through all of them: by id, those `after` one. `unit_id`: for this one, or for any."""
        here = [] if unit_id is None else [or_(_W.unit_id.is_(None), _W.unit_id == unit_id)]
        wanted = LINES.where(_W.id > after, *here, *_which(units, specialty_id, patients))
        return self._some(wanted.order_by(None).order_by(_W.id).limit(limit))

    def one(self, waiting_id: int) -> InLine | None:
        """One place; None for who does not wait any more."""
        return next(iter(self._some(LINES.where(_W.id == waiting_id))), None)

    def unit_of(self, waiting_id: int) -> int | None:
        """For which unit they wait, or waited; None for any. Raises KeyError."""
        row = self._database.first(select(_W.unit_id).where(_W.id == waiting_id))
        if row is None:
            raise KeyError(waiting_id)
        return row[0]

    def _some(self, wanted: Any) -> list[InLine]:
        now = self._clock()
        return [_line(row, now) for row in self._database.rows(wanted)]


def _which(
    units: Iterable[int], specialty_id: int | None, patients: Collection[int] | None
) -> list[ColumnElement[bool]]:
    wanted = tuple(units)
    which: list[ColumnElement[bool]] = [or_(_W.unit_id.is_(None), _W.unit_id.in_(wanted))] if wanted else []
    which += [] if specialty_id is None else [_W.specialty_id == specialty_id]
    return which + ([] if patients is None else [_W.patient_id.in_(tuple(patients))])


def _line(row: Any, now: datetime) -> InLine:
    offer = OpenOffer(*row[OWN:]) if row[OWN] is not None and row[OWN + 4] > now else None
    return InLine(*(*row[:OWN], offer))
