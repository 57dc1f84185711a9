"""On which terms a kept time would be booked, as who it is offered to is told: on a link's page and on the portal."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clinic.waiting.rows import Offered

if TYPE_CHECKING:
    from clinic.services import Clinic


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """Who pays, how much ("particular" with a price), whether the doctor must agree.

    `alone`: whether they may say yes here; if not, they call `phone` ("" where the unit has none).
    """

    payer: str
    price_cents: int | None
    approves: bool
    alone: bool
    phone: str


def terms_of(clinic: "Clinic", offered: Offered) -> OfferTerms:
    """The terms of one that is open."""
    roster, offers = clinic.desk.roster(), clinic.waiting_list.offers
    terms = offers.terms(offered).terms
    payer = roster.payer.get(terms.payer_id or 0)
    alone = offers.may_alone(offers.person(offered))
    phone = roster.unit[offered.unit_id].phone or ""
    return OfferTerms(payer.name if payer else "", terms.price_cents, terms.approves, alone, phone)
