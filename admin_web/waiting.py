"""/espera: who waits for a time, what they are offered, and what the desk can do about it."""

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for

from admin_web import desk_words, offer_words
from admin_web.access import STAFF, Doors, viewer
from admin_web.address import number
from admin_web.desk import LeftAgenda, Reception
from admin_web.words import when
from clinic.access import may_see_unit
from clinic.bookings import NotAllowed, Overlaps, SlotTaken
from clinic.quotas import QuotaFull
from clinic.waiting.offers import NotOffered, OfferOver
from clinic.waiting.places import InLine
from clinic.waiting.rows import Offered

if TYPE_CHECKING:
    from clinic.services import Clinic

VIA = "desk"
TIMES = 24
TAKEN = "Este horário acabou de ser reservado. Escolha outro."
HAS_OFFER = "Esta pessoa tem uma oferta em aberto. Espere a resposta, ou retome o horário."
Answer = Response | str | tuple[str, int]


class WaitingPages:
    """The list and its actions."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic, self._desk = clinic, Reception(clinic)

    def page(self) -> str:
        """Who waits, the longest first; whom the desk must call stands above."""
        return self._page()

    def remove(self, place_id: int) -> Answer:
        """They wait no more; it can be taken back."""
        line = self._line(place_id)
        if line.offer and not may_see_unit(viewer(), line.offer.unit_id):
            abort(404)
        if not self._clinic.waiting_list.offers.leave(place_id, "left", viewer().ref):
            return self._page("Esta pessoa não está mais na lista."), 409
        freed = " O horário que estava guardado ficou livre." if line.offer else ""
        flash(f"Tirado da lista de espera.{freed}", "good")
        return _back(desfazer=place_id)

    def put_back(self, place_id: int) -> Answer:
        """As before, in the old place."""
        self._check_unit(place_id)
        back = self._clinic.waiting_list.offers.come_back(place_id)
        if back is None:
            return self._page("Não dá mais para desfazer: ponha a pessoa na lista de novo."), 409
        flash(offer_words.BACK[back], "good")
        return _back()

    def resume(self, place_id: int) -> Answer:
        """They were spoken with: they are offered times again."""
        line = self._line(place_id)
        if not self._clinic.waiting_list.offers.resume(place_id, viewer().ref):
            return self._page("Esta pessoa já recebe ofertas."), 409
        flash(f"{line.name or 'Pré-cadastro'} volta a receber ofertas.", "good")
        return _back()

    def times(self, place_id: int) -> Answer:
        """The next times that fit, to offer or to book."""
        line = self._line(place_id)
        if self._clinic.waiting_list.rounds.wish(place_id) is None:
            return self._page(HAS_OFFER), 409
        return self._times(line)

    def offer(self, place_id: int) -> Answer:
        """Keep one of them, and let them know."""
        line, rounds = self._line(place_id), self._clinic.waiting_list.rounds
        wish = rounds.wish(place_id)
        if wish is None:
            return self._page(HAS_OFFER), 409
        try:
            slot = self._desk.slot(number(request.form.get("horario")))
            rounds.by_hand(wish, slot, viewer().ref)
        except NotOffered as not_now:
            return self._times(line, offer_words.NOT_OFFERED[not_now.why]), 409
        except QuotaFull:
            return self._times(line, offer_words.NOT_OFFERED["quota"]), 409
        except SlotTaken:
            return self._times(line, TAKEN), 409
        except LeftAgenda:
            return self._times(line, desk_words.LEFT), 409
        flash(f"{line.name or 'Pré-cadastro'}: horário guardado. A mensagem sai em instantes.", "good")
        return _back()

    def accept(self, offer_id: int) -> Answer:
        """They said yes on the telephone."""
        offered = self._offered(offer_id)
        zone = self._desk.all_units()[offered.unit_id].tz
        try:
            booked = self._clinic.waiting_list.offers.accept(offer_id, VIA, viewer().ref)
        except Overlaps as other:
            return self._page(f"A pessoa já tem consulta em {when(other.booking.starts_at, zone)}."), 409
        except OfferOver as over:
            return self._page(offer_words.OVER[over.status]), 409
        except SlotTaken:
            return self._page("Este horário não está mais guardado."), 409
        except NotAllowed:
            return self._page("Estas condições não valem mais com este médico. Marque pela agenda."), 409
        flash(f"{offered.name or 'Pré-cadastro'}: marcado para {when(booked.starts_at, zone)}. Código {booked.code}.",
              "good")  # fmt: skip
        return _back()

    def decline(self, offer_id: int) -> Answer:
        """They said no; they wait on, and the next one is asked."""
        self._offered(offer_id)
        try:
            self._clinic.waiting_list.offers.end(offer_id, "declined", VIA, viewer().ref)
        except OfferOver as over:
            return self._page(offer_words.OVER[over.status]), 409
        flash("Recusa anotada: o horário vai para o próximo da lista.", "good")
        return _back()

    def take_back(self, offer_id: int) -> Answer:
        """Somebody needs the time more: it is held for the desk, which books it."""
        self._offered(offer_id)
        try:
            slot = self._clinic.waiting_list.offers.hand_over(offer_id, viewer().ref)
        except OfferOver as over:
            return self._page(offer_words.OVER[over.status]), 409
        except SlotTaken:
            return self._page(TAKEN), 409
        flash("Horário retomado e reservado para você por alguns minutos. Quem esperava continua na lista.", "good")
        return redirect(url_for("desk.book", horario=slot.id), 303)  # type: ignore[return-value]

    def _page(self, said: str = "") -> str:
        asked = self._desk.asked()
        choice = self._desk.choice(asked)
        lines = self._clinic.waiting_list.places.all(choice.unit_ids, asked.specialty_id)
        if lines:
            self._clinic.audit.add_once(viewer().ref, "patient.listed", note=f"waiting: {len(lines)}")
        roster = self._clinic.desk.roster()
        return render_template(
            "waiting/page.html", said=said, asked=asked, roster=roster, undo=number(request.args.get("desfazer")),
            lines=sorted(lines, key=_first),
            wishes={one.id: offer_words.wish(roster, one) for one in lines}, vias=offer_words.VIAS,
            zone=self._clinic.units.clock_zone(), zones={one.id: one.tz for one in roster.unit.values()},
            units=[(one.id, one.name) for one in self._desk.units()], mine={one.id for one in self._desk.units()},
            specialties=[(one.id, one.name) for one in roster.specialties],
        )  # fmt: skip

    def _times(self, line: InLine, said: str = "") -> str:
        roster, rounds = self._clinic.desk.roster(), self._clinic.waiting_list.rounds
        wish = rounds.wish(line.id)
        slots = [one for one in rounds.times(wish, TIMES) if may_see_unit(viewer(), one.unit_id)] if wish else []
        return render_template(
            "waiting/times.html", line=line, said=said, slots=slots, roster=roster,
            wish=offer_words.wish(roster, line), zones={one.id: one.tz for one in roster.unit.values()},
        )  # fmt: skip

    def _line(self, place_id: int) -> InLine:
        """Somebody in the list, at a unit of the viewer's or at any; 404 for others."""
        line = self._clinic.waiting_list.places.one(place_id)
        if line is None or not (line.unit_id is None or may_see_unit(viewer(), line.unit_id)):
            abort(404)
        return line

    def _check_unit(self, place_id: int) -> None:
        """404 for a place that never was, or at a unit of others."""
        try:
            unit = self._clinic.waiting_list.places.unit_of(place_id)
        except KeyError:
            abort(404)
        if unit is not None and not may_see_unit(viewer(), unit):
            abort(404)

    def _offered(self, offer_id: int) -> Offered:
        try:
            offered = self._clinic.waiting_list.offers.get(offer_id)
        except KeyError:
            abort(404)
        return offered if may_see_unit(viewer(), offered.unit_id) else abort(404)


