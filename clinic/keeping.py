"""A time kept for who is deciding on the portal: the telephone's hold, not longer for who opens the page again."""

from sqlalchemy import or_, select

from clinic.desk_bookings import DeskBookings
from clinic.holds import Hold, SlotTaken
from clinic.kinds import NO_MARGIN, Margin
from clinic.margins import length
from clinic.slots import SlotInfo
from db.session import Database
from db.tables import Slot


class Keeper:
    """Each person keeps one time at once; `by` says who, as "portal:12"."""

    def __init__(self, database: Database, bookings: DeskBookings) -> None:
        self._database, self._bookings = database, bookings

    def slot(self, slot_id: int) -> SlotInfo:
        """One time of the agenda, free or not. Raises KeyError."""
        return self._bookings.slot(slot_id)

    def keep(
        self, slot: SlotInfo, by: str, minutes: int, margin: Margin = NO_MARGIN, moving: int = 0, once: str = ""
    ) -> Hold:
        """The hold somebody has on this time already, or a new one in place of any other. Raises SlotTaken."""
        here = or_(Slot.id == slot.id, Slot.hold_token.like(f"%-{slot.id}-%")) if moving else Slot.id == slot.id
        row = self._database.first(select(Slot.hold_token).where(here, Slot.hold_token.between(f"{by}:", f"{by};")))
        if row and row[0] and (kept := self._still(row[0], slot, minutes, margin, moving)):
            return kept
        return self._bookings.hold_one(slot, by, minutes, margin, moving, once)

    def nothing(self, slot: SlotInfo, by: str) -> Hold:
        """For a form whose time is taken: maybe by itself (see DeskBookings.hold_for)."""
        return self._bookings.nothing_held(slot, by)

    def let_go(self, by: str) -> None:
        """Nothing is kept for them any more."""
        self._bookings.release_all(by)

    def _still(self, token: str, slot: SlotInfo, minutes: int, margin: Margin, moving: int) -> Hold | None:
        try:
            hold = self._bookings.held(token, moving)
        except SlotTaken:
            return None
        enough = hold.slot.id == slot.id and length(hold.slot) >= minutes
        return hold if enough and self._bookings.covers(hold, minutes, margin, moving) else None
