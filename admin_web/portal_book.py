"""/portal/marcar: the third step. The time is kept while somebody reads it over; then it is booked, or asked for."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from admin_web import portal_find, portal_words
from admin_web.access import PATIENTS, Doors, viewer
from admin_web.address import number
from admin_web.portal_own import VIA, NoTime, keeps, people_of, person_of, slot_of
from admin_web.portal_wish import STEPS, Wish, wish_of
from admin_web.words import phone, reais, when
from clinic.bookings import AfterNoShows, Booking, NotAllowed, Overlaps, SlotTaken, TooMany
from clinic.holds import Hold
from clinic.offers import Offer, Wanted
from clinic.people import Person
from clinic.quotas import QuotaFull
from clinic.slots import Criteria, SlotInfo
from clinic.terms import local_day

if TYPE_CHECKING:
    from clinic.services import Clinic

TAKEN = 409
OTHERS = 3
FORBID = ("overlaps", "many", "no_shows", "quota")
Answer = Response | str | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """A time, for whom, on what terms; `until`: how long the time is kept, once it is."""

    slot: SlotInfo
    person: Person
    wish: Wish
    offer: Offer
    hold: Hold | None = None


class Book:
    """The page, and what its forms do."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def confirm(self, slot_id: int) -> Answer:
        """Everything once more before it is booked; the time is kept meanwhile."""
        try:
            asked = self._asked(slot_id, request.args)
            hold = self._keep(asked)
        except NoTime:
            return self._left(request.args)
        except SlotTaken:
            mine = _booked_so(asked)
            return self._booked(asked, mine) if mine else self._gone(asked)
        return self._page(asked, hold)

    def book(self, slot_id: int) -> Answer:
        """Make the appointment, or the request; the same form sent twice makes one."""
        try:
            asked = self._asked(slot_id, request.form)
            booked = self._book(asked)
        except NoTime:
            return self._left(request.form)
        except SlotTaken:
            return self._gone(asked)
        except Overlaps as other:
            zone = self._clinic.units.get(other.booking.unit_id).tz
            return self._not_so(asked, portal_words.OVERLAPS.format(when=when(other.booking.starts_at, zone)))
        except AfterNoShows:
            return self._not_so(asked, self._by_people(asked))
        except TooMany as enough:
            return self._not_so(asked, portal_words.TOO_MANY.format(limit=enough.limit))
        except QuotaFull:
            return self._not_so(asked, portal_words.QUOTA)
        except NotAllowed:
            return self._not_so(asked, portal_words.NOT_ALLOWED)
        self._clinic.portal.keeper.let_go(keeps(viewer()))
        if booked.status == "cancelled":  # the very same form, sent again since
            flash(portal_words.GIVEN_UP, "error")
        else:
            self._say(booked)
        return _to(url_for("visits.one", appointment_id=booked.id))

    def free(self, slot_id: int) -> Answer:
        """Whether the time could still be had, without keeping it; 409 with the nearest others when not."""
        try:
            asked, by = self._asked(slot_id, request.args), keeps(viewer())
        except NoTime:
            return render_template("portal/_gone.html", said=portal_words.NO_TIME, others=[]), TAKEN
        short = any(one.what in ("too_short", "margin") for one in asked.offer.conflicts)
        if self._clinic.desk.bookings.is_free(asked.slot, by) and not short:
            return Response(status=204)
        return self._lost("portal/_gone.html", asked), TAKEN

    def back(self) -> Response:
        """Another time: this one is free again at once."""
        self._clinic.portal.keeper.let_go(keeps(viewer()))
        wish, doctor = wish_of(self._clinic, request.form), number(request.form.get("medico"))
        if doctor is None:
            return _to(url_for("booking.find", **wish.query()))
        return _to(url_for("medicos.times", doctor_id=doctor, **wish.query()))

    def _left(self, given: Mapping[str, str]) -> Response:
        flash(portal_words.NO_TIME, "error")
        return _to(url_for("booking.find", **wish_of(self._clinic, given).query()))

    def _booked(self, asked: Asked, mine: Booking) -> Response:
        """Whoever goes back to the page on which they booked is not told that somebody was faster."""
        flash(portal_words.HAS_IT.format(name=asked.person.name), "news")
        return _to(url_for("visits.one", appointment_id=mine.id))

    def _asked(self, slot_id: int, given: Mapping[str, str]) -> Asked:
        wish = wish_of(self._clinic, given)
        person = person_of(self._clinic, wish.patient)
        slot = slot_of(self._clinic, slot_id)
        wanted = Wanted(wish.specialty, self._kind(person, slot, given), wish.payer, wish.modality)
        return Asked(slot, person, wish, self._clinic.portal.offers.offer(person, slot, wanted, keeps(viewer())))

    def _kind(self, person: Person, slot: SlotInfo, given: Mapping[str, str]) -> int | None:
        """A retorno goes first while it is open and to be had at that time; else what suits best."""
        visit = self._clinic.bookings.open_return(person)
        if visit is None or visit.doctor_id != slot.doctor_id or given.get("tipo") == "nova":
            return None
        day = local_day(self._clinic.desk.roster(), slot.unit_id, slot.starts_at)
        return self._clinic.directory.kind("return").id if day <= visit.until else None

    def _keep(self, asked: Asked, once: str = "") -> Hold:
        if asked.slot.starts_at <= self._clinic.clock():
            raise SlotTaken
        kind = asked.offer.terms.kind
        return self._clinic.portal.keeper.keep(asked.slot, keeps(viewer()), kind.minutes, kind.margin, once=once)

    def _book(self, asked: Asked) -> Booking:
        """Where the time cannot be kept any more, it may be that this very form was sent before."""
        by, once = viewer().ref, request.form.get("once", "")
        try:
            hold = self._keep(asked, once)
        except SlotTaken:
            hold = self._clinic.portal.keeper.nothing(asked.slot, keeps(viewer()))
        key = f"{by}:{once}"[:120] if once else None
        return self._clinic.bookings.book(asked.person, hold, asked.offer.terms, VIA, key=key)

    def _say(self, booked: Booking) -> None:
        zone = self._clinic.units.get(booked.unit_id).tz
        at = when(booked.starts_at, zone)
        if booked.status == "pending":
            return flash(f"Pedido enviado para {at}. Avisamos quando o médico responder. Código {booked.code}.", "news")
        return flash(f"Consulta marcada para {at}. Código {booked.code}.", "good")

    def _not_so(self, asked: Asked, said: str) -> tuple[str, int]:
        try:
            hold = self._keep(asked)
        except SlotTaken:
            return self._gone(asked, said)
        return self._page(asked, hold, said), TAKEN

    def _gone(self, asked: Asked, said: str = "") -> tuple[str, int]:
        """Somebody else has it: say so, with the next three."""
        self._clinic.portal.keeper.let_go(keeps(viewer()))
        return self._lost("portal/gone.html", asked, said), TAKEN

    def _lost(self, template: str, asked: Asked, said: str = "") -> str:
        others, zone = self._others(asked), self._clinic.units.get(asked.slot.unit_id).tz
        if asked.slot.starts_at <= self._clinic.clock():
            said = portal_words.OFFERED_NO_MORE
        query = asked.wish.query(specialty=asked.offer.terms.specialty_id)
        at = [(one, url_for("booking.confirm", slot_id=one.id, **query)) for one in others]
        said = said or portal_words.gone(others, zone, asked.slot.starts_at)
        return self._render(template, asked, said=said, others=at)

    def _others(self, asked: Asked) -> list[SlotInfo]:
        terms = asked.offer.terms
        if terms.specialty_id is None:
            return []
        criteria = Criteria(
            terms.specialty_id, asked.slot.doctor_id, asked.wish.unit, terms.payer_id, asked.wish.modality,
            minutes=terms.kind.minutes, margin=terms.kind.margin,
        )  # fmt: skip
        next_free = self._clinic.agenda.next_free
        return next_free(criteria, asked.slot.starts_at, OTHERS, (asked.slot.id,)) or next_free(criteria, None, OTHERS)

    def _page(self, asked: Asked, hold: Hold, said: str = "") -> str:
        wrong = next((one for one in asked.offer.conflicts if one.what in FORBID), None)
        if wrong and wrong.booking and not said:
            zone = self._clinic.units.get(wrong.booking.unit_id).tz
            said = portal_words.OVERLAPS.format(when=when(wrong.booking.starts_at, zone))
        elif wrong and wrong.what == "quota":
            said = portal_words.QUOTA
        elif wrong and wrong.what == "no_shows":
            said = self._by_people(asked)
        elif wrong and not said:
            said = portal_words.TOO_MANY.format(limit=wrong.number)
        profile = self._clinic.profile.get()
        return self._render(
            "portal/confirm.html", asked, said=said, hold=hold, possible=wrong is None, people=people_of(self._clinic),
            once=request.form.get("once") or secrets.token_urlsafe(12), minutes=profile.hold_minutes,
            retorno=asked.offer.terms.kind.code == "return", notice=profile.notice_hours,
            payer_options=self._payers(asked), people_tabs=_people_tabs(asked, people_of(self._clinic)),
        )  # fmt: skip

    def _by_people(self, asked: Asked) -> str:
        """Whom to talk to; nothing is said of what was missed."""
        number = self._clinic.units.get(asked.slot.unit_id).phone
        return portal_words.BY_PEOPLE.format(phone=f": ligue para {phone(number)}" if number else "")

    def _payers(self, asked: Asked) -> list[tuple[int, str]]:
        """Who may pay; the price stands beside particular alone, for a retorno there is none (CFM 1.958/2010)."""
        price = self._clinic.directory.price(asked.slot.doctor_id, asked.offer.terms.kind.id)
        if asked.offer.terms.kind.code == "return" or price is None:
            return asked.offer.payer_options
        return [(one.id, f"{one.name} ({reais(price)})" if one.private else one.name) for one in asked.offer.payers]

    def _render(self, template: str, asked: Asked, **more: object) -> str:
        roster, slot = self._clinic.desk.roster(), asked.slot
        found = self._clinic.portal.finder.one(slot.doctor_id, asked.offer.terms.specialty_id)
        return render_template(
            template, asked=asked, slot=slot, terms=asked.offer.terms, offer=asked.offer, wish=asked.wish,
            roster=roster, doctor=roster.doctors[slot.doctor_id], found=found, unit=roster.unit[slot.unit_id],
            zone=roster.unit[slot.unit_id].tz, steps=STEPS, **more,
        )  # fmt: skip


