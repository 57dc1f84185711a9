"""What each event of Asterisk means for the calls of now."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ami.wire import Event
from clinic.live_calls import Change, ChannelGone, ChannelSeen


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All channels there are."""

    channels: tuple[ChannelSeen, ...]


class Picture:
    """The channels as the events told them so far, so that only what differs is written."""

    def __init__(self) -> None:
        self.channels: dict[str, ChannelSeen] = {}
        self.listed: dict[str, ChannelSeen] = {}
        self.complete = False

    def hear(self, event: Event, at: datetime) -> Iterator[Change | Snapshot]:
        """What an event that came at `at` changes."""
        handler = HANDLERS.get(text(event, "Event"))
        return handler(self, event, at) if handler else iter(())


Handler = Callable[[Picture, Event, datetime], Iterator[Change | Snapshot]]
HANDLERS: dict[str, Handler] = {}


def on(*names: str) -> Callable[[Handler], Handler]:
    """The function takes these events."""

    def keep(handler: Handler) -> Handler:
        HANDLERS.update(dict.fromkeys(names, handler))
        return handler

    return keep


@on("Newchannel", "Newstate", "NewCallerid", "NewConnectedLine", "Newexten", "BridgeEnter", "BridgeLeave")
def seen(picture: Picture, event: Event, at: datetime) -> Iterator[Change | Snapshot]:
    """A channel with all that is known of it, its linkedid too: two calls that merge are seen here."""
    channel = read(event, at)
    if not channel.uniqueid:
        return
    known = picture.channels.get(channel.uniqueid)
    if known:
        channel = replace(channel, since=known.since)
    if channel != known:
        picture.channels[channel.uniqueid] = channel
        yield channel


@on("Rename")
def renamed(picture: Picture, event: Event, at: datetime) -> Iterator[Change | Snapshot]:  # noqa: ARG001
    """A transfer put another channel in this one's place."""
    known = picture.channels.get(text(event, "Uniqueid"))
    if known:
        picture.channels[known.uniqueid] = channel = replace(known, channel=text(event, "Newname"))
        yield channel


@on("Hangup")
def gone(picture: Picture, event: Event, at: datetime) -> Iterator[Change | Snapshot]:  # noqa: ARG001
    """A channel that is no more; also one that was never told."""
    uniqueid = text(event, "Uniqueid")
    picture.channels.pop(uniqueid, None)
    yield ChannelGone(uniqueid)


@on("CoreShowChannel")
def listed(picture: Picture, event: Event, at: datetime) -> Iterator[Change | Snapshot]:
    """A row of the answer to CoreShowChannels."""
    channel = read(event, at - lasted(text(event, "Duration")))
    known = picture.channels.get(channel.uniqueid)
    picture.listed[channel.uniqueid] = replace(channel, since=known.since) if known else channel
    return iter(())


@on("CoreShowChannelsComplete")
def all_listed(picture: Picture, event: Event, at: datetime) -> Iterator[Change | Snapshot]:  # noqa: ARG001
    """The list is complete: it is the truth. Nothing is written when it says what was written already."""
    before, picture.channels, picture.listed = picture.channels, picture.listed, {}
    if not picture.complete or before != picture.channels:
        yield Snapshot(tuple(picture.channels.values()))
    picture.complete = True


def read(event: Event, since: datetime) -> ChannelSeen:
    """The channel an event is about."""
    caller = text(event, "CallerIDNum")
    return ChannelSeen(
        uniqueid=text(event, "Uniqueid")[:64],
        linkedid=(text(event, "Linkedid") or text(event, "Uniqueid"))[:64],
        channel=text(event, "Channel")[:128],
        caller="" if caller == "<unknown>" else caller[:40],
        exten=text(event, "Exten")[:80],
        context=text(event, "Context")[:80],
        state=text(event, "ChannelStateDesc")[:20],
        since=since,
    )


def text(event: Event, name: str) -> str:
    """A header as text; the last one where it came several times."""
    value: Any = event.get(name, "")
    return str(value[-1] if isinstance(value, list) else value)


def lasted(duration: str) -> timedelta:
    """ "01:02:03" as Asterisk writes it; nothing for anything else."""
    parts = duration.split(":")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        return timedelta()
    hours, minutes, seconds = map(int, parts)
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)
