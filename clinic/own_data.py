"""All that is kept of a patient, to read and to take along (LGPD art. 18), and the contact they correct themselves."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from clinic.audit import AuditTrail
from clinic.cards import Cards
from clinic.clock import Clock
from clinic.identities import Identity, email
from clinic.intake import Intake, Still
from clinic.letters import Letters
from clinic.patient_forms import Invalid, PatientForm
from clinic.users import IdentityTaken, Users
from db.session import Database
from db.tables import (
    Acknowledgement,
    Appointment,
    AppointmentChange,
    CallRecord,
    Consent,
    ContactPreference,
    DataRequest,
    Doctor,
    OutboxRow,
    Patient,
    PatientPhone,
    Payer,
    PreRegistration,
    Protocol,
    Series,
    Specialty,
    Unit,
    User,
    VisitKind,
    VoiceNote,
    Waiting,
)
from db.tables import Identity as IdentityRow

_A, _C, _W, _P = Appointment, CallRecord, Waiting, Patient
PATIENT = select(
    _P.name.label("nome"), _P.social_name.label("nome_social"), _P.cpf, _P.birth_date.label("nascimento"),
    _P.email, _P.slow_mode.label("fala_devagar"), _P.created_at.label("cadastrado_em"),
)  # fmt: skip
PHONES = select(PatientPhone.number.label("numero"))
DEPENDANTS = select(_P.name.label("nome"), _P.birth_date.label("nascimento"))
VISITS = (
    select(_A.id, _A.code.label("codigo"), _A.status.label("situacao"), _A.starts_at.label("inicio"))
    .add_columns(_A.ends_at.label("fim"), Doctor.name.label("medico"), Doctor.crm, Unit.name.label("unidade"))
    .add_columns(Specialty.name.label("especialidade"), VisitKind.name.label("tipo"), Payer.name.label("quem_paga"))
    .add_columns(_A.modality.label("modalidade"), _A.price_cents.label("preco_centavos"), _A.via.label("marcada_por"))
    .add_columns(_A.cancel_reason.label("motivo_do_fim"), _A.confirmed_at.label("confirmada_em"))
    .add_columns(_A.caller.label("ligou_de"), _A.created_at.label("criada_em"))
    .add_columns(Series.authorised.label("sessoes_autorizadas"), Series.authorisation.label("autorizacao"))
    .outerjoin(Series, Series.id == _A.series_id)
    .join(Doctor, Doctor.id == _A.doctor_id)
    .join(Unit, Unit.id == _A.unit_id)
    .join(VisitKind, VisitKind.id == _A.kind_id)
    .outerjoin(Specialty, Specialty.id == _A.specialty_id)
    .outerjoin(Payer, Payer.id == _A.payer_id)
    .order_by(_A.starts_at, _A.id)
)
CHANGES = (
    select(AppointmentChange.appointment_id, AppointmentChange.at.label("quando"))
    .add_columns(AppointmentChange.event.label("o_que"), AppointmentChange.via.label("por_onde"))
    .add_columns(AppointmentChange.note.label("observacao"))
    .order_by(AppointmentChange.id)
)
WAITS = (
    select(Specialty.name.label("especialidade"), Doctor.name.label("medico"), _W.period.label("periodo"))
    .add_columns(_W.status.label("situacao"), _W.protocol.label("protocolo"), _W.created_at.label("desde"))
    .join(Specialty, Specialty.id == _W.specialty_id)
    .outerjoin(Doctor, Doctor.id == _W.doctor_id)
    .order_by(_W.id)
)
CALLS = (
    select(_C.started_at.label("inicio"), _C.ended_at.label("fim"), _C.caller.label("ligou_de"))
    .add_columns(_C.dialled.label("ligou_para"), _C.trail.label("menus"), _C.outcome.label("resultado"))
    .add_columns(_C.rating.label("nota"), Protocol.number.label("protocolo"))
    .outerjoin(Protocol, Protocol.call_uniqueid == _C.uniqueid)
    .order_by(_C.id)
)
NOTES = select(
    VoiceNote.kind.label("tipo"), VoiceNote.seconds.label("segundos"), VoiceNote.protocol.label("protocolo"),
    VoiceNote.created_at.label("gravada_em"),
).order_by(VoiceNote.id)  # fmt: skip
READ = select(Acknowledgement.version.label("versao"), Acknowledgement.at.label("quando"))
AGREED = select(Consent.purpose.label("para"), Consent.given.label("autorizou"), Consent.at.label("quando"))
ASKED = select(
    DataRequest.kind.label("tipo"), DataRequest.text.label("texto"), DataRequest.status.label("situacao"),
    DataRequest.created_at.label("pedido_em"), DataRequest.done_at.label("respondido_em"),
)  # fmt: skip
ACCOUNT = select(
    IdentityRow.kind.label("tipo"), IdentityRow.value.label("valor"), IdentityRow.verified_at.label("confirmado_em")
).join(User, User.id == IdentityRow.user_id)  # fmt: skip

_O = OutboxRow
WRITTEN = (
    select(_O.kind.label("tipo"), _O.medium.label("canal"), _O.status.label("situacao"), _O.reason.label("motivo"))
    .add_columns(_O.version.label("da_consulta_de"), _O.created_at.label("criada_em"), _O.settled_at.label("quando"))
    .where(_O.audience == "patient")
    .order_by(_O.id)
)
WISHES = select(
    ContactPreference.reminders.label("lembretes"), ContactPreference.medium.label("canal"),
    ContactPreference.updated_at.label("desde"),
)  # fmt: skip


class OwnData:
    """In the name of the patient, or of who acts for them (`by`)."""

    def __init__(
        self,
        database: Database,
        cards: Cards,
        intake: Intake,
        users: Users,
        letters: Letters,
        audit: AuditTrail,
        clock: Clock,
    ) -> None:
        self._database, self._cards, self._intake, self._clock = database, cards, intake, clock
        self._users, self._letters, self._audit = users, letters, audit

    def export(self, patient_id: int, by: str) -> dict[str, Any]:
        """All of it, as plain values; moments in UTC. Raises KeyError."""
        patient = next(iter(self._read(PATIENT.where(_P.id == patient_id))), None)
        if patient is None:
            raise KeyError(patient_id)
        self._audit.add(by, "patient.exported", "patient", patient_id)
        was = select(PreRegistration.id).where(PreRegistration.patient_id == patient_id)
        calls = or_(_C.patient_id == patient_id, _C.pre_registration_id.in_(was))
        return {
            "exportado_em": self._clock().isoformat(), "paciente": patient,
            "telefones": self._read(PHONES.where(PatientPhone.patient_id == patient_id)),
            "dependentes": self._read(DEPENDANTS.where(_P.guardian_id == patient_id)),
            "consultas": self._visits(patient_id),
            "lista_de_espera": self._read(WAITS.where(_W.patient_id == patient_id)),
            "ligacoes": self._read(CALLS.where(calls)),
            "mensagens_de_voz": self._read(NOTES.where(VoiceNote.patient_id == patient_id)),
            "mensagens": self._read(WRITTEN.where(_O.patient_id == patient_id)),
            "como_quer_ser_avisado": self._read(WISHES.where(ContactPreference.patient_id == patient_id)),
            "aviso_de_privacidade": self._read(READ.where(Acknowledgement.patient_id == patient_id)),
            "autorizacoes": self._read(AGREED.where(Consent.patient_id == patient_id)),
            "pedidos": self._read(ASKED.where(DataRequest.patient_id == patient_id)),
            "conta": self._read(ACCOUNT.where(User.patient_id == patient_id)),
        }  # fmt: skip

    def set_contact(
        self, patient_id: int, phones: str, address: str, by: str, still: Still = lambda _now: True
    ) -> None:
        """Telephones and e-mail; a new e-mail is to be confirmed, the old one is told. `still`: as in `Intake.correct`.

        Raises Invalid, KeyError, ChangedMeanwhile.
        """
        known = self._cards.patient(patient_id)
        if not phones.strip() and not address.strip():
            raise Invalid({"phones": "none"})
        form = PatientForm(
            known.name, known.social_name or "", known.cpf or "", known.birth_date.isoformat(), phones, address,
            known.guardian_id, known.usual_payer_id, known.usual_unit_id,
        )  # fmt: skip
        user, new = self._users.of_patient(patient_id), email(address) or ""
        old = self._letters.email_of(user, verified=True) if user else None
        self._intake.correct(patient_id, form, by, lambda now: now == known and still(now))
        if user and new != (email(known.email or "") or ""):
            self._letters.changed(user, "Seu e-mail foi trocado", at=old)
            self._change_address(user, new, by)

    def _change_address(self, user: int, new: str, by: str) -> None:
        """Of who works here too, whose account does not follow the card by itself."""
        known = [one for one in self._users.known_by(user) if one.identity.kind == "email"]
        for one in known:
            if one.identity.value != new:
                self._users.remove_identity(user, one.identity, by=by)
        mine = next((one for one in known if one.identity.value == new), None)
        if new and (not mine.verified if mine else self._named(user, new, by)):
            self._letters.confirm(user)

    def _named(self, user: int, new: str, by: str) -> bool:
        try:
            self._users.add_identity(user, Identity("email", new), by=by)
        except IdentityTaken:  # somebody shares it: it reaches them, but does not name them
            return False
        return True

    def _visits(self, patient_id: int) -> list[dict[str, Any]]:
        visits = self._read(VISITS.where(_A.patient_id == patient_id))
        lines: dict[int, list[dict[str, Any]]] = {}
        theirs = select(_A.id).where(_A.patient_id == patient_id)
        for line in self._read(CHANGES.where(AppointmentChange.appointment_id.in_(theirs))):
            lines.setdefault(line.pop("appointment_id"), []).append(line)
        return [{**one, "historico": lines.get(one.pop("id"), [])} for one in visits]

    def _read(self, statement: Any) -> list[dict[str, Any]]:
        return [_plain(row._mapping) for row in self._database.rows(statement)]


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """What JSON can say."""
    return {str(name): one.isoformat() if isinstance(one, date | datetime) else one for name, one in row.items()}
