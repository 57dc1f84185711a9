"""Slots that follow each other without a gap, and so give time enough together."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from clinic.slots import SlotInfo


def long_enough(slot: SlotInfo, minutes: int) -> bool:
    """Whether one slot alone gives the time that is needed."""
    return slot.ends_at - slot.starts_at >= timedelta(minutes=minutes)


def chains(slots: Iterable[SlotInfo], minutes: int) -> list[SlotInfo]:
    """Those from which on, with the ones that follow without a gap, there is time enough; in order of time."""
    by_doctor = sorted(slots, key=lambda slot: (slot.doctor_id, slot.starts_at))
    good = [
        slot
        for _, group in groupby(by_doctor, key=lambda slot: slot.doctor_id)
        for slot in _long_starts(list(group), timedelta(minutes=minutes))
    ]
    return sorted(good, key=time_and_id)


def _long_starts(row: Sequence[SlotInfo], need: timedelta) -> Iterator[SlotInfo]:
    """Backwards: how far does the free time go on from each slot?"""
    until: datetime | None = None
    for slot, after in zip(reversed(row), [None, *reversed(row)], strict=False):
        until = until if until and after and _joined(slot, after) else slot.ends_at
        if until - slot.starts_at >= need:
            yield slot


def _joined(slot: SlotInfo, after: SlotInfo) -> bool:
    return (slot.ends_at, slot.unit_id, slot.modality) == (after.starts_at, after.unit_id, after.modality)


def time_and_id(slot: SlotInfo) -> tuple[datetime, int]:
    """The order of what is offered."""
    return slot.starts_at, slot.id
