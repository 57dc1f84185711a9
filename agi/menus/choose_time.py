"""Call-flow 4.5: the three earliest times, later ones, a day, only mornings or afternoons."""

from agi.asking import choose
from agi.call import Call
from agi.speech import Said
from agi.times import Times
from clinic.agenda import SlotInfo

MORE: tuple[Said, ...] = ("times/later", "times/day", "times/mornings", "times/afternoons")


def choose_time(call: Call, times: Times) -> SlotInfo | None:
    """The time the caller picks; None when nothing at all is free. `*` leaves as in every menu."""
    while times.page:
        call.enter("choose_time")
        picks = {str(place + 1) for place in range(len(times.page))}
        key = choose(call, *times.said(), *MORE, keys=picks | {"4", "5", "6", "7"})
        if key in picks:
            return times.page[int(key) - 1]
        times.turn(key)
    return None
