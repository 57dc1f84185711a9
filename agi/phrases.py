"""What several menus say alike: an appointment, a doctor, a unit, the terms of a visit."""

from collections.abc import Iterator

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


def where(clinic: Clinic, unit_id: int, modality: str, street: bool = False) -> tuple[Said, ...]:
    """Where the visit takes place; nothing to say in a clinic of one unit, unless it is by video."""
    if modality == "video":
        return ("pause/150", "at/video")
    if len(clinic.units.all()) == 1:
        return ()
    return ("pause/150", *at_unit(clinic.units.get(unit_id), street))


def appointment(clinic: Clinic, booking: Booking) -> tuple[Said, ...]:
    """ "quinta-feira, vinte e seis de novembro, às quatorze horas, com a doutora …, na unidade …"; requests say so."""
    waits = ("pause/150", "appointments/awaiting") if booking.status == "pending" else ()
    return (
        At(booking.starts_at, clinic.units.get(booking.unit_id).tz),
        "pause/150",
        *with_doctor(clinic.directory.doctor(booking.doctor_id)),
        *where(clinic, booking.unit_id, booking.modality),
        *waits,
        "pause/300",
    )


def when_and_where(clinic: Clinic, slot: SlotInfo, modality: str) -> tuple[Said, ...]:
    """A time that may be booked: moment, doctor, unit and street."""
    return (
        At(slot.starts_at, clinic.units.get(slot.unit_id).tz),
        "pause/150",
        *with_doctor(clinic.directory.doctor(slot.doctor_id)),
        *where(clinic, slot.unit_id, modality, street=True),
    )


def offered_time(clinic: Clinic, slot: SlotInfo, before: SlotInfo | None, wanted: Criteria) -> Iterator[Said]:
    """A time in a list: what the caller chose, or heard with the time before, is not said again."""
    zone = clinic.units.get(slot.unit_id).tz
    local = slot.starts_at.astimezone(zone)
    same_day = before is not None and before.starts_at.astimezone(zone).date() == local.date()
    yield Time(local.time()) if same_day else At(slot.starts_at, zone)
    if wanted.doctor_id is None and (before is None or before.doctor_id != slot.doctor_id):
        yield from ("pause/150", *with_doctor(clinic.directory.doctor(slot.doctor_id)))
    if wanted.unit_id is None and (before is None or before.unit_id != slot.unit_id):
        yield from where(clinic, slot.unit_id, wanted.modality or slot.modality, street=True)


def terms_read(clinic: Clinic, terms: Terms) -> tuple[Said, ...]:
    """Kind of visit, who pays (a price only for particular), preparation, and whether it has to be approved."""
    kind: tuple[Said, ...] = ("pause/150", KINDS[terms.kind.code])
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


def code(booking: Booking, twice: bool = False) -> tuple[Said, ...]:
    """The confirmation code in groups of three."""
    once: tuple[Said, ...] = ("booking/code", Digits(booking.code), "pause/300")
    return (*once, *once) if twice else once
