"""Lines of doctors: found by CRM and state; specialties and payers are added, none is taken away."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from clinic.csv_import.reading import Row
from clinic.csv_import.verdicts import Done, Reading, Refused, Verdict, by_name, refuse_used
from clinic.identities import STATES
from clinic.names import need
from clinic.patient_forms import NAME
from clinic.roster import Roster
from clinic.schedules import ANNOUNCE
from clinic.written import one_line
from db.tables import Doctor, DoctorPayer, DoctorSpecialty
from db.types import folded

CRM, RQE = re.compile(r"\d{1,10}"), re.compile(r"\d{1,12}")
TITLES = {
    "doutora": "doutora",
    "dra": "doutora",
    "dra.": "doutora",
    "doutor": "doutor",
    "dr": "doutor",
    "dr.": "doutor",
}
LONGEST_NAME = 120
CHANGED_SINCE = "O cadastro mudou depois da importação."
OWN = ("doctor_specialties", "doctor_payers")


def crm_of(reading: Reading) -> tuple[str, str]:
    """The CRM and state of a line."""
    crm, state = reading.text("crm", required=True).lstrip("0"), reading.text("uf", required=True).upper()
    if crm and not CRM.fullmatch(crm):
        reading.wrong("crm", "O CRM tem só números.")
    if state and state not in STATES:
        reading.wrong("uf", "Não há este estado. Escreva como SP.")
    return crm, state


class DoctorLines:
    """See verdicts.Lines."""

    def __init__(self, connection: Connection, roster: Roster, now: datetime) -> None:
        self._connection, self._now, self._roster = connection, now, roster
        self._specialties, self._payers = by_name(roster.specialties), by_name(roster.payers)
        self._units = by_name(roster.units)
        self._ids = {(one.crm.lstrip("0"), one.crm_state): one.id for one in roster.doctors.values()}
        self._seen: dict[tuple[str, str], int] = {}

    def judge(self, rows: Sequence[Row]) -> list[Verdict]:
        """New where nobody has the CRM."""
        return [self._judged(row) for row in rows]

    def carry_out(self, verdict: Verdict) -> Done:
        """Write the doctor, or what is new about one."""
        after, before = verdict.values
        if before is None:
            after = {**after, "id": self._insert(after)}
        else:
            self._change(before["id"], after)
        self._add(after, before)
        need(self._connection, self._now, (after["name"],))
        self._connection.execute(ANNOUNCE)
        return Done(after["id"], before, after)

    def take_back(self, done: Done) -> None:
        """Gone, or as before."""
        if self._snapshot(done.entity_id) != done.after:
            raise Refused(CHANGED_SINCE)
        if done.before is None:
            refuse_used(self._connection, Doctor, done.entity_id, OWN)
        for table in (DoctorSpecialty, DoctorPayer):
            self._connection.execute(delete(table).where(table.doctor_id == done.entity_id))
        if done.before is None:
            self._connection.execute(delete(Doctor).where(Doctor.id == done.entity_id))
        else:
            self._change(done.entity_id, done.before)
            self._add(done.before, None)
        self._connection.execute(ANNOUNCE)

    def _judged(self, row: Row) -> Verdict:
        reading = Reading(row)
        name = one_line(reading.text("nome", required=True))
        if len(name) > LONGEST_NAME:
            reading.wrong("nome", "É comprido demais.")
        if not NAME.match(name):
            reading.wrong("nome", "Isto não parece um nome.")
        title = TITLES.get(folded(reading.text("tratamento", required=True)), "")
        if not title:
            reading.wrong("tratamento", "Escreva doutora ou doutor.")
        crm, state = crm_of(reading)
        told: dict[str, Any] = {"name": name, "title": title, "crm": crm, "crm_state": state}
        told |= {"specialties": self._specialties_of(reading), "payers": self._payers_of(reading)}
        if reading.problems:
            return Verdict("wrong", reading.problems)
        first = self._seen.setdefault((crm, state), row.line)
        if first != row.line:
            return Verdict("wrong", {"crm": f"Já está na linha {first} deste arquivo."})
        known = self._ids.get((crm, state))
        before = self._snapshot(known) if known else None
        if before is None:
            return Verdict("new", values=({"id": 0, **told}, None))
        after = _merged(before, told)
        return Verdict("same" if after == before else "changed", values=(after, before))

    def _specialties_of(self, reading: Reading) -> list[list[Any]]:
        """Pairs of specialty and RQE."""
        found: dict[int, str | None] = {}
        for part in reading.listed("especialidades"):
            name, _, rqe = (piece.strip() for piece in part.partition(":"))
            specialty = self._specialties.get(folded(name))
            if specialty is None:
                reading.wrong("especialidades", f"Não há “{name[:60]}” no cadastro de especialidades.")
            elif rqe and not RQE.fullmatch(rqe):
                reading.wrong("especialidades", "O RQE tem só números.")
            else:
                found[specialty.id] = rqe or None
        if not found:
            reading.wrong("especialidades", "Falta preencher.")
        return sorted([key, rqe] for key, rqe in found.items())

    def _payers_of(self, reading: Reading) -> list[list[int]]:
        """Pairs of payer and unit."""
        payers = self._listed(reading, "convenios", self._payers, "de convênios")
        units = self._listed(reading, "unidades", self._units, "de unidades") or [one.id for one in self._roster.units]
        return sorted([payer, unit] for payer in payers for unit in units)

    @staticmethod
    def _listed(reading: Reading, column: str, known: dict[str, Any], words: str) -> list[int]:
        for name in reading.listed(column):
            if folded(name) not in known:
                reading.wrong(column, f"Não há “{name[:60]}” no cadastro {words}.")
        return [known[folded(name)].id for name in reading.listed(column) if folded(name) in known]

    def _snapshot(self, doctor_id: int) -> dict[str, Any] | None:
        wanted = select(Doctor.id, Doctor.name, Doctor.title, Doctor.crm, Doctor.crm_state)
        row = self._connection.execute(wanted.where(Doctor.id == doctor_id)).first()
        if row is None:
            return None
        specialties = select(DoctorSpecialty.specialty_id, DoctorSpecialty.rqe)
        payers = select(DoctorPayer.payer_id, DoctorPayer.unit_id)
        of_it = self._connection.execute(specialties.where(DoctorSpecialty.doctor_id == doctor_id))
        takes = self._connection.execute(payers.where(DoctorPayer.doctor_id == doctor_id))
        return {
            **row._mapping, "specialties": sorted(list(one) for one in of_it),
            "payers": sorted(list(one) for one in takes),
        }  # fmt: skip

    def _insert(self, after: dict[str, Any]) -> int:
        place = self._connection.scalar(select(func.coalesce(func.max(Doctor.position), -1) + 1)) or 0
        columns = {name: after[name] for name in ("name", "title", "crm", "crm_state")}
        new = insert(Doctor).values(**columns, name_search=folded(after["name"]), position=place)
        return int(self._connection.execute(new).lastrowid)

    def _change(self, doctor_id: int, after: dict[str, Any]) -> None:
        columns = {"name": after["name"], "title": after["title"], "name_search": folded(after["name"])}
        self._connection.execute(update(Doctor).where(Doctor.id == doctor_id).values(**columns))

    def _add(self, after: dict[str, Any], before: dict[str, Any] | None) -> None:
        """Specialties as they are told now, payers that are new."""
        mine = {"doctor_id": after["id"]}
        if before:
            self._connection.execute(delete(DoctorSpecialty).where(DoctorSpecialty.doctor_id == after["id"]))
        for specialty, rqe in after["specialties"]:
            self._connection.execute(insert(DoctorSpecialty).values(**mine, specialty_id=specialty, rqe=rqe))
        for payer, unit in after["payers"]:
            if before is None or [payer, unit] not in before["payers"]:
                self._connection.execute(insert(DoctorPayer).values(**mine, payer_id=payer, unit_id=unit))


def _merged(before: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """What is on file with what the file adds; an RQE is kept where the file says none."""
    rqes = dict(before["specialties"])
    rqes |= {specialty: rqe or rqes.get(specialty) for specialty, rqe in told["specialties"]}
    payers = {tuple(one) for one in (*before["payers"], *told["payers"])}
    return {
        **before, "name": told["name"], "title": told["title"],
        "specialties": sorted(list(one) for one in rqes.items()), "payers": sorted(list(one) for one in payers),
    }  # fmt: skip
