"""Lines of coming appointments: each takes free time of its doctor, as if the desk had booked it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, and_, delete, func, or_, select
from sqlalchemy.exc import IntegrityError

from clinic import appointments, live
from clinic.appointments import Act
from clinic.cpf import cpf_is_valid
from clinic.csv_import.hours import clock_of, doctor_of
from clinic.csv_import.reading import Row
from clinic.csv_import.verdicts import Done, Reading, Refused, Verdict, by_name, refuse_used
from clinic.holds import FOLLOWING, HOLD, Hold, SlotTaken
from clinic.margins import hindered
from clinic.outbox import facts
from clinic.patient_forms import read_date
from clinic.people import Person
from clinic.roster import DoctorRow, KindInfo, Roster
from clinic.slots import SlotInfo
from clinic.taking import Overlaps, check_overlap
from clinic.terms import NotAllowed, Terms, check
from db.batch import run_all
from db.prepared import among
from db.retry import taken
from db.tables import Appointment, AppointmentChange, OutboxRow, Patient, Slot
from db.types import folded

VIA = "desk"
HOLDS_FOR = timedelta(minutes=5)
MODALITIES = {"": "in_person", "presencial": "in_person", "video": "video", "telemedicina": "video"}
PAST = "Este dia já passou: aqui entram só consultas futuras."
NOT_FREE = "O médico não tem este horário livre."
BESIDE = "Não há tempo livre para o preparo ou a arrumação que este tipo de consulta pede."
OTHER_VISIT = "O paciente já tem outra consulta neste horário."
CHANGED_SINCE = "A consulta mudou depois da importação."
REFUSED = {
    "doctor": ("especialidade", "O médico não é anunciado nesta especialidade, ou não atende mais."),
    "kind": ("tipo", "Este tipo não pode ser marcado."),
    "payer": ("convenio", "O médico não aceita este convênio na unidade."),
    "return": ("tipo", "Um retorno se marca na agenda, junto da consulta de que é retorno."),
}  # fmt: skip
OWN = ("appointment_changes",)
_A = Appointment
TOLD = select(func.count()).where(
    among(OutboxRow.audience, ("patient", "doctor")),  # programs hear that it is gone
    or_(OutboxRow.status == "sent", and_(OutboxRow.status == "waiting", OutboxRow.claimed_by.is_not(None))),
)
"""What somebody has heard of a visit, or is hearing now."""


class VisitLines:
    """See verdicts.Lines. `by`: who imports, as histories name them."""

    def __init__(self, connection: Connection, roster: Roster, now: datetime, by: str) -> None:
        self._connection, self._roster, self._act = connection, roster, Act(by, VIA, now)
        self._specialties, self._payers = by_name(roster.specialties), by_name(roster.payers)
        self._kinds = by_name(roster.kinds) | {one.code: one for one in roster.kinds}
        self._seen: list[tuple[int, int, datetime, datetime, int]] = []

    def judge(self, rows: Sequence[Row]) -> list[Verdict]:
        """New where the time is free and the patient has no other visit; what is booked so already is the same."""
        numbers = {_digits(row.cells.get("cpf", "")) for row in rows}
        found = self._connection.execute(select(Patient.cpf, Patient.id).where(Patient.cpf.in_(numbers - {""})))
        patients = {cpf: patient_id for cpf, patient_id in found}  # noqa: C416 - rows are not pairs for a type checker
        return [self._judged(row, patients) for row in rows]

    def carry_out(self, verdict: Verdict) -> Done:
        """Book it, with the status of an agreed appointment. Raises Refused."""
        patient_id, terms, slots = verdict.values
        person, whole = Person("patient", patient_id, "", self._act.at.date()), _whole(slots)
        appointments.lock(self._connection, person)
        others = appointments.live_ones(self._connection, person, self._act.at)
        try:
            check_overlap(self._connection, others, whole.starts_at, whole.ends_at)
            hold, values = self._hold(whole, slots), _values(person, terms, whole)
            new = appointments.take(self._connection, hold, terms.kind, values, self._act, "imported")
        except Overlaps:
            raise Refused(OTHER_VISIT, "hora") from None
        except SlotTaken:
            raise Refused(NOT_FREE, "hora") from None
        except IntegrityError as error:
            if taken(error):
                raise Refused(NOT_FREE, "hora") from None
            raise
        return Done(new, None, {"starts_at": whole.starts_at.isoformat()})

    def take_back(self, done: Done) -> None:
        """As if it had never been booked; only while it is as it was imported. Raises Refused."""
        row = appointments.one(self._connection, done.entity_id)
        lines = select(func.count()).where(AppointmentChange.appointment_id == done.entity_id)
        if row is None or row.status != "booked" or row.confirmed_at is not None or self._connection.scalar(lines) != 1:
            raise Refused(CHANGED_SINCE)
        if self._connection.scalar(TOLD.where(OutboxRow.appointment_id == row.id)):
            raise Refused(CHANGED_SINCE)
        refuse_used(self._connection, Appointment, row.id, OWN)
        facts.silence(self._connection, row.id, "gone", self._act.at)
        run_all(self._connection, *facts.steps(row.id, "removed", self._act.by, self._act.at))
        appointments.let_go(self._connection, row, self._act.at, undo=timedelta())
        self._connection.execute(delete(AppointmentChange).where(AppointmentChange.appointment_id == row.id))
        self._connection.execute(delete(_A).where(_A.id == row.id))
        at = {"at": self._act.at, "doctor_id": row.doctor_id, "patient_id": row.patient_id}
        live.put(self._connection, live.APPOINTMENT, row.id, row.unit_id, **at)

    def _judged(self, row: Row, patients: dict[str | None, int]) -> Verdict:
        reading = Reading(row)
        patient = self._patient(reading, patients)
        doctor = doctor_of(reading, self._roster)
        kind = reading.one_of("tipo", self._kinds, "Não há este tipo de consulta no cadastro.", required=True)
        payer = reading.one_of("convenio", self._payers, "Não há convênio com este nome no cadastro.")
        modality = MODALITIES.get(folded(reading.text("modalidade")))
        if modality is None:
            reading.wrong("modalidade", "Escreva presencial ou vídeo.")
        specialty = self._specialty(reading, doctor, kind)
        day, at = _day(reading), clock_of(reading, "hora")
        if reading.problems or doctor is None or kind is None or patient is None or day is None:
            return Verdict("wrong", reading.problems)
        slots = self._slots(doctor, day, at, kind.minutes)
        if slots and self._known(patient, doctor.id, slots[0].starts_at):
            return Verdict("same")
        if problem := self._not_free(doctor.id, patient, slots, modality or "", kind):
            return Verdict("wrong", {"data": PAST} if day < self._today() else problem)
        unit = slots[0].unit_id
        terms = Terms(doctor.id, unit, specialty, kind, payer and payer.id, modality or "", None, approves=False)
        try:
            check(self._roster, terms, VIA)
        except NotAllowed as refused:
            column, said = REFUSED[refused.reason]
            return Verdict("wrong", {column: said})
        self._seen.append((doctor.id, patient, slots[0].starts_at, slots[-1].ends_at, row.line))
        return Verdict("new", values=(patient, terms, slots))

    def _today(self) -> date:
        """Where it is earliest."""
        return min((self._act.at.astimezone(one.tz).date() for one in self._roster.units), default=self._act.at.date())

    @staticmethod
    def _patient(reading: Reading, patients: dict[str | None, int]) -> int | None:
        number = _digits(reading.text("cpf", required=True))
        if number and not cpf_is_valid(number):
            reading.wrong("cpf", "O CPF não confere: um dígito está errado.")
        elif number not in patients:
            reading.wrong("cpf", "Não há paciente com este CPF. Importe os pacientes antes.")
        return patients.get(number)

    def _specialty(self, reading: Reading, doctor: DoctorRow | None, kind: KindInfo | None) -> int | None:
        """The one that is named, else the doctor's first for this kind of visit."""
        named = reading.one_of("especialidade", self._specialties, "Não há esta especialidade no cadastro.")
        if named or doctor is None or kind is None:
            return named and int(named.id)
        theirs = [one for one in self._roster.specialties if doctor.id in self._roster.announceable[one.id]]
        fits = [one.id for one in theirs if one.kind_id == kind.id] or [one.id for one in theirs if one.kind_id is None]
        if not fits:
            reading.wrong("especialidade", REFUSED["doctor"][1])
        return fits[0] if fits else None

    def _slots(self, doctor: DoctorRow, day: datetime, at: time, minutes: int) -> list[Any]:
        """The doctor's slots from that moment on, until there is time enough; the unit is theirs to say."""
        for zone in {self._roster.unit[one.unit_id].tz for one in self._roster.hours_of.get(doctor.id, ())}:
            start = datetime.combine(day, at, zone).astimezone(UTC)
            wanted = {"doctor": doctor.id, "start": start, "end": start + timedelta(minutes=minutes)}
            rows = self._connection.execute(
                FOLLOWING.add_columns(Slot.status, Slot.held_until, Slot.doctor_id), wanted
            ).all()
            whole = bool(rows) and rows[0].starts_at == start and rows[-1].ends_at >= wanted["end"]
            joined = all(one.ends_at == two.starts_at and one.unit_id == two.unit_id for one, two in pairwise(rows))
            if whole and joined:
                return list(rows)
        return []

    def _known(self, patient: int, doctor: int, starts_at: datetime) -> bool:
        mine = (_A.patient_id == patient, _A.doctor_id == doctor, _A.starts_at == starts_at, _A.live == 1)
        return self._connection.scalar(select(_A.id).where(*mine)) is not None

    def _not_free(self, doctor: int, patient: int, slots: list[Any], modality: str, kind: KindInfo) -> dict[str, str]:
        """What stands against it: the doctor's time, the patient's, or a line above."""
        now = self._act.at
        if not slots or not all(_is_free(one, now) and one.modality in (modality, "any") for one in slots):
            return {"hora": NOT_FREE}
        if kind.margin and hindered(self._connection, _whole(slots), kind, now, ""):
            return {"hora": BESIDE}
        starts, ends = slots[0].starts_at, slots[-1].ends_at
        for whose, who, begun, over, above in self._seen:
            if begun < ends and starts < over and (whose == doctor or who == patient):
                return {"hora": f"O médico ou o paciente já tem a linha {above} deste arquivo neste horário."}
        others = appointments.live_ones(self._connection, Person("patient", patient, "", now.date()), now)
        taken_then = any(one.starts_at < ends and starts < one.ends_at for one in others)
        return {"hora": OTHER_VISIT} if taken_then else {}

    def _hold(self, whole: SlotInfo, slots: list[Any]) -> Hold:
        """Claim the slots within this transaction. Raises SlotTaken."""
        now, until = self._act.at, self._act.at + HOLDS_FOR
        hold = Hold(f"import:{whole.id}", whole, until, tuple(sorted(one.id for one in slots)))
        mine = {"now": now, "until": until, "token": hold.token, "mine": hold.token, "mine_end": hold.token}
        if not all(HOLD.run(self._connection, {**mine, "slot": one}).rowcount for one in hold.slot_ids):
            raise SlotTaken
        return hold


