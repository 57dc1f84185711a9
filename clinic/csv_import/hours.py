"""Lines of working hours: each is added to what a doctor has; the free time follows."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, select

from clinic.csv_import.doctors import crm_of
from clinic.csv_import.reading import Row
from clinic.csv_import.verdicts import Done, Reading, Refused, Verdict, by_name
from clinic.patient_forms import read_date
from clinic.planning import clash
from clinic.roster import DoctorRow, HoursRow, Roster
from clinic.schedules import HoursInput, OverlappingHours, Schedules
from clinic.transitions import TAKES_TIME
from db.tables import Appointment
from db.types import folded

DAYS = ("segunda", "terca", "quarta", "quinta", "sexta", "sabado", "domingo")
MODALITIES = {
    "": "in_person", "presencial": "in_person", "video": "video", "telemedicina": "video", "ambas": "any",
    "ambos": "any",
}  # fmt: skip
LEAST_MINUTES, MOST_MINUTES = 5, 240
OVERLAPS = "Neste horário o médico já atende."
BOOKED = "Já há consultas marcadas neste horário."
GONE = "O horário mudou depois da importação."


def doctor_of(reading: Reading, roster: Roster) -> DoctorRow | None:
    """The doctor of a line, by CRM and state."""
    crm, state = crm_of(reading)
    found = [one for one in roster.doctors.values() if (one.crm.lstrip("0"), one.crm_state) == (crm, state)]
    if not found and not reading.problems.keys() & {"crm", "uf"}:
        reading.wrong("crm", "Não há médico com este CRM no cadastro. Importe os médicos antes.")
    return found[0] if found else None


def clock_of(reading: Reading, column: str) -> time:
    """A time as "8:00", "08:00" or "8h30"."""
    text = reading.text(column, required=True).lower().replace("h", ":")
    hour, _, minute = text.partition(":")
    try:
        return time(int(hour), int(minute or 0))
    except ValueError:
        if text:
            reading.wrong(column, "Escreva as horas como 08:00.")
        return time()


class HoursLines:
    """See verdicts.Lines."""

    def __init__(self, connection: Connection, roster: Roster, now: datetime, schedules: Schedules) -> None:
        self._connection, self._now, self._roster, self._schedules = connection, now, roster, schedules
        self._units = by_name(roster.units)
        self._seen: dict[HoursRow, int] = {}

    def judge(self, rows: Sequence[Row]) -> list[Verdict]:
        """Wrong where the doctor works already, by what is on file or by a line above."""
        return [self._judged(row) for row in rows]

    def carry_out(self, verdict: Verdict) -> Done:
        """Add the hours; the slots are made at once."""
        row: HoursRow = verdict.values
        try:
            self._schedules.add_hours(self._connection, row.doctor_id, _input(row))
        except OverlappingHours as found:
            raise Refused(OVERLAPS, "inicio") from found
        return Done(row.doctor_id, None, _as_json(row))

    def take_back(self, done: Done) -> None:
        """Take the hours away again, unless somebody is booked in them."""
        row = _from_json(done.after)
        if self._booked(row):
            raise Refused(BOOKED)
        if not self._schedules.remove_hours(self._connection, row.doctor_id, _input(row)):
            raise Refused(GONE)

    def _judged(self, row: Row) -> Verdict:
        reading = Reading(row)
        hours = self._read(reading)
        if hours is None or reading.problems:
            return Verdict("wrong", reading.problems)
        known = self._roster.hours_of.get(hours.doctor_id, [])
        if hours in self._seen:
            return Verdict("wrong", {"": f"Já está na linha {self._seen[hours]} deste arquivo."})
        if hours in known:
            return Verdict("same", values=hours)
        zones = {unit.id: unit.tz for unit in self._roster.units}
        above = {one: line for one, line in self._seen.items() if one.doctor_id == hours.doctor_id}
        for other, said in [*((one, OVERLAPS) for one in known), *((one, _above(line)) for one, line in above.items())]:
            if clash([other, hours], zones, self._now.date()):
                return Verdict("wrong", {"inicio": said})
        self._seen[hours] = row.line
        return Verdict("new", values=hours)

    def _read(self, reading: Reading) -> HoursRow | None:
        doctor = doctor_of(reading, self._roster)
        unit = reading.one_of("unidade", self._units, "Não há unidade com este nome no cadastro.", required=True)
        day = _weekday(reading)
        starts, ends = clock_of(reading, "inicio"), clock_of(reading, "fim")
        if starts >= ends > time() and not reading.problems.keys() & {"inicio", "fim"}:
            reading.wrong("fim", "O fim vem depois do início.")
        modality = MODALITIES.get(folded(reading.text("modalidade")))
        if modality is None:
            reading.wrong("modalidade", "Escreva presencial, vídeo ou ambas.")
        minutes = _minutes(reading)
        first, last = _day(reading, "de"), _day(reading, "ate")
        if first and last and last < first:
            reading.wrong("ate", "O último dia vem depois do primeiro.")
        if doctor is None or unit is None:
            return None
        return HoursRow(doctor.id, unit.id, day, starts, ends, modality or "", minutes, first, last)

    def _booked(self, row: HoursRow) -> bool:
        coming = select(Appointment.starts_at).where(
            Appointment.doctor_id == row.doctor_id, Appointment.unit_id == row.unit_id,
            Appointment.starts_at > self._now, Appointment.status.in_(TAKES_TIME), Appointment.slot_id.is_not(None),
        )  # fmt: skip
        zone = self._roster.unit[row.unit_id].tz
        return any(_within(row, starts.astimezone(zone)) for starts in self._connection.scalars(coming))


def _within(row: HoursRow, at: datetime) -> bool:
    return at.weekday() == row.weekday and row.starts <= at.time() and (at.time() < row.ends or row.ends == time())


def _above(line: int) -> str:
    return f"Neste horário o médico já atende, pela linha {line} deste arquivo."


def _weekday(reading: Reading) -> int:
    text = folded(reading.text("dia", required=True)).removesuffix("-feira").removesuffix(" feira").rstrip(".")
    found = [place for place, name in enumerate(DAYS) if text in (name, name[:3])]
    if text and not found:
        reading.wrong("dia", "Escreva o dia como segunda, terça, … ou domingo.")
    return found[0] if found else 0


def _minutes(reading: Reading) -> int:
    text = reading.text("minutos") or "30"
    if text.isascii() and text.isdigit() and len(text) < 4 and LEAST_MINUTES <= int(text) <= MOST_MINUTES:
        return int(text)
    reading.wrong("minutos", f"Um número de {LEAST_MINUTES} a {MOST_MINUTES}.")
    return LEAST_MINUTES


def _day(reading: Reading, column: str) -> date | None:
    text = reading.text(column)
    found = read_date(text) if text else None
    if text and found is None:
        reading.wrong(column, "Escreva a data como 05/04/2027.")
    return found


def _input(row: HoursRow) -> HoursInput:
    return HoursInput(**{name: getattr(row, name) for name in HoursInput.__slots__})


def _as_json(row: HoursRow) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in HoursRow.__slots__}
    return {name: one.isoformat() if isinstance(one, date | time) else one for name, one in plain.items()}


def _from_json(kept: dict[str, Any]) -> HoursRow:
    times = {name: time.fromisoformat(kept[name]) for name in ("starts", "ends")}
    days = {name: kept[name] and date.fromisoformat(kept[name]) for name in ("valid_from", "valid_until")}
    return HoursRow(**{**kept, **times, **days})
