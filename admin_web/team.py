"""/equipe: who may log in: invitations, roles, units, the doctor's record, codes, and who may no more."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from admin_web.access import MANAGERS, Doors, WrongRole, may, viewer
from admin_web.home import ROLE_WORDS
from admin_web.team_typed import Typed, on_file, read
from clinic.editing import stamp
from clinic.identities import Identity
from clinic.profile import ChangedMeanwhile
from clinic.team import MOST, Member, Wanted, may_change, may_give
from clinic.users import IdentityTaken, LastAdmin, Role

if TYPE_CHECKING:
    from clinic.services import Clinic

LOGIN = "required"
MAILS = "mail_catcher.page"
NO_SERVER = "Ainda não há servidor de e-mail: a mensagem não sai da clínica. Quem administra a vê em Correio."
LABELS = {"name": "Nome", "email": "E-mail", "roles": "Funções", "doctor": "Médico(a) do cadastro", "units": "Unidades"}
STALE = "Outra pessoa mudou esta conta enquanto você escrevia. Confira e guarde de novo para valer o seu."
LAST_ADMIN = "É a última pessoa na administração: sem ela ninguém daria funções a mais ninguém. Promova outra antes."
KNOWN_EMAIL = "Já há uma conta com este e-mail. Procure-a na lista."
OTHER_EMAIL = "O convite que foi ao e-mail anterior não vale mais. Para convidar de novo, mande o endereço de acesso a"
KNOWN_DOCTOR = "Este médico, ou o CRM dele, já está em outra conta."


class Pages:
    """The list, the invitation, and one person's account."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def page(self) -> str:
        """Everybody but patients, or those of one role, by name."""
        role = request.args.get("papel", "")
        text = request.args.get("q", "").strip()[:80]
        found = self._clinic.team.list(text, role if role in ROLE_WORDS else "")
        return render_template(
            "team/list.html", members=found[:MOST], more=len(found) > MOST, words=ROLE_WORDS, units=self._units(),
            filtered=bool(role or text), zone=self._zone(),
        )  # fmt: skip

    def invite(self) -> str | Response | tuple[str, int]:
        """An empty form; what comes back makes an account, and a mail for its first access."""
        if request.method == "GET":
            return self._form(None, Typed(), {})
        typed, errors = self._read(None)
        if not errors:
            errors = self._created(typed)
        if errors:
            return self._form(None, typed, errors), 422
        return redirect(url_for("team.page"), 303)

    def person(self, user_id: int) -> str | Response | tuple[str, int]:
        """One account, and what comes back from its form."""
        member = self._member(user_id)
        if request.method == "GET":
            return self._form(member, on_file(member, self._email(user_id)), {})
        self._must_change(member)
        typed, errors = self._read(member)
        if errors:
            return self._form(member, typed, errors), 422
        before = self._email(user_id)
        try:
            errors = self._kept(member, typed, request.form.get("seen", ""))
        except ChangedMeanwhile:
            now = self._member(user_id)
            return self._form(now, typed, {"": STALE}, self._theirs(now, typed)), 409
        if errors:
            return self._form(self._member(user_id), typed, errors), 422
        flash("Conta guardada. Vale já, também para quem está com as páginas abertas.", "good")
        if not member.has_password and before and typed.email not in ("", before):
            flash(f"{OTHER_EMAIL} {typed.email}.", "news")
        return redirect(url_for("team.person", user_id=user_id), 303)

    def again(self, user_id: int) -> Response:
        """Another link for the first access, or for a new password."""
        member = self._member(user_id)
        self._must_change(member)
        if member.active:
            self._tell_invited(user_id)
        else:
            flash("Reative a conta antes de mandar o endereço de acesso.", "error")
        return redirect(url_for("team.person", user_id=user_id), 303)

    def codes_off(self, user_id: int) -> Response:
        """The telephone with the codes is lost: they are set up anew at the next log-in."""
        self._must_change(self._member(user_id))
        self._clinic.second_factor.turn_off(user_id, by=viewer().ref)
        self._clinic.sessions.revoke_all(user_id, but=viewer().session_id if user_id == viewer().user_id else None)
        self._clinic.letters.changed(user_id, "Os códigos de acesso da sua conta foram zerados")
        flash("Códigos zerados. A pessoa sai de onde estava e configura o aplicativo de novo ao entrar.", "good")
        return redirect(url_for("team.person", user_id=user_id), 303)

    def situation(self, user_id: int) -> Response:
        """Let somebody in no more, at once; or again."""
        self._must_change(self._member(user_id))
        active = request.form.get("active") == "1"
        if user_id == viewer().user_id and not active:
            flash("Você não pode desativar a sua própria conta. Peça a outra pessoa.", "error")
        else:
            self._set_active(user_id, active)
        return redirect(url_for("team.person", user_id=user_id), 303)

    def _set_active(self, user_id: int, active: bool) -> None:
        try:
            self._clinic.users.set_active(user_id, active, by=viewer().ref)
        except LastAdmin:
            flash(LAST_ADMIN, "error")
        else:
            flash("Conta reativada." if active else "Conta desativada. A pessoa já saiu de todas as páginas.", "good")

    def _created(self, typed: Typed) -> dict[str, str]:
        doctors = {one.id: one.identity for one in self._clinic.team.free_doctors()}
        known = [Identity("email", typed.email)]
        if typed.doctor_id:
            known.append(doctors[typed.doctor_id])
        try:
            new = self._clinic.users.create(
                typed.name, typed.roles, known, by=viewer().ref, doctor_id=typed.doctor_id, unit_ids=typed.units
            )
        except IdentityTaken:
            taken = self._clinic.users.find(known[0]) is not None
            return {"email": KNOWN_EMAIL} if taken else {"doctor": KNOWN_DOCTOR}
        self._tell_invited(new)
        return {}

    def _kept(self, member: Member, typed: Typed, seen: str) -> dict[str, str]:
        """Everything the form holds; what is taken or must not be is told by field, and the rest is kept.

        Raises ChangedMeanwhile.
        """
        by, errors = viewer().ref, {}
        try:
            self._save(member, typed, typed.roles, seen)
        except LastAdmin:
            errors["roles"] = LAST_ADMIN
            self._save(member, typed, member.roles, seen)
        try:
            if typed.doctor_id != member.doctor_id:
                self._clinic.team.link_doctor(member.id, typed.doctor_id, by=by)
        except IdentityTaken:
            errors["doctor"] = KNOWN_DOCTOR
        return errors | self._keep_email(member.id, typed.email, by)

    def _save(self, member: Member, typed: Typed, roles: frozenset[Role], seen: str) -> None:
        """What the form cannot give or take stays: a patient's role, a manager's or administrator's of others, and
        units out of use."""
        roles = roles | (member.roles - set(may_give(viewer())))
        wanted = Wanted(typed.name, roles, typed.units | (member.unit_ids - set(self._units())))
        email = self._email(member.id)
        self._clinic.team.save(member.id, wanted, lambda now: _stamp(now, email) == seen, by=viewer().ref)

    def _theirs(self, now: Member, typed: Typed) -> list[tuple[str, str]]:
        """What somebody else has saved where something else was typed."""
        units, email = self._units(), self._email(now.id)
        pairs = (
            ("name", now.name, typed.name), ("email", email or "nenhum", typed.email or "nenhum"),
            ("roles", _role_words(now.roles), _role_words(typed.roles)), ("doctor", now.doctor_id, typed.doctor_id),
            ("units", _unit_words(now.unit_ids, units), _unit_words(typed.units, units)),
        )  # fmt: skip
        return [
            (LABELS[name], now.doctor or "nenhum" if name == "doctor" else str(theirs))
            for name, theirs, mine in pairs if theirs != mine
        ]  # fmt: skip

    def _keep_email(self, user_id: int, email: str, by: str) -> dict[str, str]:
        before = self._email(user_id)
        if email == before:
            return {}
        try:
            if email:
                self._clinic.users.add_identity(user_id, Identity("email", email), by=by)
        except IdentityTaken:
            return {"email": KNOWN_EMAIL}
        if before:
            self._clinic.users.remove_identity(user_id, Identity("email", before), by=by)
        return {}

    def _tell_invited(self, user_id: int) -> None:
        if not self._clinic.letters.invite(user_id, by=viewer().ref):
            flash("Esta conta não tem e-mail: acrescente um para mandar o endereço de acesso.", "error")
            return
        flash(f"O endereço de acesso vai para {self._email(user_id)}. Vale por três dias e funciona uma vez.", "good")
        if told := self._stays_here():
            flash(told, "news")

    def _stays_here(self) -> str:
        """Where mails go nowhere, where they are to be read; for others than administrators only that they stay."""
        if not self._clinic.letters.lies_in:
            return ""
        if not may(MAILS):
            return NO_SERVER
        return Markup('Nenhum e-mail sai daqui ainda: <a href="{}">veja em Correio</a>.').format(url_for(MAILS))

    def _read(self, member: Member | None) -> tuple[Typed, dict[str, str]]:
        doctors = {one.id for one in self._clinic.team.free_doctors(member.doctor_id if member else None)}
        return read(request.form, may_give(viewer()), set(self._units()), doctors, member.roles if member else None)

    def _form(
        self,
        member: Member | None,
        typed: Typed,
        errors: Mapping[str, str],
        theirs: Sequence[tuple[str, str]] = (),
    ) -> str:
        mine = member is None or may_change(viewer(), member)
        known = self._clinic.users.known_by(member.id) if member else []
        return render_template(
            "team/form.html", member=member, typed=typed, errors=errors, labels=LABELS, mine=mine, words=ROLE_WORDS,
            gives=may_give(viewer()), units=self._units(), known=known, zone=self._zone(),
            doctors=self._clinic.team.free_doctors(member.doctor_id if member else None),
            seen=_stamp(member, self._email(member.id)) if member else "", stays_here=self._stays_here(), theirs=theirs,
        )  # fmt: skip

    def _member(self, user_id: int) -> Member:
        try:
            return self._clinic.team.member(user_id)
        except KeyError:
            abort(404)

    @staticmethod
    def _must_change(member: Member) -> None:
        if not may_change(viewer(), member):
            raise WrongRole

    def _email(self, user_id: int) -> str:
        return self._clinic.letters.email_of(user_id) or ""

    def _units(self) -> dict[int, str]:
        return {unit.id: unit.name for unit in self._clinic.units.all()}

    def _zone(self) -> object:
        return self._clinic.units.all()[0].tz


