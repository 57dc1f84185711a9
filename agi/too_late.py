"""What becomes of the clinic's work that ended after the caller was handed to a person: it is taken back."""

from collections.abc import Mapping

from agi.patience import LateHandler, LateResult
from clinic.services import Clinic


def _withdraw(clinic: Clinic, late: LateResult) -> None:
    """Nobody heard of this booking; the desk reads in its history why it is gone, unless it took it over already."""
    clinic.bookings.withdraw(late.kwargs["key"])


def _release(clinic: Clinic, late: LateResult) -> None:
    """Nobody chose this slot any more."""
    clinic.bookings.release(late.result)


LATE: Mapping[str, LateHandler] = {
    "bookings.hold": _release,
    "bookings.book": _withdraw,
    "bookings.reschedule": _withdraw,
}
"""By service and method, as `agi.patience.patient` takes it."""
