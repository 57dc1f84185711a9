"""Who asks, and how the agenda stands: the two things nearly every request wants to know, in one round trip to the
database, and for all requests that come at the same time together.

Nothing of it is remembered: a log-in that was ended opens nothing any more from the next request on.
"""

from collections.abc import Sequence
from typing import Any

from clinic.sessions import Sessions, digest
from clinic.stamps import Stamp, Stamps
from clinic.users import Viewer
from db.together import Together

Look = tuple[Viewer | None, Stamp | None]


class Looks:
    """One look for each request."""

    def __init__(self, sessions: Sessions, stamps: Stamps) -> None:
        self._sessions, self._stamps = sessions, stamps
        self._together = Together(self._for_all)

    def of(self, token: str) -> Look:
        """Whose session the token names (None: nobody's), and the stamp, as they were after this was asked."""
        row, stamp = self._together.of(digest(token))
        return self._sessions.seen(row), stamp

    def _for_all(self, digests: Sequence[str]) -> list[tuple[Any, Stamp | None]]:
        stamp, (rows,) = self._stamps.beside(self._sessions.question(digests))
        return [(row, stamp) for row in self._sessions.among(digests, rows)]
