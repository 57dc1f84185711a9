"""/waiting-list: who waits for a time, joining, leaving, answering what is offered; by the rules of desk and portal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import abort

from admin_web import offer_words
from admin_web.access import PATIENTS, STAFF, viewer
from admin_web.api.answering import not_found_unless
from admin_web.api.faults import Fault, unknown
from admin_web.api.operations import Asked, Operation, Part, Reply
from admin_web.api.paging import after_id, cursor
from admin_web.api.paging import part as first
from admin_web.api.waits import NewPlace, PlaceOffer, Places, PlacesQuery, ShownOffer, WaitingPlace
from clinic.access import may_see_unit
from clinic.people import Person
from clinic.slots import Criteria
from clinic.users import Viewer
from clinic.waiting.offers import OfferOver
from clinic.waiting.places import InLine
from clinic.waiting.rows import Offered
from clinic.waiting.wanted import Wanted, faults

if TYPE_CHECKING:
    from clinic.services import Clinic

WHO = STAFF | PATIENTS
LIST = "/waiting-list"
PLACE, OFFER = f"{LIST}/<int:place_id>", f"{LIST}/offers/<int:offer_id>"
DESK, WEB = "desk", "web"
FIELDS = {
    "specialty": "specialty_id", "doctor": "doctor_id", "unit": "unit_id", "payer": "payer_id",
    "payer_of_doctor": "payer_id", "payer_there": "payer_id", "unit_of_doctor": "unit_id",
}  # fmt: skip
NOT_SO = "Este médico não atende assim."


class WaitingList:
    """The operations."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def list(self, asked: Asked) -> Reply:
        """By id: of the units where one works or of any, or one's own and one's dependants'."""
        query: PlacesQuery = asked.query
        found = self._clinic.waiting_list.places.part(
            after_id(query.cursor), query.limit + 1, _units(asked.viewer), query.specialty_id,
            self._patients(asked.viewer, query.patient_id), query.unit_id,
        )  # fmt: skip
        some, more = first(found, query.limit)
        if some and _is_staff(asked.viewer):
            self._clinic.audit.add(asked.viewer.ref, "patient.listed", note=f"waiting: {len(some)}")
        following = cursor(some[-1].id) if more else None
        return Reply(Places(items=[_shown(one) for one in some], next_cursor=following), next=following)

    def get(self, asked: Asked) -> Reply:
        """One of them; reading it is written down."""
        line = self._line(asked.path["place_id"])
        if line.patient_id is not None:
            self._clinic.audit.add(asked.viewer.ref, "patient.read", "patient", line.patient_id, f"waiting:{line.id}")
        return Reply(_shown(line))

    def join(self, asked: Asked) -> Reply:
        """Into the list; the same wish twice is one place."""
        given: NewPlace = asked.body
        staff, person = _is_staff(asked.viewer), self._person(asked.viewer, given.patient_id)
        self._check(asked.viewer, given)
        try:
            place = self._clinic.waiting_list.join(
                person, given.specialty_id, DESK if staff else WEB, given.doctor_id, given.unit_id, given.payer_id,
                given.period, modality=given.modality,
                but_free=given.only_new or (not staff and self._free(given, person)),
            )  # fmt: skip
        except LookupError:
            raise Fault(409, "at-work", "O mesmo lugar está sendo mudado", "Repita em seguida.", wait=1) from None
        if staff:
            self._clinic.audit.add(asked.viewer.ref, "waiting.joined", "patient", person.id)
        return Reply(_shown(self._line(place.id)), location=f"{LIST}/{place.id}")

    def leave(self, asked: Asked) -> Reply:
        """They wait no more, and what was kept for them is free."""
        line, looking = self._line(asked.path["place_id"]), asked.viewer
        if _is_staff(looking):
            if line.offer and not may_see_unit(looking, line.offer.unit_id):
                abort(404)
            left = self._clinic.waiting_list.offers.leave(line.id, "left", looking.ref)
        else:
            left = self._clinic.waiting_list.leave(self._person(looking, line.patient_id or 0), line.id)
        return Reply() if left else abort(404)

    def offer(self, asked: Asked) -> Reply:
        """What was offered, and what has become of it; reading it is written down."""
        offered = self._clinic.waiting_list.offers.get(asked.path["offer_id"])
        if offered.patient_id is not None:
            note = f"offer:{offered.id}"
            self._clinic.audit.add(asked.viewer.ref, "patient.read", "patient", offered.patient_id, note)
        return self._offer(asked)

    def accept(self, asked: Asked) -> Reply:
        """The time is theirs, or is asked for; twice is once."""
        via = DESK if _is_staff(asked.viewer) else WEB
        try:
            self._clinic.waiting_list.offers.accept(asked.path["offer_id"], via, asked.viewer.ref)
        except OfferOver as over:
            raise _over(over) from None
        return self._offer(asked)

    def decline(self, asked: Asked) -> Reply:
        """Another one may have it; they wait on."""
        via = DESK if _is_staff(asked.viewer) else WEB
        try:
            self._clinic.waiting_list.offers.end(asked.path["offer_id"], "declined", via, asked.viewer.ref)
        except OfferOver as over:
            raise _over(over) from None
        return self._offer(asked)

    def is_theirs(self, place_id: int) -> bool:
        """Whether somebody waits there, whom they may see."""
        looking, line = viewer(), self._clinic.waiting_list.places.one(place_id)
        if line is None:
            return False
        if _is_staff(looking):
            return line.unit_id is None or may_see_unit(looking, line.unit_id)
        return line.patient_id in self._clinic.access.acts_for(looking)

    def is_offered(self, offer_id: int) -> bool:
        """Whether it is theirs to answer."""
        looking = viewer()
        try:
            offered = self._clinic.waiting_list.offers.get(offer_id)
        except KeyError:
            return False
        if _is_staff(looking):
            return may_see_unit(looking, offered.unit_id)
        return offered.patient_id in self._clinic.access.acts_for(looking)

    def _patients(self, looking: Viewer, wanted: int | None) -> Sequence[int] | None:
        """Whose places are listed; None for everybody's."""
        if _is_staff(looking):
            return None if wanted is None else [wanted]
        return [one for one in self._clinic.access.acts_for(looking) if wanted in (None, one)]

    def _person(self, looking: Viewer, patient_id: int) -> Person:
        """Staff act for all, patients for themselves and their dependants."""
        if not _is_staff(looking) and patient_id not in self._clinic.access.acts_for(looking):
            raise unknown("patient_id")
        try:
            return self._clinic.desk.bookings.person("patient", patient_id)
        except KeyError:
            raise unknown("patient_id") from None

    def _check(self, looking: Viewer, given: NewPlace) -> None:
        """Raises Fault for what does not fit: nothing else is written in its place."""
        staff, units = _is_staff(looking), self._clinic.units.all()
        mine = {one.id for one in units if not staff or may_see_unit(looking, one.id)}
        asked = Wanted(given.specialty_id, given.doctor_id, given.unit_id, given.payer_id)
        wrong = {FIELDS[one]: offer_words.WISH[one] for one in faults(self._clinic.desk.roster(), mine, asked)}
        wrong |= {} if staff or wrong else self._not_announced(given)
        if wrong:
            errors = [{"field": field, "message": said} for field, said in wrong.items()]
            raise Fault(422, "not-allowed", "Não se pode esperar por isto", "Confira os campos.", errors)

    def _not_announced(self, given: NewPlace) -> dict[str, str]:
        """What patients are not shown, and so do not wait for."""
        finder = self._clinic.portal.finder
        if given.doctor_id is None:
            known = given.specialty_id in {one.id for one in finder.specialties()}
            return {} if known else {"specialty_id": offer_words.WISH["specialty"]}
        found = finder.one(given.doctor_id, given.specialty_id)
        if found is None:
            return {"doctor_id": offer_words.WISH["doctor"]}
        wrong = {} if given.unit_id in (None, *(one.id for one in found.units)) else {"unit_id": NOT_SO}
        return wrong | ({} if given.modality in (None, *found.modalities) else {"modality": NOT_SO})

    def _free(self, given: NewPlace, person: Person) -> bool:
        """Whether there is a time already, long enough and as they wish, which does not suit them."""
        kind = self._clinic.directory.kind_for(person, given.doctor_id, given.specialty_id)
        criteria = Criteria(
            given.specialty_id, given.doctor_id, given.unit_id, given.payer_id, given.modality, given.period,
            kind.minutes, kind.margin,
        )  # fmt: skip
        return bool(self._clinic.agenda.next_free(criteria, limit=1))

    def _line(self, place_id: int) -> InLine:
        return self._clinic.waiting_list.places.one(place_id) or abort(404)

    def _offer(self, asked: Asked) -> Reply:
        offers = self._clinic.waiting_list.offers
        offered: Offered = offers.get(asked.path["offer_id"])
        values = {name: getattr(offered, name) for name in ShownOffer.model_fields.keys() - {"place_id"}}
        standing = {"place_id": offered.waiting_id, "status": offers.standing(offered)}
        return Reply(ShownOffer.model_validate(values | standing))


