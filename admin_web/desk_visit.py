"""One appointment at the desk: who and what, what may happen to it now, and how it came to be."""

import secrets
from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, render_template, request

from admin_web import desk_words, series_words
from admin_web.access import STAFF, Doors, viewer
from admin_web.address import day_near, number
from admin_web.desk import LeftAgenda, Reception, back_to, in_drawer
from admin_web.desk_answers import done
from clinic.bookings import Booking, NotAllowed, NotYours, Overlaps, SlotTaken, WrongStatus
from clinic.cards import CardVisit
from clinic.no_shows import FORGIVEN
from clinic.quotas import QuotaFull
from clinic.repetitions import REPEATED
from clinic.slots import Criteria, SlotInfo
from clinic.transitions import TooSoon
from clinic.written import one_line

if TYPE_CHECKING:
    from clinic.services import Clinic

LONGEST_NOTE = 200
TAKEN = 409
TIMES = 24
NO_ERRORS: Mapping[str, str] = {}
NOT_FREE = "Este horário não está mais livre, ou é curto demais para esta consulta. Escolha outro."
QUOTA = "A cota deste convênio com o médico está cheia neste dia ({limit} por dia). Escolha outro dia."
TOO_SOON = "Ainda é cedo: a chegada se anota no dia da consulta, e a falta depois da hora marcada."
TOO_LATE = "Uma falta só vira chegada no mesmo dia. Se foi anotada por engano, abone a falta."
CANCELLED_REQUEST = (
    "Pedido cancelado. Em dez segundos o horário fica livre. Se era para mudar uma consulta, ela continua no de antes."
)
CHANGED = "Esta consulta mudou enquanto a página estava aberta. Confira como ela está agora."
Answer = Response | tuple[str, int]


