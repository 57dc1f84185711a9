"""A medium that leads nowhere, for development and for tests of what stands around it."""

from clinic.media.outgoing import Outgoing


class Nowhere:
    """Takes everything; keeps it in memory, so that who tries things out can look at it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.taken: list[Outgoing] = []

    def send(self, message: Outgoing) -> str:
        """Taken, and that is all."""
        self.taken.append(message)
        return ""