def _is_staff(looking: Viewer) -> bool:
    return bool(looking.roles & STAFF)


def _units(looking: Viewer) -> Sequence[int]:
    """Those an attendant works at, where not at all of them; none: all."""
    return [] if looking.roles - {"attendant"} & STAFF else sorted(looking.unit_ids)


def _over(over: OfferOver) -> Fault:
    return Fault(
        409, f"offer-{over.status}", "Esta oferta não está mais em aberto", offer_words.OVER.get(over.status, "")
    )


def _shown(line: InLine) -> WaitingPlace:
    offer = PlaceOffer.model_validate(line.offer) if line.offer else None
    values = {
        name: getattr(line, name) for name in WaitingPlace.model_fields if name not in ("offer", "offered_before")
    }
    return WaitingPlace.model_validate({**values, "offered_before": line.offers, "offer": offer})


def part(clinic: "Clinic") -> Part:
    """What this module adds to the API."""
    own = WaitingList(clinic)
    theirs, offered = not_found_unless(own.is_theirs), not_found_unless(own.is_offered)
    reads, writes = "appointments:read", "appointments:write"
    return Part("Lista de espera", [
        Operation("GET", LIST, "list_waiting", "Quem espera por um horário", own.list, WHO, reads, query=PlacesQuery,
                  shows=Places, refuses=(422,),
                  about="A equipe vê quem espera nas suas unidades, ou em qualquer uma, e o que lhe foi oferecido, "
                        "onde for: a recepção de lá responde, para as outras a oferta dá 404. Pacientes, a si e a seus "
                        "dependentes."),
        Operation("POST", LIST, "join_waiting", "Entrar na lista de espera", own.join, WHO, writes, body=NewPlace,
                  shows=WaitingPlace, status=201, once=True,
                  about="O mesmo pedido duas vezes é um lugar só, o primeiro."),
        Operation("GET", PLACE, "get_waiting", "Ler um lugar da lista", own.get, WHO, reads, shows=WaitingPlace,
                  guard=theirs),
        Operation("DELETE", PLACE, "leave_waiting", "Sair da lista de espera", own.leave, WHO, writes, status=204,
                  guard=theirs, about="O que estava guardado para a pessoa fica livre na hora."),
        Operation("GET", OFFER, "get_offer", "Ler uma oferta e o que foi feito dela", own.offer, WHO, reads,
                  shows=ShownOffer, guard=offered),
        Operation("POST", f"{OFFER}/accept", "accept_offer", "Aceitar o horário oferecido", own.accept, WHO, writes,
                  shows=ShownOffer, guard=offered, refuses=(409, 422),
                  about="Marca a consulta (ou o pedido, onde o médico aceita antes); duas vezes é uma vez."),
        Operation("POST", f"{OFFER}/decline", "decline_offer", "Deixar o horário para outra pessoa", own.decline, WHO,
                  writes, shows=ShownOffer, guard=offered, refuses=(409,),
                  about="A pessoa continua na lista de espera."),
    ])  # fmt: skip
