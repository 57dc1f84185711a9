"""What is free in one round through the waiting list: looked up once for all who wish the same."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from clinic.agenda import Agenda
from clinic.kinds import KindInfo
from clinic.margins import length, reach, reach_of
from clinic.slots import Criteria, SlotInfo
from clinic.waiting.wishes import Wish

MOST_SLOTS, MOST_OF_MANY = 40, 400
"""So many times are looked at for a wish; where times were free that did not suit, more, for they are free still."""


class FreeTimes:
    """From `soonest` on. `freed`: doctor and moment of what was given back, and a row of VISITS; `ahead`: the booking
    window."""

    def __init__(self, agenda: Agenda, soonest: datetime, freed: Iterable[Any], ahead: timedelta) -> None:
        self._agenda, self._soonest, self._ahead = agenda, soonest, ahead
        self._found: dict[tuple[Criteria, bool], list[SlotInfo]] = {}
        self._latest: dict[tuple[int, int], datetime | None] = {}
        self._freed: dict[int, list[tuple[datetime, datetime, datetime]]] = defaultdict(list)
        for one in freed:
            self._freed[one.doctor_id].append((*reach_of(one), one.at))

    def of(self, wish: Wish, kind: KindInfo) -> list[SlotInfo]:
        """What is long enough and fits, and was not to be had when they said that nothing suits."""
        key = wish.for_a(kind), wish.after_slot is not None
        if key not in self._found:
            most = MOST_OF_MANY if key[1] else MOST_SLOTS
            self._found[key] = self._agenda.next_free(key[0], self._soonest, most)
        return [one for one in self._found[key] if self._is_news(wish, one, kind)]

    def _is_news(self, wish: Wish, slot: SlotInfo, kind: KindInfo) -> bool:
        """What the days that go by bring into the booking window is none."""
        if wish.after_slot is None:
            return True
        if slot.id > wish.after_slot and slot.starts_at < wish.created_at + self._ahead:
            return True
        latest = self._given_back(slot, kind)
        return latest is not None and latest > wish.created_at

    def _given_back(self, slot: SlotInfo, kind: KindInfo) -> datetime | None:
        """When something that such a visit needs, within it or beside it, was given back last."""
        key = slot.id, kind.id
        if key not in self._latest:
            minutes = max(kind.minutes, length(slot))
            start, end = reach(slot.starts_at, minutes, kind.margin_of(minutes))
            mine = (at for first, last, at in self._freed.get(slot.doctor_id, ()) if first < end and start < last)
            self._latest[key] = max(mine, default=None)
        return self._latest[key]
