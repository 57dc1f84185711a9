"""What several menus say alike: an appointment, a doctor, a unit, the terms of a visit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from agi.speech import At, Digits, Money, Said, Spoken, Time
from clinic.agenda import Criteria, SlotInfo
from clinic.bookings import Booking, Terms
from clinic.directory import DoctorInfo
from clinic.services import Clinic
from clinic.units import UnitInfo

WITH = {"doutor": "with/doctor-m", "doutora": "with/doctor-f"}
KINDS = {
    "first": "kind/first",
    "consultation": "kind/consultation",
    "return": "kind/return",
    "exam": "kind/exam",
}


def with_doctor(doctor: DoctorInfo) -> tuple[Said, ...]:
    """ "com a doutora Marina Corrêa": the title is the one of the doctor's record."""
    return (WITH.get(doctor.title, "with/professional"), Spoken(doctor.says))


def at_unit(unit: UnitInfo, street: bool = False) -> tuple[Said, ...]:
    """ "na unidade Centro", with its street where asked for."""
    said: tuple[Said, ...] = ("at/unit", Spoken(unit.says))
    return (*said, "pause/150", Spoken(unit.street)) if street else said


@dataclass(frozen=True)
class Places:
    """The clinic's units, closed ones as well, as far as they have to be told apart when a visit is named."""

    known: Sequence[UnitInfo]

    @property
    def units(self) -> list[UnitInfo]:
        """Those that are open."""
        return [unit for unit in self.known if unit.active]

    def unit(self, unit_id: int) -> UnitInfo:
        """One of them. Raises KeyError."""
        for unit in self.known:
            if unit.id == unit_id:
                return unit
        raise KeyError(unit_id)

    def moment(self, when: datetime, unit_id: int) -> tuple[Said, ...]:
        """By the clock of the unit; that it is its own is said where the clinic has clocks that differ."""
        return (At(when, self.unit(unit_id).tz), *self.local())

    def local(self) -> tuple[Said, ...]:
        """ "no horário local", in a clinic of several time zones."""
        return ("at/local-time",) if len({unit.zone for unit in self.units}) > 1 else ()

    def where(self, unit_id: int, modality: str, street: bool = False) -> tuple[Said, ...]:
        """Where the visit takes place; nothing to say in a clinic of one unit, unless it is by video."""
        if modality == "video":
            return ("pause/150", "at/video")
        unit = self.unit(unit_id)
        return () if self.units == [unit] else ("pause/150", *at_unit(unit, street))


def places(clinic: Clinic) -> Places:
    """Where visits take place at this clinic."""
    return Places(clinic.units.known())


def appointment(clinic: Clinic, booking: Booking) -> tuple[Said, ...]:
    """ "quinta-feira, vinte e seis de novembro, às quatorze horas, com a doutora …, na unidade …"; requests say so."""
    at = places(clinic)
    waits = ("pause/150", "appointments/awaiting") if booking.status == "pending" else ()
    return (
        *at.moment(booking.starts_at, booking.unit_id),
        "pause/150",
        *with_doctor(clinic.directory.doctor(booking.doctor_id)),
        *at.where(booking.unit_id, booking.modality),
        *waits,
        "pause/300",
    )


def when_and_where(clinic: Clinic, slot: SlotInfo, modality: str) -> tuple[Said, ...]:
    """A time that may be booked: moment, doctor, unit and street."""
    at = places(clinic)
    return (
        *at.moment(slot.starts_at, slot.unit_id),
        "pause/150",
        *with_doctor(clinic.directory.doctor(slot.doctor_id)),
        *at.where(slot.unit_id, modality, street=True),
    )


def offered_time(
    clinic: Clinic, at: Places, slot: SlotInfo, before: SlotInfo | None, wanted: Criteria
) -> Iterator[Said]:
    """A time in a list: what the caller chose, or heard with the time before, is not said again."""
    local = slot.starts_at.astimezone(at.unit(slot.unit_id).tz)
    same_place = before is not None and before.unit_id == slot.unit_id
    if before and before.starts_at.astimezone(at.unit(before.unit_id).tz).date() == local.date():
        yield from (Time(local.time()), *(() if same_place else at.local()))
    else:
        yield from at.moment(slot.starts_at, slot.unit_id)
    if wanted.doctor_id is None and (before is None or before.doctor_id != slot.doctor_id):
        yield from ("pause/150", *with_doctor(clinic.directory.doctor(slot.doctor_id)))
    if _place_is_news(slot, before if same_place else None, wanted):
        yield from at.where(slot.unit_id, wanted.modality or slot.modality, street=True)


def _place_is_news(slot: SlotInfo, before: SlotInfo | None, wanted: Criteria) -> bool:
    """Whether the caller has neither chosen the unit nor heard it with the time before; or it is by video after all."""
    by_video = wanted.modality is None and slot.modality == "video"
    if before is not None:
        return by_video is not (wanted.modality is None and before.modality == "video")
    return by_video or wanted.unit_id is None


def terms_read(clinic: Clinic, terms: Terms) -> tuple[Said, ...]:
    """Kind of visit, who pays (a price only for particular), preparation, and whether it has to be approved."""
    kind: tuple[Said, ...] = ("pause/150", KINDS.get(terms.kind.code) or Spoken(terms.kind.name))
    return (*kind, *_paid(clinic, terms), *_preparation(terms), *(("booking/to-approve",) if terms.approves else ()))


def _paid(clinic: Clinic, terms: Terms) -> tuple[Said, ...]:
    if terms.return_of is not None or terms.payer_id is None:
        return ()
    payer = clinic.directory.payer(terms.payer_id)
    if not payer.private:
        return ("pause/150", "booking/by-payer", Spoken(payer.says))
    return ("pause/150", "booking/price", Money(terms.price_cents)) if terms.price_cents is not None else ()


def _preparation(terms: Terms) -> tuple[Said, ...]:
    """Too long to be spelt: while it is not recorded the caller is told to ask."""
    if not terms.kind.preparation:
        return ()
    return ("pause/300", Spoken(terms.kind.preparation, otherwise="booking/ask-preparation"))


def answer_by(clinic: Clinic, request: Booking) -> tuple[Said, ...]:
    """ "A clínica responde até quarta-feira, …"."""
    if request.answer_by is None:
        return ()
    return ("booking/answer-until", *places(clinic).moment(request.answer_by, request.unit_id))


def code(booking: Booking, twice: bool = False) -> tuple[Said, ...]:
    """The confirmation code in groups of three."""
    once: tuple[Said, ...] = ("booking/code", Digits(booking.code), "pause/300")
    return (*once, *once) if twice else once
