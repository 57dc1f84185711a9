"""Booking at the desk: a time, a patient, the terms; what stands in the way is told before anything is saved."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, Response, make_response, render_template, request

from admin_web import desk_words
from admin_web.access import STAFF, Doors, viewer
from admin_web.address import day_near, number
from admin_web.desk import LeftAgenda, Reception, back_to, in_drawer
from admin_web.desk_answers import done
from admin_web.wait_words import Wait, wait_beyond
from clinic.bookings import AfterNoShows, NotAllowed, Overlaps, SlotTaken
from clinic.bookings import Booking as Booked
from clinic.offers import Offer, Wanted
from clinic.people import Person
from clinic.quotas import QuotaFull
from clinic.series_rows import CancelledSince
from clinic.slots import Criteria, SlotInfo
from clinic.terms import Terms
from clinic.waiting.rows import FOR_WHO_WAITS
from clinic.written import one_line

if TYPE_CHECKING:
    from clinic.services import Clinic

LONGEST_SEARCH = 120
TAKEN, GONE = 409, 410
LONGEST_REASON = 200
LATEST = 2**32
WHY = "Este paciente faltou várias vezes: escreva por que a consulta é marcada mesmo assim."
NOT_VALID = "Estas condições não valem mais com este médico. Confira o tipo e o convênio."
GIVEN_UP = "Esta consulta já tinha sido marcada, e foi cancelada ou mudou depois: nada foi marcado agora."
TIME_STANDS = (WHY, NOT_VALID, GIVEN_UP)
ABOUT_TIME = ("too_short", "margin")
"""What is in the way of a time that is still free: who hears that it is gone need not hear that it is short."""


class Booking:
    """One page in two steps: who, then on what terms."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic, self._desk = clinic, Reception(clinic)

    def page(self) -> str | tuple[str, int]:
        """The search, or the terms once somebody is chosen."""
        try:
            slot = self._desk.slot(number(request.args.get("horario")))
        except LeftAgenda:
            return self._left(request.args)
        person = self._person(request.args.get("paciente"), request.args.get("pre"))
        if person is None:
            return self._search(slot)
        return self._terms(slot, person, self._wanted(request.args))

    def hold(self) -> Response:
        """Keep the time while the drawer is open; 409 and what to do when somebody else has it."""
        try:
            slot = self._desk.slot(number(request.form.get("horario")))
            self._clinic.desk.bookings.hold_one(slot, viewer().ref)
        except LeftAgenda:
            return make_response({"said": desk_words.LEFT}, GONE)
        except SlotTaken:
            return make_response({"said": self._gone(slot)}, TAKEN)
        self._clinic.live.put("slot", slot.id, slot.unit_id, slot.doctor_id)
        return Response(status=204)

    def let_go(self) -> Response:
        """The drawer was closed."""
        self._clinic.desk.bookings.release_all(viewer().ref)
        unit, ours = number(request.form.get("unidade")), viewer().unit_ids
        if unit and (not ours or unit in ours):
            self._clinic.live.put("slot", 0, unit)
        return Response(status=204)

    def book(self) -> Response | tuple[str, int]:
        """Make the appointment; the same form sent twice makes one."""
        given = request.form
        try:
            slot = self._desk.slot(number(given.get("horario")))
        except LeftAgenda:
            return self._left(given)
        person = self._person(given.get("paciente"), given.get("pre"))
        if person is None:
            return self._search(slot, "Escolha primeiro o paciente."), 422
        wanted, by = self._wanted(given), viewer().ref
        offer = self._clinic.desk.offers.offer(person, slot, wanted, by)
        knowing = given.get("ciente") == "cota"
        try:
            booked = self._book(person, slot, offer.terms, given.get("once", ""), given.get("motivo", ""), knowing)
        except CancelledSince:
            gone = self._held_by_other(slot, offer.terms)
            return self._terms(slot, person, wanted, f"{GIVEN_UP} {gone}".strip()), TAKEN
        except AfterNoShows:
            return self._terms(slot, person, wanted, WHY), TAKEN
        except QuotaFull:  # filled since the page was made: it is told there
            return self._terms(slot, person, wanted), TAKEN
        except Overlaps:
            return self._terms(slot, person, wanted), TAKEN
        except SlotTaken:
            return self._terms(slot, person, wanted, self._gone(slot, offer.terms)), TAKEN
        except NotAllowed:
            return self._terms(slot, person, wanted, NOT_VALID), TAKEN
        if knowing and offer.over_quota:
            self._clinic.audit.add_once(by, "quota.knowing", "appointment", booked.id)
        zone = self._desk.all_units()[slot.unit_id].tz
        when = slot.starts_at.astimezone(zone)
        name = person.name or "Pré-cadastro"
        said = f"{name}: consulta marcada para {when:%d/%m às %H:%M}. Código {booked.code}."
        if booked.status == "pending":
            said = f"{name}: pedido registrado para {when:%d/%m às %H:%M}. O médico ainda precisa aceitar."
        return done(said, back_to(when.date()))

    def _book(self, person: Person, slot: SlotInfo, terms: Terms, once: str, typed: str, over_quota: bool) -> Booked:
        bookings, by, kind = self._clinic.desk.bookings, viewer().ref, terms.kind
        hold = bookings.hold_for(once, slot, by, kind.minutes, kind.margin)
        reason = one_line(typed)[:LONGEST_REASON]
        try:
            key = f"{by}:{once}"[:120] if once else None
            booked = bookings.book_for(person, hold, terms, by, key, reason, over_quota)
        finally:
            self._clinic.bookings.release(hold)  # this one only: another tab may hold another time
        if booked.status == "cancelled":
            raise CancelledSince
        return booked

    def _person(self, patient: str | None, pre: str | None) -> Person | None:
        try:
            if patient_id := number(patient):
                return self._clinic.desk.bookings.person("patient", patient_id)
            if pre_id := number(pre):
                return self._clinic.desk.bookings.person("pre_registration", pre_id)
        except KeyError:
            return None
        return None

    @staticmethod
    def _wanted(given: "object") -> Wanted:
        ask = given.get  # type: ignore[attr-defined]
        return Wanted(number(ask("especialidade")), number(ask("tipo")), number(ask("convenio")), ask("modalidade"))

    def _search(self, slot: SlotInfo, said: str = "") -> str:
        typed = request.args.get("q", "")[:LONGEST_SEARCH]
        found = self._clinic.desk.search.find(typed, viewer().ref) if typed else []
        return self._render("agenda/find.html", slot, q=typed, found=found, said=said or self._held_by_other(slot))

    def _terms(self, slot: SlotInfo, person: Person, wanted: Wanted, said: str = "") -> str:
        offer: Offer = self._clinic.desk.offers.offer(person, slot, wanted, viewer().ref)
        said = said or self._held_by_other(slot, offer.terms)
        zone, gone = self._desk.all_units()[slot.unit_id].tz, said not in ("", *TIME_STANDS)
        conflicts = [one for one in offer.conflicts if not (gone and one.what in ABOUT_TIME)]
        return self._render(
            "agenda/book.html", slot, person=person, offer=offer, said=said, once=secrets.token_urlsafe(12),
            reason=request.values.get("motivo", ""), why=WHY, longest=LONGEST_REASON,
            conflicts=[(one, desk_words.conflict(one, zone)) for one in conflicts],
            others=self._others(slot, offer.terms) if said not in ("", WHY, GIVEN_UP) or not offer.possible else [],
            wait=self._wait(slot, offer.terms),
        )  # fmt: skip

    def _wait(self, slot: SlotInfo, terms: Terms) -> Wait | None:
        """Where the time comes later than the convênio may let people wait; a retorno is the doctor's to set."""
        if terms.specialty_id is None or terms.kind.code == "return":
            return None
        kind = terms.kind
        criteria = Criteria(terms.specialty_id, payer_id=terms.payer_id, minutes=kind.minutes, margin=kind.margin)
        return wait_beyond(self._clinic, criteria, slot)

    def _left(self, given: Mapping[str, str]) -> tuple[str, int]:
        """The time is there no more: what happened, others of the same doctor, and the way back to its day."""
        was, person = self._was(given), self._person(given.get("paciente"), given.get("pre"))
        if was is None:
            came = parse_qs(urlsplit(request.referrer or "").query).get("dia", [""])
            day, others = day_near(came[0], self._desk.today()), []
        else:
            day, others = was.starts_at.astimezone(self._desk.all_units()[was.unit_id].tz).date(), self._others(was)
        found = render_template(
            "agenda/left.html", drawer=in_drawer(), was=was, day=day, back=back_to(day), person=person, others=others,
            roster=self._clinic.desk.roster(),
        )  # fmt: skip
        return found, GONE

    def _was(self, given: Mapping[str, str]) -> SlotInfo | None:
        """Whose time it was, and when, as the page said of it (see `_named`)."""
        named = [number(one) for one in given.get("era", "").split("-")]
        if len(named) != 3 or None in named:
            return None
        doctor_id, unit_id, at = (one or 0 for one in named)
        known = doctor_id in self._clinic.desk.roster().doctors and unit_id in {one.id for one in self._desk.units()}
        if not known or at > LATEST:
            return None
        starts_at = datetime.fromtimestamp(at, UTC)
        return SlotInfo(0, doctor_id, unit_id, "any", starts_at, starts_at)

    def _render(self, template: str, slot: SlotInfo, **more: object) -> str:
        roster = self._clinic.desk.roster()
        return render_template(
            template, drawer=in_drawer(), slot=slot, was=_named(slot), doctor=roster.doctors[slot.doctor_id],
            roster=roster, unit=roster.unit[slot.unit_id], zone=roster.unit[slot.unit_id].tz, desk_words=desk_words,
            **more,
        )  # fmt: skip

    def _held_by_other(self, slot: SlotInfo, terms: Terms | None = None) -> str:
        """Told before anybody is searched for, and before anything is filled in."""
        return "" if self._clinic.desk.bookings.is_free(slot, viewer().ref) else self._gone(slot, terms)

    def _gone(self, slot: SlotInfo, terms: Terms | None = None) -> str:
        """As look.md wants it: what happened, and other times."""
        keeper = self._clinic.desk.bookings.keeper(slot)
        if keeper.startswith(FOR_WHO_WAITS):
            return desk_words.KEPT
        near = self._others(slot, terms)
        zone = self._desk.all_units()[slot.unit_id].tz
        times = desk_words.others([one.starts_at for one in near], slot.starts_at, zone)
        what = "está sendo reservado por outra pessoa" if keeper else "acabou de ser reservado"
        what = what if slot.starts_at > self._clinic.clock() else "já passou"
        return f"Este horário {what}. Escolha outro{': ' + times if times else ''}."

    def _others(self, slot: SlotInfo, terms: Terms | None = None) -> list[SlotInfo]:
        """Three times of the same doctor after that one, as long as the visit is where its `terms` are known."""
        roster = self._clinic.desk.roster()
        specialties = [one.id for one in roster.specialties if slot.doctor_id in roster.announceable[one.id]]
        if not specialties:
            return []
        criteria = Criteria(specialties[0], doctor_id=slot.doctor_id, unit_id=slot.unit_id)
        if terms:
            criteria = replace(criteria, minutes=terms.kind.minutes, margin=terms.kind.margin)
        return self._clinic.agenda.next_free(criteria, after=slot.starts_at, limit=3, exclude=(slot.id,))


def _named(slot: SlotInfo) -> str:
    """What tells of a time once it has left the agenda."""
    return f"{slot.doctor_id}-{slot.unit_id}-{int(slot.starts_at.timestamp())}"


def register(page: Blueprint, clinic: "Clinic") -> None:
    """The addresses of booking, below /agenda."""
    views, doors = Booking(clinic), Doors(page)
    doors.rule("/marcar", "book", views.page, allow=STAFF)
    doors.rule("/marcar", "do_book", views.book, allow=STAFF, methods=["POST"])
    doors.rule("/reservar", "hold", views.hold, allow=STAFF, methods=["POST"])
    doors.rule("/soltar", "let_go", views.let_go, allow=STAFF, methods=["POST"])