def _whole(slots: Sequence[Any]) -> SlotInfo:
    """The time of consecutive slots together."""
    first = slots[0]
    return SlotInfo(first.id, first.doctor_id, first.unit_id, first.modality, first.starts_at, slots[-1].ends_at)


def _is_free(slot: Any, now: datetime) -> bool:
    lapsed = slot.status == "held" and slot.held_until <= now
    return bool(slot.starts_at > now and (slot.status == "free" or lapsed))


def _values(person: Person, terms: Terms, slot: SlotInfo) -> dict[str, Any]:
    return {
        **person.columns, "code": appointments.new_code(), "doctor_id": terms.doctor_id, "unit_id": terms.unit_id,
        "specialty_id": terms.specialty_id, "kind_id": terms.kind.id, "payer_id": terms.payer_id, "return_of": None,
        "modality": terms.modality, "starts_at": slot.starts_at, "ends_at": slot.ends_at, "slot_id": slot.id,
        "status": "booked", "price_cents": None, "via": VIA, "idempotency_key": None, "answer_by": None,
        "tell_by_phone": False,
    }  # fmt: skip


def _day(reading: Reading) -> Any:
    text = reading.text("data", required=True)
    found = read_date(text) if text else None
    if text and found is None:
        reading.wrong("data", "Escreva a data como 05/04/2027.")
    return found


def _digits(text: str) -> str:
    return "".join(one for one in text if one.isdigit() and one.isascii())
