"""Dialling a FastAGI server as Asterisk does: the header, then its commands, until it closes."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Protocol

from agi.channel import Record
from agi.handset import Handset

POLL_SECONDS = 0.25


class Executes(Protocol):
    """Something that answers commands as `agi.handset.Handset` does."""

    def execute(self, line: str) -> str:
        """The reply to one line."""

    def notice(self) -> str:
        """What is to be said without being asked; asked for a few times a second."""


def header(
    entry: str,
    *,
    caller: str = "11987654321",
    dialled: str = "4000",
    uniqueid: str = "1700000000.1",
    linkedid: str | None = None,
) -> dict[str, str]:
    """What Asterisk tells when a call comes in; a withheld number is "unknown"."""
    return {
        "agi_network": "yes",
        "agi_network_script": entry,
        "agi_request": f"agi://127.0.0.1/{entry}",
        "agi_channel": "PJSIP/trunk-00000001",
        "agi_language": "pt_BR",
        "agi_type": "PJSIP",
        "agi_uniqueid": uniqueid,
        "agi_version": "22.10.1",
        "agi_callerid": caller or "unknown",
        "agi_calleridname": "unknown",
        "agi_callingpres": "0",
        "agi_callingani2": "0",
        "agi_callington": "0",
        "agi_callingtns": "0",
        "agi_dnid": dialled,
        "agi_rdnis": "unknown",
        "agi_context": "alo-menus",
        "agi_extension": "s",
        "agi_priority": "3",
        "agi_enhanced": "0.0",
        "agi_accountcode": "",
        "agi_threadid": "140000000000000",
        "agi_arg_1": uniqueid if linkedid is None else linkedid,
    }


def header_text(fields: dict[str, str]) -> bytes:
    """The header as it goes over the wire, with the empty line that ends it."""
    return "".join([*(f"{name}: {value}\n" for name, value in fields.items()), "\n"]).encode()


def dial(host: str, port: int, fields: dict[str, str], handset: Handset, timeout: float = 30.0) -> Record:
    """Call the server at that address and talk until it closes; `fields` as `header` makes them.

    Raises OSError when nobody answers, TimeoutError when the server says nothing for `timeout` seconds.
    """
    with socket.create_connection((host, port), timeout) as wire:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire.sendall(header_text(fields))
        talk(wire, handset, timeout)
    return handset.record


def talk(wire: socket.socket, handset: Executes, timeout: float) -> None:
    """Execute what comes until the other side closes."""
    with suppress(ConnectionError):
        for line in _lines(wire, handset, timeout):
            wire.sendall(f"{handset.execute(line)}\n".encode())


def _lines(wire: socket.socket, handset: Executes, timeout: float) -> Iterator[str]:
    """Commands as they come; while none does, a hang-up is told as soon as it happens."""
    buffer, quiet = b"", 0.0
    wire.settimeout(POLL_SECONDS)
    while True:
        try:
            data = wire.recv(4096)
        except TimeoutError:
            quiet += POLL_SECONDS
            if quiet >= timeout:
                raise
            wire.sendall(handset.notice().encode())
            continue
        if not data:
            return
        quiet = 0.0
        *lines, buffer = (buffer + data).split(b"\n")
        yield from (line.decode(errors="replace").rstrip("\r") for line in lines)
