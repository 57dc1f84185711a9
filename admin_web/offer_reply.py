"""/vaga/…: a freed time that is kept for one who waits. Opening it only shows it: programs that look for viruses open
links too."""

from typing import TYPE_CHECKING, NoReturn

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for

from admin_web import offer_words
from admin_web.access import Doors, Public
from admin_web.offer_terms import terms_of
from admin_web.words import when
from clinic.bookings import NotAllowed, Overlaps, SlotTaken
from clinic.login_limits import source_of
from clinic.messages.links import LIVES_ON
from clinic.programs import TooManyRequests
from clinic.waiting.offers import OfferOver
from clinic.waiting.rows import Offered

if TYPE_CHECKING:
    from clinic.services import Clinic

WHY = "whoever got the message holds its signed link; it shows no more than the message said"
PER_MINUTE = 40
Answer = Response | tuple[str, int]


class OfferReplies:
    """One offer, known by the link, and its two answers."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def page(self, token: str) -> str:
        """What is kept, until when, and the two buttons; or what has become of it."""
        offered, _ = self._asked(token)
        return self._shown(token, offered)

    def accept(self, token: str) -> Answer:
        """Book it; twice is once."""
        offered, via = self._asked(token)
        try:
            booked = self._clinic.waiting_list.offers.accept(offered.id, via)
        except Overlaps as other:
            zone = self._clinic.units.get(other.booking.unit_id).tz
            return self._again(token, offer_words.OVERLAPS.format(when=when(other.booking.starts_at, zone)))
        except OfferOver:
            return self._again(token)
        except SlotTaken:
            return self._again(token, offer_words.GONE)
        except NotAllowed:
            return self._again(token, offer_words.NOT_ALLOWED)
        flash("Pedido enviado: o médico responde e nós avisamos você." if booked.status == "pending" else
              "Pronto: o horário é seu. A confirmação chega em instantes.", "good")  # fmt: skip
        return _back(token)

    def decline(self, token: str) -> Answer:
        """Leave it to another one."""
        offered, via = self._asked(token)
        person = self._clinic.waiting_list.offers.person(offered)
        try:
            self._clinic.waiting_list.offers.end(offered.id, "declined", via, person.ref)
        except OfferOver:
            return self._again(token)
        flash("Obrigado por responder: o horário vai para outra pessoa.", "good")
        return _back(token)

    def _asked(self, token: str) -> tuple[Offered, str]:
        """The offer, and the medium the link came by; a page that says why where it leads nowhere."""
        try:
            self._clinic.programs.count(f"link:{source_of(request.remote_addr or '')}", PER_MINUTE)
        except TooManyRequests as many:
            self._nowhere("wait", 429, seconds=many.seconds)
        link = self._clinic.messages.offer_links.read(token)
        try:
            offered = self._clinic.waiting_list.offers.get(link.offer_id) if link else None
        except KeyError:
            offered = None
        if link is None or offered is None:
            self._nowhere("unknown", 404)
        if self._clinic.clock() > offered.starts_at + LIVES_ON:
            self._nowhere("expired", 410)
        return offered, link.via

    def _nowhere(self, why: str, status: int, **more: object) -> NoReturn:
        phones = [unit.phone for unit in self._clinic.units.all() if unit.phone]
        abort(make_response(render_template("messages/link_nowhere.html", why=why, phones=phones[:1], **more), status))

    def _again(self, token: str, said: str = "") -> tuple[str, int]:
        """How it stands now: it changed while they looked."""
        offered, _ = self._asked(token)
        return self._shown(token, offered, said), 409

    def _shown(self, token: str, offered: Offered, said: str = "") -> str:
        roster = self._clinic.desk.roster()
        if offered.patient_id:
            self._clinic.audit.add("link", "patient.read", "patient", offered.patient_id, f"offer:{offered.id}")
        unit = roster.unit[offered.unit_id]
        standing = self._clinic.waiting_list.offers.standing(offered)
        return render_template(
            "offer_reply/page.html", token=token, asked=offered, said=said, unit=unit, zone=unit.tz,
            doctor=roster.doctors[offered.doctor_id], ended=offer_words.ENDED.get(standing),
            terms=terms_of(self._clinic, offered) if offered.status == "open" else None,
        )  # fmt: skip


def _back(token: str) -> Response:
    return redirect(url_for("offer_reply.page", token=token), 303)  # type: ignore[return-value]


def blueprint(clinic: "Clinic") -> Blueprint:
    """The pages below /vaga, for who holds a link."""
    page = Blueprint("offer_reply", __name__, url_prefix="/vaga/<token>")
    views, doors, allow = OfferReplies(clinic), Doors(page), Public(WHY)
    doors.rule("", "page", views.page, allow=allow)
    doors.rule("/aceitar", "accept", views.accept, allow=allow, methods=["POST"])
    doors.rule("/recusar", "decline", views.decline, allow=allow, methods=["POST"])
    return page
