"""/portal/consultas: one's own appointments and those of dependants: what happened, confirming, moving, cancelling."""

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for

from admin_web import offer_words, portal_words
from admin_web.access import PATIENTS, Doors, viewer
from admin_web.address import number
from admin_web.offer_terms import terms_of
from admin_web.portal_own import VIA, people_of
from admin_web.words import when
from clinic.bookings import Booking, NotAllowed, NotYours, Overlaps, SlotTaken, WrongStatus
from clinic.cards import CardVisit
from clinic.people import Person
from clinic.quotas import QuotaFull
from clinic.slots import Criteria, Period
from clinic.waiting.offers import OfferOver
from clinic.waiting.rows import Offered
from clinic.written import one_line

if TYPE_CHECKING:
    from clinic.services import Clinic

LONGEST_NOTE = 200
CHANGED = "Esta consulta mudou enquanto você olhava. Veja abaixo como está agora."
TOO_LATE = "Passou o tempo de desfazer. Para voltar atrás, marque a consulta de novo."
Answer = Response | str | tuple[str, int]


class Visits:
    """The list, one appointment, and what can be done with it."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def page(self) -> str:
        """What is to come, what was, what is waited for, and what is offered."""
        return self._page()

    def _page(self, said: str = "") -> str:
        people = people_of(self._clinic)
        ids = [one.id for one in people]
        coming, past = self._clinic.portal.visits.of(ids)
        offers = self._clinic.waiting_list.offers.open_for(ids)
        return self._render(
            "portal/visits.html", coming=coming, past=past, waits=self._clinic.portal.visits.waits(ids), people=people,
            names={one.id: one.name for one in people}, undo=self._undo(ids),
            offers=offers, offer_terms={one.id: terms_of(self._clinic, one) for one in offers}, said=said,
        )  # fmt: skip

    def one(self, appointment_id: int) -> str:
        """One of them, with its history."""
        person, visit = self.mine(appointment_id)
        return self._one(person, visit)

    def confirm(self, appointment_id: int) -> Answer:
        """They will come."""
        return self._act(appointment_id, self._clinic.bookings.confirm, "Presença confirmada. Até lá!")

    def cancel_form(self, appointment_id: int) -> Answer:
        """Why? One has to say."""
        person, visit = self.mine(appointment_id)
        if not self._clinic.portal.visits.is_to_come(visit):
            return self._one(person, visit, CHANGED), 409
        return self._cancel(person, visit, {})

    def cancel(self, appointment_id: int) -> Answer:
        """Give the time back; for ten seconds it can be undone."""
        person, visit = self.mine(appointment_id)
        reason, note = request.form.get("reason", ""), one_line(request.form.get("note", ""))
        if errors := faults_of(reason, note):
            return self._cancel(person, visit, errors), 422
        if not self._clinic.portal.visits.is_to_come(visit):
            return self._one(person, visit, CHANGED), 409
        try:
            self._clinic.bookings.cancel(person, appointment_id, reason, VIA, note=note)
        except (WrongStatus, NotYours):
            return self._one(person, visit, CHANGED), 409
        number = self._clinic.desk.protocols.last_of(appointment_id)
        said = "Consulta cancelada. O horário fica livre para outra pessoa."
        flash(f"{portal_words.GAVE_UP_ASKING if visit.status == 'pending' else said} Protocolo {number}.", "good")
        return to(url_for("visits.page", desfazer=appointment_id))

    def undo(self, appointment_id: int) -> Answer:
        """As it was before cancelling or moving."""
        person, _ = self.mine(appointment_id)
        try:
            again = self._clinic.bookings.undo(person, appointment_id, VIA)
        except (SlotTaken, Overlaps, WrongStatus, NotYours, QuotaFull) as error:
            flash(portal_words.QUOTA_TAKEN if isinstance(error, QuotaFull) else TOO_LATE, "error")
            return to(url_for("visits.page"))
        flash("Desfeito: a consulta voltou ao que era.", "good")
        return to(url_for("visits.one", appointment_id=again.id))

    def wait(self) -> Response:
        """Join the waiting list for a doctor."""
        people = {one.id: one for one in people_of(self._clinic)}
        person = people.get(number(request.form.get("para")) or viewer().patient_id or 0) or abort(404)
        specialty, doctor = number(request.form.get("especialidade")), number(request.form.get("medico"))
        found = self._clinic.portal.finder.one(doctor or 0, specialty) or abort(404)
        unit = number(request.form.get("unidade"))
        known = unit if unit in {one.id for one in found.units} else None
        payer = number(request.form.get("quem_paga") or request.form.get("convenio"))
        mine = payer if (found.doctor.id, payer) in self._clinic.desk.roster().accepted_at else None
        period, modality = _period(request.form.get("periodo")), request.form.get("modalidade")
        suited = modality if modality in found.modalities else None
        kind = self._clinic.directory.kind_for(person, found.doctor.id, found.specialty_id)
        criteria = Criteria(
            found.specialty_id, found.doctor.id, known, mine, suited, period, kind.minutes, kind.margin
        )  # fmt: skip
        self._clinic.waiting_list.join(
            person, found.specialty_id, VIA, found.doctor.id, known, mine, period=period, modality=suited,
            but_free=bool(self._clinic.agenda.next_free(criteria, limit=1)),
        )  # fmt: skip
        flash(f"{person.name} está na lista de espera. Se abrir um horário, a clínica avisa.", "good")
        return to(url_for("visits.page"))

    def leave(self, place_id: int) -> Response:
        """Wait no more."""
        if not any(self._clinic.waiting_list.leave(one, place_id) for one in people_of(self._clinic)):
            abort(404)
        flash("Você saiu da lista de espera.", "good")
        return to(url_for("visits.page"))

    def take(self, offer_id: int) -> Answer:
        """A time that was kept for them is theirs; twice is once."""
        offered = self._offered(offer_id)
        try:
            booked = self._clinic.waiting_list.offers.accept(offer_id, VIA, viewer().ref)
        except Overlaps as other:
            zone = self._clinic.units.get(other.booking.unit_id).tz
            return self._page(offer_words.OVERLAPS.format(when=when(other.booking.starts_at, zone))), 409
        except OfferOver as over:
            return self._page(_over(over.status)), 409
        except (SlotTaken, NotAllowed):
            return self._page(offer_words.NOT_ALLOWED), 409
        flash("Pedido enviado: o médico responde e nós avisamos você." if booked.status == "pending" else
              f"Pronto: o horário é de {offered.name}.", "good")  # fmt: skip
        return to(url_for("visits.one", appointment_id=booked.id))

    def leave_it(self, offer_id: int) -> Answer:
        """Another one may have it; they wait on."""
        self._offered(offer_id)
        try:
            self._clinic.waiting_list.offers.end(offer_id, "declined", VIA, viewer().ref)
        except OfferOver as over:
            return self._page(_over(over.status)), 409
        flash("Obrigado por responder. Você continua na lista de espera.", "good")
        return to(url_for("visits.page"))

    def _offered(self, offer_id: int) -> Offered:
        """One of theirs; 404 for any other."""
        try:
            offered = self._clinic.waiting_list.offers.get(offer_id)
        except KeyError:
            abort(404)
        return offered if offered.patient_id in {one.id for one in people_of(self._clinic)} else abort(404)

    def mine(self, appointment_id: int) -> tuple[Person, CardVisit]:
        """One's own, or a dependant's; any other is not there. Reading leaves a trace."""
        people = {one.id: one for one in people_of(self._clinic)}
        if not self._clinic.access.may_see_appointment(viewer(), appointment_id):
            abort(404)
        visit = self._clinic.desk.cards.visit(appointment_id, viewer().ref)
        return people.get(visit.patient_id or 0) or abort(404), visit

    def _act(self, appointment_id: int, act: Callable[[Person, int, str], Booking], said: str) -> Answer:
        person, visit = self.mine(appointment_id)
        try:
            act(person, appointment_id, VIA)
        except (WrongStatus, NotYours):
            return self._one(person, visit, CHANGED), 409
        flash(said, "good")
        return to(url_for("visits.one", appointment_id=appointment_id))

    def _one(self, person: Person, visit: CardVisit, said: str = "") -> str:
        if said:
            visit = self._clinic.desk.cards.visit(visit.id, viewer().ref)
        return self._render(
            "portal/visit.html", visit=visit, person=person, said=said,
            coming=self._clinic.portal.visits.is_to_come(visit),
            found=self._clinic.portal.finder.one(visit.doctor_id), undo=self._undo([person.id]), why=portal_words.WHY,
            kind=self._clinic.directory.kind(visit.kind_id), newer=self._clinic.portal.visits.newer(visit),
            **self._of(visit),
        )  # fmt: skip

    def _cancel(self, person: Person, visit: CardVisit, errors: dict[str, str]) -> str:
        profile = self._clinic.profile.get()
        late = self._clinic.bookings.late_notice(self._clinic.bookings.get(visit.id))
        return self._render(
            "portal/cancel.html", visit=visit, person=person, errors=errors, values=request.form, late=late,
            notice=profile.notice_hours, reasons=portal_words.REASONS, **self._of(visit),
        )  # fmt: skip

    def _of(self, visit: CardVisit) -> dict[str, object]:
        roster = self._clinic.desk.roster()
        unit = roster.unit[visit.unit_id]
        return {"doctor": roster.doctors[visit.doctor_id], "unit": unit, "zone": unit.tz}

    def _undo(self, patient_ids: list[int]) -> dict[str, object] | None:
        """What may still be taken back, and until when."""
        wanted = number(request.args.get("desfazer"))
        until = self._clinic.portal.visits.undo_until(wanted) if wanted else None
        return {"id": wanted, "until": until} if until and patient_ids else None

    def _render(self, template: str, **more: object) -> str:
        roster = self._clinic.desk.roster()
        return render_template(
            template, roster=roster, kinds={one.id: one for one in roster.kinds}, events=portal_words.EVENTS,
            vias=portal_words.VIAS, zones={one.id: one.tz for one in roster.unit.values()}, quando=when,
            once=secrets.token_urlsafe(12), **more,
        )  # fmt: skip


def _period(said: str | None) -> Period | None:
    return cast(Period, said) if said in ("morning", "afternoon") else None


def _over(status: str) -> str:
    """What has become of an offer, in a sentence."""
    what, now = offer_words.ENDED[status][2:]
    return f"{what}. {now}"


def faults_of(reason: str, note: str) -> dict[str, str]:
    """What is wrong with a reason to cancel, by field."""
    errors = {}
    if reason not in dict(portal_words.REASONS):
        errors["reason"] = "Escolha o motivo."
    elif reason == "other" and not note:
        errors["note"] = "Escreva em poucas palavras por que está cancelando."
    if len(note) > LONGEST_NOTE:
        errors["note"] = f"Use até {LONGEST_NOTE} letras."
    return errors


def to(path: str) -> Response:
    """Go on to a path."""
    return redirect(path, 303)  # type: ignore[return-value]


def register(page: Blueprint, clinic: "Clinic") -> None:
    """The addresses below /portal."""
    views, doors = Visits(clinic), Doors(page)
    doors.rule("/consultas", "page", views.page, allow=PATIENTS)
    path = "/consultas/<int:appointment_id>"
    doors.rule(path, "one", views.one, allow=PATIENTS)
    doors.rule(f"{path}/cancelar", "cancel_form", views.cancel_form, allow=PATIENTS)
    for words, name, view in (
        ("confirmar", "confirm", views.confirm), ("cancelar", "cancel", views.cancel), ("desfazer", "undo", views.undo),
    ):  # fmt: skip
        doors.rule(f"{path}/{words}", name, view, allow=PATIENTS, methods=["POST"])
    doors.rule("/espera", "wait", views.wait, allow=PATIENTS, methods=["POST"])
    doors.rule("/espera/ofertas/<int:offer_id>/aceitar", "take", views.take, allow=PATIENTS, methods=["POST"])
    doors.rule("/espera/ofertas/<int:offer_id>/recusar", "leave_it", views.leave_it, allow=PATIENTS, methods=["POST"])
    doors.rule("/espera/<int:place_id>/sair", "leave", views.leave, allow=PATIENTS, methods=["POST"])
