"""A visit that repeats: its days with what stands in the way, booking them, and cancelling from one on."""

import secrets
from collections.abc import Collection, Mapping
from datetime import date, tzinfo
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, render_template, request, url_for

from admin_web import desk_words, series_words
from admin_web.access import STAFF, Doors, viewer
from admin_web.address import number
from admin_web.desk import Reception, back_to, in_drawer
from admin_web.desk_answers import done
from clinic.bookings import AfterNoShows, NotYours, WrongStatus
from clinic.cards import CardVisit
from clinic.repetitions import REPEATED, Changed, Choice
from clinic.series_dates import FEWEST, LONGEST_AUTHORISATION, MOST, MOST_AUTHORISED, Day, Plan, Preview
from clinic.written import one_line

if TYPE_CHECKING:
    from clinic.services import Clinic

TAKEN, WRONG = 409, 422
LONGEST_NOTE = 200
USUAL = {"cada": "1", "vezes": "10", "autorizadas": "", "autorizacao": ""}
GONE = "Esta consulta mudou enquanto a página estava aberta. Confira como ela está agora antes de repetir."
OTHERS_NOW = "As sessões mudaram enquanto a página estava aberta. Confira quais são agora e confirme de novo."
NONE_CHOSEN = "Escolha o horário de pelo menos uma data."
LABELS = {
    "vezes": "Quantas vezes", "autorizadas": "Sessões autorizadas", "autorizacao": "Número da autorização",
    "datas": "Datas", "motivo": "Por que marcar mesmo assim?",
}  # fmt: skip
Answer = str | Response | tuple[str, int]
Typed = Mapping[str, str]


