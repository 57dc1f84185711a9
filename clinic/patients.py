"""Who somebody is: found by CPF and birth date, or by the calling number; registered; with dependants and a PIN."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, exists, insert, or_, select, update

from clinic import live, names
from clinic.clock import Clock
from clinic.guessing import Guessing, TooManyGuesses
from clinic.people import Person, search_name
from clinic.phones import normalise, variants
from clinic.pins import hash_pin, pin_fits
from db.prepared import Query
from db.session import Database
from db.tables import Patient, PatientPhone, PreRegistration

__all__ = ["NotRecognised", "Patients", "Person", "TooManyGuesses"]

Hasher = Callable[[Callable[[], Any]], Any]


class NotRecognised(Exception):
    """Unknown CPF, wrong birth date, or tried too often: it is never told which."""


HAS_CONTACT = or_(Patient.email.is_not(None), exists().where(PatientPhone.patient_id == Patient.id).correlate(Patient))
COLUMNS = select(
    Patient.id, Patient.name, Patient.social_name, Patient.birth_date, Patient.slow_mode, Patient.usual_payer_id,
    Patient.usual_unit_id, HAS_CONTACT.label("has_contact"), Patient.pin_hash,
)  # fmt: skip
BY_CPF = Query(COLUMNS.where(Patient.cpf == bindparam("cpf")))
DEPENDANTS = Query(COLUMNS.where(Patient.guardian_id == bindparam("guardian")).order_by(Patient.birth_date, Patient.id))
NUMBERS: BindParameter[Any] = bindparam("numbers", expanding=True)
BY_NUMBER = COLUMNS.join(PatientPhone, PatientPhone.patient_id == Patient.id).where(PatientPhone.number.in_(NUMBERS))


def directly(work: Callable[[], Any]) -> Any:
    """Run slow hashing where we are; a gevent process hands in its thread pool's `apply` instead."""
    return work()


