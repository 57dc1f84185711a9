"""Cards that are corrected for their patients: who logs in by a new e-mail shows first that it is theirs."""

from clinic.cards import PatientData
from clinic.identities import email
from clinic.intake import Intake, Still
from clinic.letters import Letters
from clinic.mailed_links import Purpose
from clinic.patient_forms import PatientForm
from clinic.users import Users


class Corrections:
    """What the desk writes, by its pages or by program; the account follows the card (`clinic.patient_accounts`)."""

    def __init__(self, intake: Intake, users: Users, letters: Letters) -> None:
        self._intake, self._users, self._letters = intake, users, letters

    def correct(self, patient_id: int, form: PatientForm, by: str, still: Still) -> Purpose | None:
        """As `Intake.correct`. What a new e-mail was sent, if anything; the one that was theirs is told.

        It is asked to be confirmed; who was given access and has chosen no password yet is invited anew, as the link
        that went to the old one is dead. Nothing is sent to who has no account, or a closed one, and nothing to an
        address that names somebody else: the account of who works here is the team's to change. Saved again, nothing
        is new. Raises as `Intake.correct`.
        """
        user = self._users.of_patient(patient_id)
        old = self._letters.email_of(user, verified=True) if user else None
        before = self._corrected(patient_id, form, by, still)
        new = email(form.email) or ""
        if user is None or new == (email(before or "") or "") or not self._users.account(user).active:
            return None
        known = self._addresses(user)
        if old and old not in known:
            self._letters.changed(user, "Seu e-mail foi trocado", at=old)
        return self._written(user, by) if known == {new: False} else None

    def _written(self, user: int, by: str) -> Purpose | None:
        if self._users.account(user).password_hash:
            return "confirm" if self._letters.confirm(user) else None
        return "invite" if self._letters.invite(user, by=by) else None

    def _corrected(self, patient_id: int, form: PatientForm, by: str, still: Still) -> str | None:
        """The e-mail that stood there in the moment of the change."""
        seen: list[PatientData] = []

        def look(now: PatientData) -> bool:
            seen.append(now)
            return still(now)

        self._intake.correct(patient_id, form, by, look)
        return seen[-1].email

    def _addresses(self, user: int) -> dict[str, bool]:
        """The e-mails they are known by, each with whether it was shown to be theirs."""
        known = (one for one in self._users.known_by(user) if one.identity.kind == "email")
        return {one.identity.value: one.verified for one in known}