class Repeat:
    """Asked for, looked at, booked: one page, whose form may be sent again."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic, self._desk = clinic, Reception(clinic)

    def page(self, appointment_id: int) -> Answer:
        """How often, and how many times?"""
        visit = visit_of(self._clinic, self._desk, appointment_id)
        if visit.status not in REPEATED or visit.patient_id is None:
            return self._gone(visit)
        series = self._clinic.desk.repetitions.shown(visit.id, visit.series_id) if visit.series_id else None
        known = {"cada": str(series.every_weeks), "autorizadas": str(series.authorised or ""),
                 "autorizacao": series.authorisation} if series else {}  # fmt: skip
        return self._render(visit, {**USUAL, **known})

    def send(self, appointment_id: int) -> Answer:
        """Look at the days, or book them."""
        visit = visit_of(self._clinic, self._desk, appointment_id)
        typed = {name: one_line(request.form.get(name, "")) for name in USUAL}
        errors = _wrong(typed)
        if errors:
            return self._render(visit, typed, errors=errors), WRONG
        plan = _plan(typed)
        try:
            preview = self._clinic.desk.repetitions.preview(visit.id, plan)
            if request.form.get("passo") != "marcar":
                return self._looked(visit, typed, plan, preview)
            return self._book(visit, typed, plan, preview)
        except (WrongStatus, NotYours, KeyError):
            return self._gone(visit)

    def _looked(self, visit: CardVisit, typed: Typed, plan: Plan, preview: Preview) -> Answer:
        if preview.too_many:
            return self._render(visit, typed, errors={"vezes": _too_many(plan, preview)}), WRONG
        return self._render(visit, typed, preview)

    def _book(self, visit: CardVisit, typed: Typed, plan: Plan, preview: Preview) -> Answer:
        chosen, reason = _chosen(preview.open), one_line(request.form.get("motivo", ""))
        errors = {}
        if not chosen and preview.open:
            errors["datas"] = NONE_CHOSEN
        if preview.room is not None and len(chosen) > preview.room:
            errors["datas"] = _too_many(plan, preview)
        if preview.missed and (not reason or len(reason) > LONGEST_NOTE):
            errors["motivo"] = f"Escreva por que marca mesmo assim, em até {LONGEST_NOTE} letras."
        if errors:
            return self._render(visit, typed, preview, errors=errors), WRONG
        try:
            once = request.form.get("once", "")[:40] or secrets.token_urlsafe(12)
            failed = self._clinic.desk.repetitions.book(visit.id, plan, chosen, viewer().ref, once, reason)
        except AfterNoShows:
            return self._render(visit, typed, self._clinic.desk.repetitions.preview(visit.id, plan)), TAKEN
        now = self._clinic.desk.repetitions.preview(visit.id, plan)
        self._told_over({day for day in _over(preview, chosen) if day not in failed}, now)
        return self._booked(visit, typed, plan, failed, now)

    def _told_over(self, days: Collection[date], now: Preview) -> None:
        """Who books beyond a payer's quota is known by name afterwards."""
        for one in now.days:
            if one.booking and one.day in days:
                self._clinic.audit.add_once(viewer().ref, "quota.knowing", "appointment", one.booking.id)

    def _booked(
        self, visit: CardVisit, typed: Typed, plan: Plan, failed: Mapping[date, Exception], preview: Preview
    ) -> Answer:
        """What was booked and what was not; what was lost to somebody else can be chosen anew."""
        there = len(preview.days) - len(preview.open)
        if failed:
            said = f"{series_words.booked(there).capitalize()} além da primeira. Falta decidir: "
            return self._render(visit, typed, preview, f"{said}{series_words.days(sorted(failed))}.", failed), TAKEN
        said = f"Série guardada: {series_words.booked(there + 1)}, {series_words.RHYTHM[plan.every_weeks]}."
        if preview.open:
            left = "Ficou" if len(preview.open) == 1 else "Ficaram"
            said += f" {left} de fora: {series_words.days([one.day for one in preview.open])}."
        return done(said, url_for("desk.visit", appointment_id=visit.id))

    def _gone(self, visit: CardVisit) -> Answer:
        """It is no visit to repeat any more, or never was."""
        said = GONE if visit.patient_id else "Complete o cadastro do paciente antes de repetir a consulta."
        return render_template("agenda/repeat_not.html", drawer=in_drawer(), visit=visit, said=said), TAKEN

    def _render(
        self,
        visit: CardVisit,
        typed: Typed,
        preview: Preview | None = None,
        said: str = "",
        failed: Mapping[date, Exception] | None = None,
        errors: Mapping[str, str] | None = None,
    ) -> str:
        zone = zone_of(self._desk, visit)
        lost = {day: series_words.lost(error, zone) for day, error in (failed or {}).items()}
        return render_template(
            "agenda/repeat.html", **heading(self._clinic, self._desk, visit), typed=typed, preview=preview, said=said,
            lost=lost, errors=errors or {}, labels=LABELS, words=series_words, picked=request.form,
            once=secrets.token_urlsafe(12), fewest=FEWEST, most=MOST, longest=LONGEST_AUTHORISATION,
            most_authorised=MOST_AUTHORISED,
        )  # fmt: skip


class CancelRest:
    """This visit of a series and those after it."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic, self._desk = clinic, Reception(clinic)

    def form(self, appointment_id: int) -> Answer:
        """Which ones, and why?"""
        return self._form(visit_of(self._clinic, self._desk, appointment_id), {}, {})

    def cancel(self, appointment_id: int) -> Answer:
        """All or none; ten seconds to take them back."""
        visit = visit_of(self._clinic, self._desk, appointment_id)
        given = request.form
        values = {"reason": given.get("reason", ""), "note": one_line(given.get("note", ""))}
        errors = desk_words.wrong_reason(values["reason"], values["note"], LONGEST_NOTE)
        if errors:
            return self._form(visit, errors, values), WRONG
        ids = [number(one) or 0 for one in given.getlist("sessao")]
        try:
            count = self._clinic.desk.repetitions.cancel_rest(
                visit.id, ids, values["reason"], viewer().ref, values["note"], viewer()
            )
        except (Changed, WrongStatus, NotYours):
            visit = visit_of(self._clinic, self._desk, appointment_id)
            return self._form(visit, {}, values, OTHERS_NOW), TAKEN
        day = back_to(visit.starts_at.astimezone(zone_of(self._desk, visit)).date())
        said = (
            "canceladas. Em dez segundos os horários ficam livres."
            if count > 1
            else "cancelada. Em dez segundos o horário fica livre."
        )
        return done(f"{series_words.sessions(count)} {said}", day, visit.id)

    def _form(self, visit: CardVisit, errors: Mapping[str, str], values: Typed, said: str = "") -> str:
        series = self._clinic.desk.repetitions.shown(visit.id, visit.series_id, viewer()) if visit.series_id else None
        rest = [one for one in series.sittings if one.id in series.rest] if series else []
        return render_template(
            "agenda/cancel_rest.html", **heading(self._clinic, self._desk, visit), rest=rest, errors=errors,
            elsewhere=series.elsewhere if series else 0, values=values, said=said, reasons=desk_words.REASONS,
            words=series_words,
        )  # fmt: skip


def visit_of(clinic: "Clinic", desk: Reception, appointment_id: int) -> CardVisit:
    """An appointment of the viewer's to see; 404 for any other."""
    desk.check_appointment(appointment_id)
    try:
        return clinic.desk.cards.visit(appointment_id, viewer().ref)
    except KeyError:
        abort(404)


