"""Which queue an id goes into: that of the medium by which its hearer is reached now."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from clinic.broker.queues import ADDRESSING, BY_MEDIUM
from clinic.media.outgoing import Medium
from clinic.outbox import contacts
from clinic.outbox.claims import Row
from db.session import Database
from db.tables import Appointment, OutboxRow, Patient, Waiting, WaitingOffer

OFFER = "offer"
_A, _O, _P, _W, _F = Appointment, OutboxRow, Patient, Waiting, WaitingOffer
HEARERS = contacts.joined(
    select(_O.id.label("row"), _O.audience).join(_A, _A.id == _O.appointment_id).outerjoin(_P, _P.id == _A.patient_id)
)
OFFERED = contacts.of_patients(
    select(_O.id.label("row"), _O.audience)
    .join(_F, _F.id == _O.offer_id)
    .join(_W, _W.id == _F.waiting_id)
    .outerjoin(_P, _P.id == _W.patient_id),
    _W,
)
"""Who waits has no appointment yet."""


class Routes:
    """Finds the queues of rows."""

    def __init__(self, database: Database, media: Mapping[str, Medium]) -> None:
        self._database, self._media = database, media

    def of(self, rows: Sequence[Row]) -> dict[int, str]:
        """The queue of each row, by its id. Who sends it looks again: this is only where the work is done."""
        known = {row.id: "webhook" if row.subscription_id else row.medium for row in rows}
        open_ones = [row for row in rows if known[row.id] is None and row.audience is not None]
        of_offers = [row.id for row in open_ones if row.kind == OFFER]
        of_visits = [row.id for row in open_ones if row.kind != OFFER]
        for hearers, ids in ((HEARERS, of_visits), (OFFERED, of_offers)):
            for hearer in self._database.rows(hearers.where(_O.id.in_(ids))) if ids else ():
                reached = contacts.contact(hearer, hearer.audience, self._media)
                known[hearer.row] = reached.medium if reached else None
        return {one: BY_MEDIUM.get(medium or "", ADDRESSING) for one, medium in known.items()}