class Visit:
    """The page of an appointment and its actions."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic, self._desk = clinic, Reception(clinic)

    def page(self, appointment_id: int) -> str:
        """Everything about it; reading leaves a trace."""
        return self._page(appointment_id)

    def arrive(self, appointment_id: int) -> Answer:
        """The patient is here."""
        return self._act(appointment_id, self._clinic.desk.bookings.arrive, "Chegada anotada.")

    def fulfil(self, appointment_id: int) -> Answer:
        """The visit took place."""
        return self._act(appointment_id, self._clinic.desk.bookings.fulfil, "Consulta atendida.")

    def no_show(self, appointment_id: int) -> Answer:
        """The patient did not come."""
        return self._act(appointment_id, self._clinic.desk.bookings.no_show, "Falta anotada.")

    def forgive(self, appointment_id: int) -> Answer:
        """The no-show counts no more, and why."""
        reason = one_line(request.form.get("motivo", ""))
        if not reason or len(reason) > LONGEST_NOTE:
            self._desk.check_appointment(appointment_id)
            said = f"Escreva por que a falta é abonada, em até {LONGEST_NOTE} letras."
            return self._page(appointment_id, errors={"motivo": said}), 422
        act = self._clinic.desk.bookings.forgive
        return self._act(appointment_id, lambda one, by: act(one, by, reason), "Falta abonada: não conta mais.")

    def confirm(self, appointment_id: int) -> Answer:
        """They said they will come."""
        return self._act(
            appointment_id, lambda one, _: self._clinic.desk.bookings.confirm_for(one), "Presença confirmada."
        )

    def cancel_form(self, appointment_id: int) -> str:
        """Why?"""
        return self._cancel_form(appointment_id, {}, {})

    def cancel(self, appointment_id: int) -> Answer:
        """Cancel with a reason; ten seconds to take it back."""
        self._desk.check_appointment(appointment_id)
        reason, note = request.form.get("reason", ""), one_line(request.form.get("note", ""))
        errors = desk_words.wrong_reason(reason, note, LONGEST_NOTE)
        if errors:
            return self._cancel_form(appointment_id, errors, {"reason": reason, "note": note}), 422
        asked = self._clinic.desk.bookings.get(appointment_id).status == "pending"
        try:
            booked = self._clinic.desk.bookings.cancel_for(appointment_id, reason, viewer().ref, note)
        except (WrongStatus, NotYours):
            return self._page(appointment_id, CHANGED), TAKEN
        said = CANCELLED_REQUEST if asked else "Consulta cancelada. Em dez segundos o horário fica livre."
        return done(said, self._day(booked), appointment_id)

    def move_form(self, appointment_id: int) -> str:
        """Where to? The next times of the same doctor, from a day on."""
        return self._move_form(appointment_id)

    def move(self, appointment_id: int) -> Answer:
        """To another time; ten seconds to take it back."""
        self._desk.check_appointment(appointment_id)
        try:
            slot = self._desk.slot(number(request.form.get("horario")))
            new = self._move(appointment_id, slot)
        except LeftAgenda:
            return self._move_form(appointment_id, desk_words.LEFT), TAKEN
        except SlotTaken:
            return self._move_form(appointment_id, NOT_FREE), TAKEN
        except Overlaps as clash:
            zone = self._zone(clash.booking.unit_id)
            said = f"O paciente já tem consulta em {clash.booking.starts_at.astimezone(zone):%d/%m às %H:%M}."
            return self._move_form(appointment_id, f"{said} Escolha outro horário."), TAKEN
        except QuotaFull as full:
            return self._move_form(appointment_id, QUOTA.format(limit=full.limit), slot), TAKEN
        except LookupError as wrong:
            return self._move_form(appointment_id, not_there(str(wrong.args[0]))), TAKEN
        except NotAllowed as wrong:
            return self._move_form(appointment_id, not_there(wrong.reason)), TAKEN
        except (WrongStatus, NotYours):
            return self._page(appointment_id, CHANGED), TAKEN
        when = new.starts_at.astimezone(self._zone(new.unit_id))
        if new.status == "pending":
            return done(f"Pedido de mudança para {when:%d/%m às %H:%M}: o médico precisa aceitar.", self._day(new))
        said = f"Mudou para {when:%d/%m às %H:%M}.{self._beside(new)}"
        return done(said, self._day(new), appointment_id)

    def take_back(self, appointment_id: int) -> Answer:
        """As it was before the last cancelling or moving."""
        self._desk.check_appointment(appointment_id)
        old = self._clinic.desk.bookings.get(appointment_id)
        count = self._clinic.desk.repetitions.given_up_with(appointment_id)
        try:
            again = self._clinic.desk.bookings.take_back(appointment_id, viewer().ref)
        except (SlotTaken, Overlaps, WrongStatus, NotYours):
            moved = bool(self._visit(appointment_id).replaced_by)
            return done(series_words.too_late(count, moved), self._day(old), kind="error")
        return done(f"{series_words.taken_back(count)}{self._over(again)}", self._day(again))

    def _beside(self, new: Booking) -> str:
        """What is to be known of one whose preparation or cleaning meets another's in a pause."""
        there = SlotInfo(0, new.doctor_id, new.unit_id, new.modality, new.starts_at, new.ends_at)
        at = self._clinic.desk.offers.meets(there, self._clinic.directory.kind(new.kind_id), new.id)
        return f" Atenção: {desk_words.meets(at, self._zone(new.unit_id))}" if at else ""

    def _over(self, again: Booking) -> str:
        """What is to be known of one that came back while another took its place in the payer's quota."""
        limit = self._clinic.desk.offers.quota_over(again)
        return f" Atenção: agora o convênio passa da cota de {limit} por dia com este médico." if limit else ""

    def _move(self, appointment_id: int, slot: SlotInfo) -> Booking:
        desk, by = self._clinic.desk, viewer().ref
        old = desk.bookings.get(appointment_id)
        terms = desk.offers.moved(old, slot, desk.offers.return_of(appointment_id))
        minutes = int((old.ends_at - old.starts_at).total_seconds()) // 60
        knowing = request.form.get("ciente") == "cota"
        over = knowing and desk.offers.over_quota(slot, old.payer_id, old.id)
        margin = self._clinic.directory.kind(old.kind_id).margin_of(minutes)
        once = request.form.get("once", "")
        hold = desk.bookings.hold_for(once, slot, by, minutes, margin, old.id)
        try:
            key = f"{by}:{once or hold.token}"[:120]
            moved = desk.bookings.move(appointment_id, hold, by, terms, key, knowing)
        finally:
            desk.bookings.release(hold)  # this one only: the same form, or another tab, may hold a time meanwhile
        if moved.status == "cancelled":  # this very form moved it before, and that was taken back since
            raise WrongStatus(moved.status, "moved")
        if over:
            self._clinic.audit.add_once(by, "quota.knowing", "appointment", moved.id)
        return moved

    def _act(self, appointment_id: int, act: Callable[[int, str], Booking], said: str) -> Answer:
        self._desk.check_appointment(appointment_id)
        try:
            booked = act(appointment_id, viewer().ref)
        except TooSoon:
            return self._page(appointment_id, TOO_SOON), TAKEN
        except WrongStatus as wrong:
            late = (wrong.status, wrong.event) == ("noshow", "arrived")
            return self._page(appointment_id, TOO_LATE if late else CHANGED), TAKEN
        except NotYours:
            return self._page(appointment_id, CHANGED), TAKEN
        return done(said, self._day(booked))

    def _page(self, appointment_id: int, said: str = "", errors: Mapping[str, str] = NO_ERRORS) -> str:
        visit = self._visit(appointment_id)
        now = self._clinic.clock()
        zone, series = self._zone(visit.unit_id), visit.series_id
        ago = (now.astimezone(zone).date() - visit.starts_at.astimezone(zone).date()).days
        return self._render(
            "agenda/visit.html", visit, said=said, now=now, ago=ago, begun=visit.starts_at <= now,
            why=desk_words.WHY, names=self._names(visit), errors=errors, typed=request.form.get("motivo", ""),
            forgiven=any(one.event == FORGIVEN for one in visit.changes), repeatable=visit.status in REPEATED,
            series=self._clinic.desk.repetitions.shown(visit.id, series, viewer()) if series else None,
            series_words=series_words, ours=self._desk.ours(),
        )  # fmt: skip

    def _cancel_form(self, appointment_id: int, errors: dict[str, str], values: dict[str, str]) -> str:
        visit = self._visit(appointment_id)
        return self._render("agenda/cancel.html", visit, errors=errors, values=values, reasons=desk_words.REASONS)

    def _move_form(self, appointment_id: int, said: str = "", over: SlotInfo | None = None) -> str:
        visit = self._visit(appointment_id)
        zone = self._zone(visit.unit_id)
        day = day_near(request.args.get("dia"), visit.starts_at.astimezone(zone).date())
        times = self._times(visit, datetime.combine(day, datetime.min.time(), zone))
        by_day: dict[date, list[SlotInfo]] = {}
        for one in times:
            by_day.setdefault(one.starts_at.astimezone(zone).date(), []).append(one)
        once = secrets.token_urlsafe(12)
        return self._render("agenda/move.html", visit, said=said, day=day, by_day=by_day, over=over, once=once)

    def _times(self, visit: CardVisit, after: datetime) -> list[SlotInfo]:
        roster = self._clinic.desk.roster()
        known = [one.id for one in roster.specialties if visit.doctor_id in roster.announceable[one.id]]
        specialty = visit.specialty_id if visit.specialty_id in known else next(iter(known), None)
        if specialty is None:
            return []
        minutes = int((visit.ends_at - visit.starts_at).total_seconds()) // 60
        criteria = Criteria(
            specialty, doctor_id=visit.doctor_id, unit_id=visit.unit_id, payer_id=visit.payer_id,
            modality=visit.modality, minutes=minutes, moving=visit.id,
            margin=self._clinic.directory.kind(visit.kind_id).margin_of(minutes),
        )  # fmt: skip
        return self._clinic.agenda.next_free(criteria, after=max(after, self._clinic.clock()), limit=TIMES)

    def _visit(self, appointment_id: int) -> CardVisit:
        self._desk.check_appointment(appointment_id)
        try:
            return self._clinic.desk.cards.visit(appointment_id, viewer().ref)
        except KeyError:
            abort(404)

    def _render(self, template: str, visit: CardVisit, **more: object) -> str:
        desk = self._clinic.desk
        roster, zone = desk.roster(), self._zone(visit.unit_id)
        patient = desk.cards.patient(visit.patient_id) if visit.patient_id else None
        shown = {
            "drawer": in_drawer(), "visit": visit, "patient": patient, "roster": roster, "desk_words": desk_words,
            "unit": roster.unit[visit.unit_id], "doctor": roster.doctors[visit.doctor_id], "zone": zone,
            "kind": self._clinic.directory.kind(visit.kind_id), "day": visit.starts_at.astimezone(zone).date(),
            "today_is": self._desk.today(), "name": patient.called if patient else "Pré-cadastro",
        }  # fmt: skip
        return render_template(template, **{**shown, **more})

    def _names(self, visit: CardVisit) -> dict[str, str]:
        """Who of the team is in the history, by the ref of histories."""
        refs = {change.by for change in visit.changes if change.by.startswith("user:")}
        found = {ref: self._clinic.users.viewer(int(ref.partition(":")[2])) for ref in refs}
        return {ref: one.name for ref, one in found.items() if one}

    def _zone(self, unit_id: int) -> tzinfo:
        return self._desk.all_units()[unit_id].tz

    def _day(self, booking: Booking) -> str:
        return back_to(booking.starts_at.astimezone(self._zone(booking.unit_id)).date())