def zone_of(desk: Reception, visit: CardVisit) -> tzinfo:
    """Of the visit's unit."""
    return desk.all_units()[visit.unit_id].tz


def heading(clinic: "Clinic", desk: Reception, visit: CardVisit) -> dict[str, object]:
    """What all pages of a series say above all."""
    name = clinic.desk.cards.patient(visit.patient_id).called if visit.patient_id else "Pré-cadastro"
    doctor = clinic.desk.roster().doctors[visit.doctor_id]
    return {"drawer": in_drawer(), "visit": visit, "name": name, "doctor": doctor, "zone": zone_of(desk, visit)}


def _wrong(typed: Typed) -> dict[str, str]:
    """What is not to be read as a plan, by field."""
    errors = {}
    times, authorised = number(typed["vezes"]), number(typed["autorizadas"])
    if times is None or not FEWEST <= times <= MOST:
        errors["vezes"] = f"Escreva um número de {FEWEST} a {MOST}, contando com esta consulta."
    if typed["autorizadas"] and not 1 <= (authorised or 0) <= MOST_AUTHORISED:
        errors["autorizadas"] = f"Escreva um número de 1 a {MOST_AUTHORISED}, ou deixe em branco."
    if len(typed["autorizacao"]) > LONGEST_AUTHORISATION:
        errors["autorizacao"] = f"Use até {LONGEST_AUTHORISATION} letras e números."
    return errors


def _plan(typed: Typed) -> Plan:
    every = number(typed["cada"]) or 1
    known = every if every in series_words.RHYTHM else 1
    return Plan(known, number(typed["vezes"]) or FEWEST, number(typed["autorizadas"]), typed["autorizacao"])


def _too_many(plan: Plan, preview: Preview) -> str:
    if preview.room:
        return f"Das {plan.authorised} sessões autorizadas, cabem mais {preview.room} além das já marcadas."
    return f"As {plan.authorised} sessões autorizadas já estão marcadas. Peça nova autorização ao convênio."


def _chosen(days: tuple[Day, ...]) -> dict[date, Choice]:
    """The times that were chosen, by day; "cota-12" is one beyond the payer's quota. Days of no plan are not read."""
    found = {}
    for one in days:
        text = request.form.get(f"d-{one.day.isoformat()}", "")
        slot = number(text.removeprefix("cota-"))
        if slot is not None:
            found[one.day] = Choice(slot, text.startswith("cota-"))
    return found


def _over(preview: Preview, chosen: Mapping[date, Choice]) -> set[date]:
    """The days chosen although the payer has its visits of them."""
    return {one.day for one in preview.open if one.what == "quota" and one.day in chosen and chosen[one.day].over_quota}


def register(page: Blueprint, clinic: "Clinic") -> None:
    """The addresses, below /agenda."""
    repeat, rest, doors = Repeat(clinic), CancelRest(clinic), Doors(page)
    path = "/consultas/<int:appointment_id>"
    doors.rule(f"{path}/repetir", "repeat", repeat.page, allow=STAFF)
    doors.rule(f"{path}/repetir", "do_repeat", repeat.send, allow=STAFF, methods=["POST"])
    doors.rule(f"{path}/cancelar-seguintes", "rest_form", rest.form, allow=STAFF)
    doors.rule(f"{path}/cancelar-seguintes", "cancel_rest", rest.cancel, allow=STAFF, methods=["POST"])