class Patients:
    """Reads and writes patients and pre-registrations."""

    def __init__(self, database: Database, guessing: Guessing, clock: Clock, hasher: Hasher = directly) -> None:
        self._database, self._guessing, self._clock, self._hasher = database, guessing, clock, hasher

    def identify(self, cpf: str, birth_date: date, caller: str | None, call_id: str) -> Person:
        """The patient with this CPF and birth date.

        Raises NotRecognised (the same, after the same queries, for an unknown CPF, a wrong date and one tried too
        often) and TooManyGuesses: a person goes on.
        """
        attempt = self._guessing.attempt(cpf, caller, call_id)
        row = next(iter(self._database.ask(BY_CPF, {"cpf": cpf})), None)
        if row is None or row.birth_date != birth_date or attempt.cpf_blocked:
            self._guessing.failed(attempt, call_id)
            raise NotRecognised
        self._guessing.succeeded(attempt)
        return _person(row)

    def by_number(self, caller: str) -> bool:
        """Whether a number belongs to any patient."""
        mine = select(PatientPhone.patient_id).where(PatientPhone.number.in_(variants(caller)))
        return self._database.first(mine.limit(1)) is not None

    def identify_by_number(self, caller: str, birth_date: date, call_id: str) -> list[Person]:
        """The patients with this number and birth date, one or several. Raises NotRecognised, TooManyGuesses."""
        attempt = self._guessing.attempt(None, caller, call_id)
        rows = self._database.rows(BY_NUMBER.order_by(Patient.id), {"numbers": variants(caller)})
        found = {row.id: _person(row) for row in rows if row.birth_date == birth_date}
        if not found:
            self._guessing.failed(attempt, call_id)
            raise NotRecognised
        self._guessing.succeeded(attempt)
        return list(found.values())

    def check_pin(self, person: Person, pin: str, call_id: str) -> bool:
        """Whether the PIN is theirs; tries are counted like guesses. Raises TooManyGuesses."""
        attempt = self._guessing.attempt(f"pin of {person.ref}", None, f"{call_id} {person.ref}")
        row = self._database.first(select(Patient.pin_hash).where(Patient.id == person.id))
        stored = row.pin_hash if row else None
        if not stored or attempt.cpf_blocked or not self._hasher(lambda: pin_fits(pin, stored)):
            self._guessing.failed(attempt, call_id)
            return False
        self._guessing.succeeded(attempt)
        return True

    def dependants(self, person: Person) -> list[Person]:
        """Those this patient is guardian of, by age, the oldest first."""
        if person.kind != "patient":
            return []
        return [_person(row) for row in self._database.ask(DEPENDANTS, {"guardian": person.id})]

    def get(self, patient_id: int) -> Person:
        """One patient. Raises KeyError."""
        row = self._database.first(COLUMNS.where(Patient.id == patient_id))
        if row is None:
            raise KeyError(patient_id)
        return _person(row)

    def pre_register(
        self, cpf: str | None, birth_date: date, phone: str | None, name_note_id: int | None, protocol: str | None
    ) -> Person:
        """A record made by telephone, apart from the patients even if that CPF exists; the desk completes it."""
        values = {
            "cpf": cpf, "birth_date": birth_date, "phone": phone, "name_note_id": name_note_id, "protocol": protocol,
        }  # fmt: skip

        def work(connection: Connection) -> int:
            new: int = connection.execute(insert(PreRegistration).values(created_at=self._clock(), **values)).lastrowid
            live.put(connection, "pre_registration", new, at=self._clock())
            return new

        new = self._database.write(work)
        return Person("pre_registration", new, "", birth_date, has_contact=phone is not None)

    def register(
        self,
        name: str,
        birth_date: date,
        cpf: str | None = None,
        social_name: str | None = None,
        phones: Iterable[str] = (),
        email: str | None = None,
        usual_payer_id: int | None = None,
        usual_unit_id: int | None = None,
        guardian: Person | None = None,
        slow_mode: bool = False,
        pin: str | None = None,
    ) -> Person:
        """A patient, complete. Raises sqlalchemy's IntegrityError when the CPF is on file, ValueError for a number."""
        values = {
            "name": name, "name_search": search_name(name, social_name), "social_name": social_name,
            "birth_date": birth_date, "cpf": cpf, "email": email,
            "usual_payer_id": usual_payer_id, "usual_unit_id": usual_unit_id,
            "guardian_id": guardian.id if guardian else None, "slow_mode": slow_mode,
            "pin_hash": self._hasher(lambda: hash_pin(pin)) if pin else None, "created_at": self._clock(),
        }  # fmt: skip
        numbers = sorted({_e164(phone) for phone in phones})

        def work(connection: Connection) -> int:
            names.need(connection, self._clock(), (social_name or name,) if guardian else ())
            patient_id: int = connection.execute(insert(Patient).values(**values)).lastrowid
            rows = [{"patient_id": patient_id, "number": number} for number in numbers]
            if rows:
                connection.execute(insert(PatientPhone), rows)
            return patient_id

        return self.get(self._database.write(work))

    def add_phone(self, person: Person, phone: str) -> None:
        """Another number of a patient. Raises ValueError for what is none."""
        self._database.change(insert(PatientPhone).values(patient_id=person.id, number=_e164(phone)))

    def remember_slow(self, person: Person, slow: bool = True) -> None:
        """Speak slowly to this patient from now on; or, said by the desk, no more."""
        if person.kind == "patient":
            self._database.change(update(Patient).where(Patient.id == person.id).values(slow_mode=slow))


def _person(row: Any) -> Person:
    return Person(
        "patient", row.id, row.social_name or row.name, row.birth_date, row.slow_mode, row.usual_payer_id,
        row.usual_unit_id, bool(row.has_contact), row.pin_hash is not None,
    )  # fmt: skip


def _e164(phone: str) -> str:
    number = normalise(phone)
    if number is None:
        raise ValueError("not a telephone number")
    return number
