"""Booking, moving, cancelling: who may have which time."""

import pytest

from clinic.bookings import SlotTaken


def test_a_slot_is_booked_once(clinic):
    slot = clinic.slot()
    clinic.book("alice", slot)
    with pytest.raises(SlotTaken):
        clinic.bookings.hold(slot, by="another-call")
