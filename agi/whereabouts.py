"""In which menu each caller is, written now and then for who looks on; no caller ever waits for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agi.call import Call


class Whereabouts:
    """Calls that go on, and what was last written of each. Whoever types ahead through five menus costs one write."""

    def __init__(self, entered: Callable[[str, str], None]) -> None:
        self._entered = entered
        self._written: dict[Call, str] = {}

    @contextmanager
    def watched(self, call: Call) -> Iterator[None]:
        """Inside, the call's way through the menus is written."""
        self._written[call] = ""
        try:
            yield
        finally:
            del self._written[call]

    def write(self) -> None:
        """Write what has changed. Raises what `entered` raises; the rest is written next time."""
        for call, written in list(self._written.items()):
            menu = call.trail[-1] if call.trail else ""
            if menu != written and call in self._written:
                self._entered(call.id, menu)
                if call in self._written:
                    self._written[call] = menu
