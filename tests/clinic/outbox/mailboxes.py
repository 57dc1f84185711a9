"""A mailbox of a test: mails in their order, which may break the connection as often as one says."""

import contextlib
from dataclasses import dataclass, field

from clinic.media.email.mailbox import NoMailbox

NAME = "b" * 64


@dataclass
class Box:
    """What `clinic.media.email.mailbox.Mailbox` is, in memory; `mails` by UID."""

    mails: dict[int, bytes] = field(default_factory=dict)
    put: list[int] = field(default_factory=list)
    read: list[int] = field(default_factory=list)
    breaking: set[int] = field(default_factory=set)
    validity: int = 7
    away: str = ""
    name: str = NAME

    @contextlib.contextmanager
    def open(self):
        if self.away:
            raise NoMailbox(self.away)
        yield self

    def after(self, uid):
        return sorted(one for one in self.mails if one > uid)

    def report(self, uid):
        self.read.append(uid)
        if uid in self.breaking:
            raise NoMailbox("unreachable")
        return self.mails[uid]

    def put_away(self, uid):
        self.put.append(uid)
        return True