def _booked_so(asked: Asked) -> Booking | None:
    """Their own visit at this very time, if that is why it is taken."""
    wanted = (asked.slot.doctor_id, asked.slot.starts_at)
    theirs = (one.booking for one in asked.offer.conflicts if one.booking and one.what == "overlaps")
    return next((one for one in theirs if (one.doctor_id, one.starts_at) == wanted), None)


def _people_tabs(asked: Asked, people: list[Person]) -> list[tuple[str, str, bool]]:
    """For whom: each a link to the same time."""

    def at(one: Person) -> str:
        return url_for("booking.confirm", slot_id=asked.slot.id, **asked.wish.query(patient=one.id))

    return [(one.name, at(one), one.id == asked.person.id) for one in people]


def _to(path: str) -> Response:
    return redirect(path, 303)  # type: ignore[return-value]


def blueprint(clinic: "Clinic") -> Blueprint:
    """The pages below /portal/marcar."""
    page = Blueprint("booking", __name__, url_prefix="/portal/marcar")
    views, doors = Book(clinic), Doors(page)
    portal_find.register(page, clinic)
    doors.rule("/<int:slot_id>", "confirm", views.confirm, allow=PATIENTS)
    doors.rule("/<int:slot_id>", "book", views.book, allow=PATIENTS, methods=["POST"])
    doors.rule("/<int:slot_id>/livre", "free", views.free, allow=PATIENTS)
    doors.rule("/voltar", "back", views.back, allow=PATIENTS, methods=["POST"])
    return page
