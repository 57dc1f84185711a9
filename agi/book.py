"""Calls are entered in the clinic's records: when they begin, and how they end."""

from agi.call import Call
from clinic.phones import normalise
from clinic.services import Clinic

CUT_OFF = {"hangup", "dead", "closed", "timeout", "garbled", "error"}
"""Outcomes after which a caller who rings again is asked whether to go on where they were."""


class ClinicBook:
    """The clinic's own call records (agi.server.CallBook)."""

    def __init__(self, clinic: Clinic) -> None:
        self._clinic = clinic

    def started(self, call: Call) -> None:
        """Open the record, under the unit that was dialled."""
        unit = self._clinic.units.by_dialled(call.dialled)
        self._clinic.calls.started(call.id, call.linkedid, normalise(call.caller), call.dialled, unit.id)

    def entered(self, call_id: str, menu: str) -> None:
        """Where the caller is now."""
        self._clinic.calls.entered(call_id, menu)

    def ended(self, call: Call, outcome: str) -> None:
        """Close it; what the call held is free again, and what was begun is kept for a caller who was cut off.

        Who let time pass is spoken to slowly from now on.
        """
        resume = call.progress if outcome in CUT_OFF else None
        self._clinic.calls.ended(call.id, outcome, call.trail, resume)
        if call.slow and call.who and not call.who.slow_mode:
            self._clinic.patients.remember_slow(call.who)
