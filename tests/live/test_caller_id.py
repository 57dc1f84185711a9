"""What the clinic's server learns of a caller, whatever the trunk sends: nothing that could do harm."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.live.asterisk import Asterisk
from tests.live.sip import Headers
from tests.live.sounds import Sounds
from tests.live.standin import StandIn, identify
from tests.live.telephone import Telephone, telephone

pytestmark = [pytest.mark.live, pytest.mark.asterisk, pytest.mark.xdist_group("asterisk")]

TRACE = Path("/tmp/alo-hacked")


@dataclass(frozen=True)
class Caller:
    """How one call presents itself, and what the server should get (callerid, calleridname, dnid)."""

    told: tuple[str, str, str]
    number: str = "11987654321"
    name: str = ""
    dialled: str = "4000"
    headers: Headers = field(default_factory=list)


CALLERS = {
    "a plain number": Caller(("11987654321", "unknown", "4000")),
    "a number with a country code, another number dialled": Caller(
        ("+5511987654321", "unknown", "1130304000"), number="+5511987654321", dialled="1130304000"
    ),
    "accents": Caller(("11987654321", "João da Conceição", "4000"), name="João da Conceição"),
    "a dialplan function in the name": Caller(
        ("11987654321", "SHELLtouch tmpalohacked XEvil 1", "4000"),
        name='"; ${SHELL(touch /tmp/alo-hacked)} \\"\tX-Evil: 1 ,)&|',
    ),
    "a dialplan function in the number": Caller(
        ("11987", "unknown", "4000"), number="119%22%24%7BSHELL(touch%20/tmp/alo-hacked)%7D87"
    ),
    "a second AGI command in the name": Caller(
        ("11987654321", "xEXEC System id", "4000"), name='x"%0AEXEC System "id'.replace("%0A", "")
    ),
    "quotes and commas in the number dialled": Caller(
        ("11987654321", "unknown", "4000"), dialled="4000%22%2C%24%7BSHELL(touch%20/tmp/alo-hacked)%7D"
    ),
    "anonymous": Caller(("", "Anonymous", "4000"), number="anonymous", name="Anonymous"),
    "withheld": Caller(
        ("", "", "4000"),
        name="Maria",
        headers=[("Privacy", "id"), ("P-Asserted-Identity", '"Maria" <sip:11987654321@127.0.0.1>')],
    ),
}


def cpf(name: str) -> str:
    """What this caller types, by which the call is found again."""
    return f"{list(CALLERS).index(name):011}"


@pytest.fixture(scope="module")
def told(the_asterisk: Asterisk, sounds: Sounds, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """All of them call at once; what the server was told about each."""

    async def script(phone: Telephone) -> None:
        async def one(name: str, caller: Caller) -> None:
            call = await phone.dial(caller.dialled, caller.number, caller.name, caller.headers)
            await identify(call, sounds, cpf(name))

        await asyncio.gather(*(one(*each) for each in CALLERS.items()))

    with the_asterisk.in_use():
        standin = StandIn.start(sounds, tmp_path_factory.mktemp("standin") / "journal")
        the_asterisk.point_agi(standin.port)
        telephone(the_asterisk.server, script)
        standin.stop()
    return {call["cpf"]: call for call in standin.calls()}


@pytest.mark.parametrize("name", CALLERS)
def test_the_server_learns_harmless_characters_alone(name: str, told: dict[str, dict[str, str]]) -> None:
    call = told[cpf(name)]
    found = tuple(call[key].removeprefix("unknown") for key in ("agi_callerid", "agi_calleridname", "agi_dnid"))
    assert found == tuple(value.removeprefix("unknown") for value in CALLERS[name].told)


def test_nothing_a_caller_sent_was_run(told: dict[str, dict[str, str]]) -> None:
    assert told and not TRACE.exists()


def test_the_server_learns_linkedid_and_language(told: dict[str, dict[str, str]]) -> None:
    call = told[cpf("a plain number")]
    assert call["agi_arg_1"] == call["agi_uniqueid"] and call["agi_uniqueid"].startswith("alo-test-")
    assert call["agi_language"] == "pt_BR"
