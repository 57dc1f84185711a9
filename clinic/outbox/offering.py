"""The message that offers a freed time to one who waits for it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, func, select

from clinic.clock import Clock
from clinic.media.outgoing import Action, Medium, Outgoing
from clinic.messages.offer_links import OfferLinks
from clinic.messages.texts import Texts
from clinic.messages.variables import LINKS, Facts, Variables
from clinic.outbox import contacts
from clinic.outbox.claims import Row
from clinic.outbox.quiet import Quiet
from clinic.outbox.writing import Hushed, Later, Letter, Writer
from clinic.roster import Roster, Rosters
from db.prepared import Query
from db.session import Database
from db.tables import OutboxRow, Patient, Waiting, WaitingOffer

ANSWER = "Responder"
_F, _W, _P = WaitingOffer, Waiting, Patient
WANTED = Query(
    contacts.of_patients(
        select(_F.id, _F.status, _F.starts_at, _F.until, _F.doctor_id, _F.unit_id, _F.modality, _W.specialty_id)
        .add_columns(_W.payer_id, _W.modality.label("wished"), _W.protocol)
        .add_columns(func.coalesce(_P.social_name, _P.name, "").label("name"))
        .join(OutboxRow, OutboxRow.offer_id == _F.id)
        .join(_W, _W.id == _F.waiting_id)
        .outerjoin(_P, _P.id == _W.patient_id)
        .where(OutboxRow.id == bindparam("row")),
        _W,
    )
)


class OfferWriter:
    """Writes them: as long as the offer is open, at an hour at which one may be asked."""

    def __init__(
        self,
        database: Database,
        rosters: Rosters,
        texts: Texts,
        variables: Variables,
        links: OfferLinks,
        media: Mapping[str, Medium],
        hours: Quiet,
        pages_url: str,
        clock: Clock,
    ) -> None:
        self._database, self._rosters, self._texts, self._variables = database, rosters, texts, variables
        self._links, self._media, self._quiet, self._url, self._clock = links, media, hours, pages_url, clock

    def write(self, row: Row) -> Letter:
        """The message of an offer. Raises Hushed, Later."""
        found = self._database.ask(WANTED, {"row": row.id})
        if not found:
            raise Hushed("gone")
        offer, roster = found[0], self._rosters.get()
        self._check(offer, roster)
        reached = contacts.contact(offer, "patient", self._media)
        if reached is None:
            raise Hushed("no_medium")
        said = self._said(offer, roster, reached.medium)
        made = self._texts.render("offer", "patient", said)
        if reached.medium == "sms":
            return Letter("sms", Outgoing(row.uid, reached.to, "", made.short))
        actions = (Action(ANSWER, said["link_oferta"]),)
        return Letter(reached.medium, Outgoing(row.uid, reached.to, made.subject, made.text, actions))

    def _check(self, offer: Any, roster: Roster) -> None:
        now = self._clock()
        if offer.status != "open":
            raise Hushed(offer.status)
        if now >= offer.until:
            raise Hushed("past")
        if not self._texts.enabled("offer", "patient"):
            raise Hushed("off")
        allowed = self._quiet.allowed(now, roster.unit[offer.unit_id].tz)
        if allowed >= offer.until:
            raise Hushed("past")
        if allowed > now:
            raise Later(allowed)

    def _said(self, offer: Any, roster: Roster, via: str) -> dict[str, str]:
        own = roster.specialty[offer.specialty_id].kind_id
        kind = next((one.id for one in roster.kinds if one.id == own), roster.kinds[0].id)
        modality = offer.wished or "in_person" if offer.modality == "any" else offer.modality
        known = Facts(
            0, "", offer.starts_at, offer.doctor_id, offer.unit_id, offer.specialty_id, kind, offer.payer_id, modality,
            patient=offer.name, protocol=offer.protocol,
        )  # fmt: skip
        none_of_these = dict.fromkeys(LINKS.values(), "")
        link = f"{self._url}{self._links.make(offer.id, via)}"
        return {**self._variables.of(known, via, offer.until), **none_of_these, "link_oferta": link}


class AllWriter(Writer):
    """Writes the messages of appointments, and those that offer one."""

    def __init__(self, offers: OfferWriter, *more: Any) -> None:
        super().__init__(*more)
        self._offers = offers

    def write(self, row: Row) -> Letter:
        """The message of a row that is due. Raises Hushed, Later."""
        return self._offers.write(row) if row.kind == "offer" else super().write(row)