def _stamp(member: Member, email: str) -> str:
    """Names an account as it stands, with its e-mail, whenever its owner last came in."""
    record = asdict(member) | {"last_login": None, "has_password": None, "has_codes": None, "active": None}
    sets = {"roles": sorted(member.roles), "unit_ids": sorted(member.unit_ids)}
    return stamp({**record, **sets, "email": email})


def _role_words(roles: frozenset[Role]) -> str:
    return ", ".join(said for role, said in ROLE_WORDS.items() if role in roles) or "nenhuma"


def _unit_words(ids: frozenset[int], units: Mapping[int, str]) -> str:
    return ", ".join(name for one, name in units.items() if one in ids) or "todas"


def blueprint(clinic: "Clinic") -> Blueprint:
    """The pages below /equipe, for managers."""
    page = Blueprint("team", __name__, url_prefix="/equipe")
    views, doors = Pages(clinic), Doors(page)
    doors.rule("", "page", views.page, allow=MANAGERS)
    doors.rule("/convidar", "invite", views.invite, allow=MANAGERS, methods=("GET", "POST"))
    doors.rule("/<int:user_id>", "person", views.person, allow=MANAGERS, methods=("GET", "POST"))
    doors.rule("/<int:user_id>/acesso", "again", views.again, allow=MANAGERS, methods=("POST",))
    doors.rule("/<int:user_id>/codigos", "codes_off", views.codes_off, allow=MANAGERS, methods=("POST",))
    doors.rule("/<int:user_id>/situacao", "situation", views.situation, allow=MANAGERS, methods=("POST",))
    return page
