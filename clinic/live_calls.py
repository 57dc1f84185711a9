"""Calls that go on now, as the AMI watcher tells them and a page shows them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ChannelSeen:
    """A channel as Asterisk has it now; the whole of it, so that the last word about a channel is enough."""

    uniqueid: str
    linkedid: str
    channel: str
    caller: str
    exten: str
    context: str
    state: str
    since: datetime


@dataclass(frozen=True, slots=True)
class ChannelGone:
    """A channel that was hung up."""

    uniqueid: str


Change = ChannelSeen | ChannelGone


@dataclass(frozen=True, slots=True)
class Link:
    """How the connection to an Asterisk stands, since when, and when its watcher last gave a sign of life."""

    asterisk: str
    up: bool
    since: datetime
    seen_at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class LiveCall:
    """A call (all channels of one linkedid). `caller_masked` is "" for a withheld number; `asterisk` is "" for a call
    that no Asterisk carries (the test telephone)."""

    asterisk: str
    linkedid: str
    caller_masked: str
    menu: str
    context: str
    since: datetime
    patient_known: bool