def _first(line: InLine) -> int:
    """Whom the desk must call, then who has an offer; within each, who waits longest."""
    if line.offer is None:
        return 1 if line.silent or not line.pays else 3
    return 0 if line.offer.to_call else 2


def _back(**more: int) -> Response:
    return redirect(url_for("waiting.page", **more), 303)  # type: ignore[return-value,arg-type]


def register(page: Blueprint, clinic: "Clinic") -> None:
    """The list and what is done with those in it."""
    views, doors = WaitingPages(clinic), Doors(page)
    doors.rule("", "page", views.page, allow=STAFF)
    place, offer = "/<int:place_id>", "/ofertas/<int:offer_id>"
    doors.rule(f"{place}/horarios", "times", views.times, allow=STAFF)
    for path, name, view in (
        (f"{place}/oferecer", "offer", views.offer), (f"{place}/tirar", "remove", views.remove),
        (f"{place}/voltar", "put_back", views.put_back), (f"{place}/reoferecer", "resume", views.resume),
        (f"{offer}/aceitar", "accept", views.accept),
        (f"{offer}/recusar", "decline", views.decline), (f"{offer}/retomar", "take_back", views.take_back),
    ):  # fmt: skip
        doors.rule(path, name, view, allow=STAFF, methods=["POST"])
