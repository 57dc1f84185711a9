"""Registering on the portal. Whoever asks learns nothing of who is on file: the page is the same, and what differs
happens behind it. A link goes to the typed address only where the CPF is new; else to the address on file; to a mobile
on file by SMS, where there is no address and the birth date was right too; and where nothing of this holds the desk
looks at it.
"""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import delete, insert, or_, select, update

from clinic.clock import Clock
from clinic.data_requests import DataRequests
from clinic.identities import Identity, email
from clinic.intake import Intake, Settled
from clinic.letters import Letters, called
from clinic.mailed_links import Purpose
from clinic.outbox.contacts import mobile_of
from clinic.patient_forms import Invalid, PatientForm, PatientRecord
from clinic.privacy import Choices, write_choices
from clinic.profile import Profiles
from clinic.sessions import digest
from clinic.users import IdentityTaken, Users
from db.session import Database
from db.tables import Appointment, Patient, PreRegistration, Registration, Waiting

BY = "portal"
LASTS = timedelta(hours=48)
KEPT = timedelta(days=7)
ADULT = 18
PATH = "/cadastro-paciente/confirmar"
CONFIRM = """Olá{name}.

Para confirmar seu e-mail e concluir seu cadastro na {clinic}, abra:

{link}

O endereço vale por dois dias e funciona uma vez. Se não foi você que pediu, ignore este e-mail: nada é cadastrado.
"""
KNOWN = """Olá{name}.

Alguém pediu um cadastro no portal da {clinic} com o seu CPF, que já está no nosso cadastro. Se foi você, abra para escolher sua senha:

{link}

O endereço funciona uma vez. Se não foi você, ignore este e-mail: nada muda.
"""  # noqa: E501 - a paragraph is a line
_ON_FILE = select(Patient.id, Patient.name, Patient.social_name, Patient.email, Patient.cpf, Patient.birth_date)
Outcome = Literal["new", "taken_over", "to_verify"]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What became of it. to_verify: the desk looks at it first. `code_unknown`: nothing was found under the code."""

    outcome: Outcome
    code_unknown: bool = False


class Registrations:
    """Keeps what was typed until its address is confirmed; then makes the patient and the account."""

    def __init__(
        self,
        database: Database,
        intake: Intake,
        users: Users,
        letters: Letters,
        requests: DataRequests,
        profiles: Profiles,
        clock: Clock,
    ) -> None:
        self._database, self._intake, self._users, self._letters = database, intake, users, letters
        self._requests, self._profiles, self._clock = requests, profiles, clock

    def ask(self, record: PatientRecord, hashed: str, choices: Choices, code: str = "") -> None:
        """Write it down; who is written to is found out when nobody waits for it any more."""
        token, now = secrets.token_urlsafe(32), self._clock()
        row = {
            "digest": digest(token), "cpf": record.cpf, "birth_date": record.birth_date, "name": record.name,
            "email": record.email or "", "phones": ",".join(record.phones), "password_hash": hashed, "code": code[:20],
            "notice_version": choices.version, "marketing": choices.marketing, "training": choices.training,
            "created_at": now, "expires_at": now + LASTS,
        }  # fmt: skip
        self._database.change(insert(Registration).values(**row))
        self._letters.later(lambda: self._write_to(token))

    def look(self, token: str) -> bool:
        """Whether a link still works, without using it up: mail programs open links before people do."""
        return self._database.first(self._open(select(Registration.id), token)) is not None

    def confirm(self, token: str) -> Confirmed | None:
        """The address is theirs: make the patient. None when the link works no more; of two at once one gets it."""
        row: Any = self._database.first(self._open(select(Registration), token))
        claim = self._open(update(Registration), token).values(used_at=self._clock())
        if row is None or self._database.change(claim).rowcount != 1:
            return None
        pre_id = self._made_by_telephone(row) if row.code else None
        try:
            patient_id = self._patient(row, pre_id)
        except Invalid:  # the desk has made the patient meanwhile
            self._known(row)
            return Confirmed("to_verify")
        self._account(row, patient_id)
        return Confirmed("taken_over" if pre_id else "new", bool(row.code) and pre_id is None)

    def forget_old(self) -> int:
        """Every night: what nobody confirmed, or what has long become a patient; how many there were."""
        old = Registration.expires_at < self._clock() - KEPT
        used = Registration.used_at < self._clock() - KEPT
        return self._database.change(delete(Registration).where(or_(old, used))).rowcount

    def _open(self, statement: Any, token: str) -> Any:
        mine = (Registration.digest == digest(token), Registration.used_at.is_(None))
        return statement.where(*mine, Registration.expires_at > self._clock())

    def _write_to(self, token: str) -> None:
        row: Any = self._database.first(self._open(select(Registration), token))
        if row is None:
            return
        if self._on_file(row.cpf):
            self._known(row)
            return
        if row.email:  # else nothing is paid for telephones nobody knows: the page says who registers them
            self._write(row.email, row.name, "Confirme seu cadastro", CONFIRM, f"{self._letters.url}{PATH}/{token}")

    def let_in(self, patient_id: int) -> bool:
        """The desk has seen who it is: a link to the address on file; False where there is none."""
        patient = self._database.first(_ON_FILE.where(Patient.id == patient_id))
        return bool(patient) and self._invited(patient)

    def _known(self, row: Any) -> None:
        """A link to the address on file, to choose a password; what was typed here opens nothing."""
        patient = self._on_file(row.cpf)
        if patient and not self._invited(patient, by_sms=patient.birth_date == row.birth_date):
            typed = f"{row.name} · {row.phones.replace(',', ', ')} · {row.email}"
            self._requests.ask(patient.id, "access", typed)

    def _invited(self, patient: Any, *, by_sms: bool = True) -> bool:
        """Whether a link went out. `by_sms`: also where no e-mail is on file, if SMS can be sent from here."""
        address = email(patient.email or "")
        number = self._mobile(patient.id) if by_sms and not address and self._letters.has_sms else None
        user = self._user_of(patient, patient.cpf, address) if patient.cpf and (address or number) else None
        if not user:
            return False
        account = self._users.account(user)
        if account.roles - {"patient"}:  # the card is the desk's to write, and whoever works here may do more
            self._letters.forgot(Identity("cpf", patient.cpf))
            return True
        purpose: Purpose = "reset" if account.password_hash else "invite"
        if address:
            link = self._letters.link(user, purpose, address)
            self._write(address, patient.social_name or patient.name, "Seu acesso ao portal", KNOWN, link)
            return True
        return self._letters.text(user, purpose, str(number))

    def _mobile(self, patient_id: int) -> str | None:
        """The number reminders go to."""
        row = self._database.first(select(mobile_of(patient_id)))
        return row[0] if row else None

    def _user_of(self, patient: Any, cpf: str, address: str | None) -> int | None:
        """The patient's account, made if need be; None where the CPF belongs to another account."""
        known = self._users.of_patient(patient.id)
        return known or self._create(patient.name, cpf, address, patient.id)

    def _create(
        self, name: str, cpf: str, address: str | None, patient_id: int, hashed: str | None = None
    ) -> int | None:
        """Two people may share an address; it then names neither of them, the CPF does."""
        mine = Identity("cpf", cpf)
        for known in ([mine, Identity("email", address)] if address else [mine], [mine]):
            try:
                return self._users.create(
                    name, ["patient"], known, by=BY, patient_id=patient_id, password_hash=hashed
                )  # fmt: skip
            except IdentityTaken:
                continue
        return None

    def _patient(self, row: Any, pre_id: int | None) -> int:
        form = PatientForm(
            name=row.name, cpf=row.cpf, birth_date=row.birth_date.isoformat(), email=row.email,
            phones=",".join(f"+{one}" for one in row.phones.split(",") if one),
        )  # fmt: skip
        try:
            return self._intake.complete(pre_id, form, BY) if pre_id else self._intake.register(form, BY)
        except Settled:
            return self._intake.register(form, BY)

    def _account(self, row: Any, patient_id: int) -> None:
        choices = Choices(row.notice_version, row.created_at, row.marketing, row.training)
        self._database.write(lambda connection: write_choices(connection, patient_id, choices, f"patient:{patient_id}"))
        address = email(row.email) or row.email
        user = self._create(row.name, row.cpf, address, patient_id, row.password_hash)
        if user:
            self._users.verified(user, Identity("email", address))

    def _made_by_telephone(self, row: Any) -> int | None:
        """The record of that person, if the code is of theirs: an appointment's, or the protocol of the call."""
        pre, code = PreRegistration, "".join(one for one in row.code if one.isdecimal())
        visit = select(Appointment.pre_registration_id).where(Appointment.code == code, Appointment.live == 1)
        wish = select(Waiting.pre_registration_id).where(Waiting.protocol == code, Waiting.live == 1)
        named = or_(pre.protocol == code, pre.id.in_(visit), pre.id.in_(wish))
        theirs = (pre.birth_date == row.birth_date, or_(pre.cpf == row.cpf, pre.cpf.is_(None)))
        found = self._database.first(select(pre.id).where(pre.status == "new", *theirs, named).limit(1))
        return found[0] if found and code else None

    def _on_file(self, cpf: str) -> Any:
        return self._database.first(_ON_FILE.where(Patient.cpf == cpf))

    def _write(self, address: str, name: str, subject: str, text: str, link: str) -> None:
        clinic = self._profiles.get().name
        self._letters.write(address, f"{subject} · {clinic}", text.format(name=called(name), clinic=clinic, link=link))


def is_adult(born: date, today: date) -> bool:
    """Whether somebody registers by themselves; children are registered by their guardian, at the desk."""
    return (today.year - born.year) - ((today.month, today.day) < (born.month, born.day)) >= ADULT