def not_there(what: str) -> str:
    """Why an appointment cannot go to that doctor or unit."""
    return {
        "payer": "Lá este médico não atende o convênio do paciente. Escolha outro horário.",
        "return": "O retorno é com o mesmo médico, dentro do prazo. Escolha outro horário.",
    }.get(what, "Este médico não atende a especialidade desta consulta. Escolha outro horário.")


def register(page: Blueprint, clinic: "Clinic") -> None:
    """The addresses of one appointment, below /agenda."""
    views, doors = Visit(clinic), Doors(page)
    path = "/consultas/<int:appointment_id>"
    doors.rule(path, "visit", views.page, allow=STAFF)
    for words, name, view in (
        ("chegou", "arrive", views.arrive), ("atendida", "fulfil", views.fulfil), ("faltou", "no_show", views.no_show),
        ("confirmar", "confirm", views.confirm), ("cancelar", "cancel", views.cancel), ("mover", "move", views.move),
        ("desfazer", "take_back", views.take_back), ("abonar", "forgive", views.forgive),
    ):  # fmt: skip
        doors.rule(f"{path}/{words}", name, view, allow=STAFF, methods=["POST"])
    doors.rule(f"{path}/cancelar", "cancel_form", views.cancel_form, allow=STAFF)
    doors.rule(f"{path}/mover", "move_form", views.move_form, allow=STAFF)
