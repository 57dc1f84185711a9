"""Lines of patients: found by CPF; those without one by guardian, name and birth date."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from clinic import live
from clinic.csv_import.reading import Row
from clinic.csv_import.verdicts import Done, Reading, Refused, Verdict, by_name, refuse_used
from clinic.names import need
from clinic.patient_forms import Invalid, PatientForm, PatientRecord, read
from clinic.people import search_name
from clinic.roster import Roster
from db.tables import Patient, PatientPhone
from db.types import folded

TOPIC = "patient"
IN_THE_FILE = -1
"""In place of the id of a guardian who stands above in the same file and is not on file yet."""
FIELD = {"name": "nome", "social_name": "nome_social", "birth_date": "nascimento", "phones": "telefones"}
SAID = {
    "empty": "Falta preencher.", "long": "É comprido demais.", "form": "Isto não parece um nome.",
    "cpf": "O CPF não confere: um dígito está errado.", "date": "Escreva a data como 05/04/1980.",
    "no_day": "Este dia não existe no calendário.", "future": "Esta data ainda não chegou.",
    "old": "Ninguém vivo nasceu nesse dia.",
    "phone": "Um dos telefones não confere. Escreva com DDD.", "many": "Cabem até 5 telefones.",
    "email": "O e-mail não confere.",
}  # fmt: skip
OTHER_BIRTH = "Este CPF está no cadastro com outra data de nascimento. Confira qual das duas vale."
NO_GUARDIAN = "O responsável não está no cadastro, nem acima neste arquivo."
CHANGED_SINCE = "O cadastro mudou depois da importação."
KEPT = ("name", "social_name", "cpf", "email", "guardian_id", "usual_payer_id", "usual_unit_id")
OWN = ("patient_phones",)
_SNAPSHOT = select(Patient.id, Patient.birth_date, *(getattr(Patient, name) for name in KEPT))


class PatientLines:
    """See verdicts.Lines."""

    def __init__(self, connection: Connection, roster: Roster, now: datetime) -> None:
        self._connection, self._now = connection, now
        self._payers, self._units = by_name(roster.payers), by_name(roster.units)
        self._seen: dict[Any, int] = {}

    def judge(self, rows: Sequence[Row]) -> list[Verdict]:
        """New where nobody has the CPF; what is empty in the file leaves what is on file."""
        numbers = {_digits(row.cells.get(name, "")) for row in rows for name in ("cpf", "cpf_responsavel")}
        on_file = {one["cpf"]: one for one in self._snapshots(Patient.cpf.in_(numbers - {""}))}
        return [self._judged(row, on_file) for row in rows]

    def carry_out(self, verdict: Verdict) -> Done:
        """Write the patient, or what is new about one."""
        record, before = verdict.values
        after = _after(record, before)
        if before is None:
            return Done(self._insert(after), None, after)
        self._update(before["id"], after, [number for number in after["phones"] if number not in before["phones"]])
        return Done(before["id"], before, after)

    def take_back(self, done: Done) -> None:
        """Gone, or as before."""
        if next(iter(self._snapshots(Patient.id == done.entity_id)), None) != done.after:
            raise Refused(CHANGED_SINCE)
        if done.before is None:
            refuse_used(self._connection, Patient, done.entity_id, OWN)
            self._connection.execute(delete(PatientPhone).where(PatientPhone.patient_id == done.entity_id))
            self._connection.execute(delete(Patient).where(Patient.id == done.entity_id))
            return
        added = [number for number in done.after["phones"] if number not in done.before["phones"]]
        mine = (PatientPhone.patient_id == done.entity_id, PatientPhone.number.in_(added))
        self._connection.execute(delete(PatientPhone).where(*mine))
        self._update(done.entity_id, done.before, [])

    def _judged(self, row: Row, on_file: dict[str, dict[str, Any]]) -> Verdict:
        reading = Reading(row)
        payer = reading.one_of("convenio", self._payers, "Não há convênio com este nome no cadastro.")
        unit = reading.one_of("unidade", self._units, "Não há unidade com este nome no cadastro.")
        guardian = self._guardian(reading, on_file)
        record = self._record(reading, guardian, payer and payer.id, unit and unit.id)
        if record is None or reading.problems:
            return Verdict("wrong", reading.problems)
        before = on_file.get(record.cpf) if record.cpf else self._dependant(record)
        if before and before["birth_date"] != record.birth_date.isoformat():
            return Verdict("wrong", {"nascimento": OTHER_BIRTH})
        if twice := self._twice(row.line, record):
            return Verdict("wrong", twice)
        if before is None:
            return Verdict("new", values=(record, None))
        return Verdict("same" if _after(record, before) == before else "changed", values=(record, before))

    def _record(
        self, reading: Reading, guardian: int | None, payer: int | None, unit: int | None
    ) -> PatientRecord | None:
        form = PatientForm(
            reading.text("nome"), reading.text("nome_social"), reading.text("cpf"), reading.text("nascimento"),
            reading.text("telefones").replace("|", ","), reading.text("email"), guardian, payer, unit,
        )  # fmt: skip
        try:
            return read(form, self._now.date())
        except Invalid as invalid:
            for name, problem in invalid.problems.items():
                reading.wrong(FIELD.get(name, name), SAID.get(problem, "Não confere."))
        return None

    def _guardian(self, reading: Reading, on_file: dict[str, dict[str, Any]]) -> int | None:
        number = _digits(reading.text("cpf_responsavel"))
        if not number:
            return None
        if number == _digits(reading.text("cpf")):
            reading.wrong("cpf_responsavel", "Ninguém é responsável por si mesmo.")
        found = on_file.get(number)
        if found is None and number not in self._seen:
            reading.wrong("cpf_responsavel", NO_GUARDIAN)
        return found["id"] if found else IN_THE_FILE

    def _dependant(self, record: PatientRecord) -> dict[str, Any] | None:
        """Somebody without a CPF: the same guardian, name and birth date."""
        theirs = self._snapshots(
            Patient.cpf.is_(None), Patient.guardian_id == record.guardian_id, Patient.birth_date == record.birth_date
        )
        return next((one for one in theirs if folded(one["name"]) == folded(record.name)), None)

    def _twice(self, line: int, record: PatientRecord) -> dict[str, str]:
        key = record.cpf or (record.guardian_id, folded(record.name), record.birth_date)
        first = self._seen.setdefault(key, line)
        return {"cpf" if record.cpf else "nome": f"Já está na linha {first} deste arquivo."} if first != line else {}

    def _snapshots(self, *which: Any) -> Iterable[dict[str, Any]]:
        """Patients as they stand, with their numbers."""
        rows = self._connection.execute(_SNAPSHOT.where(*which)).all()
        phones: dict[int, list[str]] = {row.id: [] for row in rows}
        numbers = select(PatientPhone.patient_id, PatientPhone.number).where(PatientPhone.patient_id.in_(phones))
        for patient, number in self._connection.execute(numbers) if rows else ():
            phones[patient].append(number)
        return [
            {**row._mapping, "birth_date": row.birth_date.isoformat(), "phones": sorted(phones[row.id])} for row in rows
        ]

    def _insert(self, after: dict[str, Any]) -> int:
        if after["guardian_id"] == IN_THE_FILE:
            raise Refused(NO_GUARDIAN, "cpf_responsavel")
        new = int(self._connection.execute(insert(Patient).values(**_columns(after), created_at=self._now)).lastrowid)
        after["id"] = new
        if after["guardian_id"]:
            need(self._connection, self._now, (after["social_name"] or after["name"],))
        self._add_phones(new, after["phones"])
        return new

    def _update(self, patient_id: int, after: dict[str, Any], phones: Sequence[str]) -> None:
        self._connection.execute(update(Patient).where(Patient.id == patient_id).values(**_columns(after)))
        self._add_phones(patient_id, phones)

    def _add_phones(self, patient_id: int, phones: Sequence[str]) -> None:
        if phones:
            rows = [{"patient_id": patient_id, "number": number} for number in phones]
            self._connection.execute(insert(PatientPhone), rows)
        live.put(self._connection, TOPIC, patient_id, at=self._now, patient_id=patient_id)


def _after(record: PatientRecord, before: dict[str, Any] | None) -> dict[str, Any]:
    """What will be on file: the file's words where it has some."""
    told = {name: value for name in KEPT if (value := getattr(record, name)) is not None}
    on_file = before or {"id": 0, **dict.fromkeys(KEPT), "phones": []}
    phones = sorted({*on_file["phones"], *record.phones})
    return {**on_file, **told, "birth_date": record.birth_date.isoformat(), "phones": phones}


def _columns(after: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: after[name] for name in KEPT}, "birth_date": date.fromisoformat(after["birth_date"]),
        "name_search": search_name(after["name"], after["social_name"]),
    }  # fmt: skip


def _digits(text: str) -> str:
    return "".join(one for one in text if one.isdigit() and one.isascii())
