"""Finding a patient by whatever the person at the desk says: name, CPF, telephone, protocol."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from clinic import protocols
from clinic.audit import AuditTrail
from clinic.phones import normalise, variants
from clinic.protocols import Protocols
from db.session import Database
from db.tables import Patient, PatientPhone
from db.types import folded

LIMIT = 12
SHORTEST = 2
LONGEST = 120
ESCAPE = "\\"


@dataclass(frozen=True, slots=True)
class FoundPatient:
    """Enough to tell people of the same name apart; `name` is the nome social where there is one."""

    id: int
    name: str
    birth_date: date
    cpf: str | None
    phone: str | None


_P = Patient
FOUND = select(_P.id, _P.name, _P.social_name, _P.birth_date, _P.cpf)


class PatientSearch:
    """By name without regard to accents and case, whole CPF or its beginning, telephone or its end, or the protocol
    of a contact.
    """

    def __init__(self, database: Database, audit: AuditTrail, protocols: Protocols) -> None:
        self._database, self._audit, self._protocols = database, audit, protocols

    def find(self, text: str, by: str, limit: int = LIMIT) -> list[FoundPatient]:
        """The patients that fit, those whose name begins so first; nothing for less than two characters.

        Who saw somebody (`by`) is written down, not what was typed.
        """
        text = " ".join(text.split())[:LONGEST]
        if len(text) < SHORTEST:
            return []
        digits = re.sub(r"[\s().\-+/]", "", text)
        rows = self._by_digits(digits, limit) if digits.isascii() and digits.isdigit() else self._by_name(text, limit)
        if rows:
            self._audit.add(by, "patient.listed", note=f"search: {len(rows)}")
        return self._with_phones(rows)

    def _by_digits(self, digits: str, limit: int) -> list[Any]:
        """A CPF as far as it was typed, or a number with or without area and ninth digit, or its end."""
        known = normalise(digits)
        numbers = PatientPhone.number.in_(variants(known)) if known else PatientPhone.number.like(f"%{digits}")
        by_phone = select(PatientPhone.patient_id).where(numbers) if len(digits) >= 4 else None
        fits: ColumnElement[bool] = _P.cpf.like(f"{digits}%")
        if len(digits) == protocols.DIGITS and (known_by := self._protocols.patient_of(digits)):
            fits = or_(fits, _P.id == known_by)
        wanted = fits if by_phone is None else or_(fits, _P.id.in_(by_phone))
        return list(self._database.rows(FOUND.where(wanted).order_by(_P.name_search, _P.id).limit(limit)))

    def _by_name(self, text: str, limit: int) -> list[Any]:
        """First who begins so, by the index; then who has all the words anywhere."""
        words = folded(text).split()
        if not words:
            return []
        begins = _P.name_search.like(f"{_plain(' '.join(words))}%", escape=ESCAPE)
        rows = list(self._database.rows(FOUND.where(begins).order_by(_P.name_search, _P.id).limit(limit)))
        if len(rows) < limit:
            known = [row.id for row in rows]
            more = FOUND.where(_all(words), _P.id.not_in(known)).order_by(_P.name_search, _P.id)
            rows += self._database.rows(more.limit(limit - len(rows)))
        return rows

    def _with_phones(self, rows: list[Any]) -> list[FoundPatient]:
        numbers = select(PatientPhone.patient_id, PatientPhone.number).where(
            PatientPhone.patient_id.in_([row.id for row in rows])
        )
        phone = {row.patient_id: row.number for row in self._database.rows(numbers)} if rows else {}
        return [
            FoundPatient(row.id, row.social_name or row.name, row.birth_date, row.cpf, phone.get(row.id))
            for row in rows
        ]


def _all(words: list[str]) -> ColumnElement[bool]:
    return and_(*(_P.name_search.like(f"%{_plain(word)}%", escape=ESCAPE) for word in words))


def _plain(text: str) -> str:
    """Per cent and underline are letters here."""
    return re.sub(r"([\\%_])", r"\\\1", text)
