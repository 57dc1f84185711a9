"""What is free in one round through the waiting list: looked up once for all who wish the same."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from clinic.agenda import Agenda
from clinic.kinds import KindInfo
from clinic.slots import Criteria, SlotInfo
from clinic.waiting.wishes import Wish

MOST_SLOTS, MOST_OF_MANY = 40, 400
"""So many times are looked at for a wish; where times were free that did not suit, more, for they are free still."""


class FreeTimes:
    """From `soonest` on. `freed`: doctor, start, end and moment of what was given back; `ahead`: the booking window."""

    def __init__(self, agenda: Agenda, soonest: datetime, freed: Iterable[Any], ahead: timedelta) -> None:
        self._agenda, self._soonest, self._ahead = agenda, soonest, ahead
        self._found: dict[tuple[Criteria, bool], list[SlotInfo]] = {}
        self._latest: dict[int, datetime | None] = {}
        self._freed: dict[int, list[Any]] = defaultdict(list)
        for one in freed:
            self._freed[one.doctor_id].append(one)

    def of(self, wish: Wish, kind: KindInfo) -> list[SlotInfo]:
        """What is long enough and fits, and was not to be had when they said that nothing suits."""
        key = replace(wish.criteria, minutes=kind.minutes, margin=kind.margin), wish.after_slot is not None
        if key not in self._found:
            most = MOST_OF_MANY if key[1] else MOST_SLOTS
            self._found[key] = self._agenda.next_free(key[0], self._soonest, most)
        return [one for one in self._found[key] if self._is_news(wish, one)]

    def _is_news(self, wish: Wish, slot: SlotInfo) -> bool:
        """What the days that go by bring into the booking window is none."""
        if wish.after_slot is None:
            return True
        if slot.id > wish.after_slot and slot.starts_at < wish.created_at + self._ahead:
            return True
        latest = self._given_back(slot)
        return latest is not None and latest > wish.created_at

    def _given_back(self, slot: SlotInfo) -> datetime | None:
        """When it was given back last."""
        if slot.id not in self._latest:
            mine = (
                one.at for one in self._freed.get(slot.doctor_id, ()) if one.starts_at <= slot.starts_at < one.ends_at
            )
            self._latest[slot.id] = max(mine, default=None)
        return self._latest[slot.id]
