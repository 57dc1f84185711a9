"""The dialplan inside a foreign one, as on FreePBX and Issabel: custom destinations, FROM_DID, their own from-trunk."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dialplan.entries import named
from tests.live import session
from tests.live.commands import Environment, alo, free_ports, run_folder
from tests.live.sounds import Sounds
from tests.live.standin import StandIn, identify
from tests.live.telephone import Telephone, telephone

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("asterisk up")]

DESTINATIONS = {f"50{place:02}": entry for place, entry in enumerate(sorted(named()))}
THEIRS = """
[globals]
#include alo/globals.conf
[from-trunk]
exten => _X!,1,Set(__FROM_DID=${EXTEN})
 same => n,Goto(ext-did,${EXTEN},1)
[ext-did]
"""
ROUTE = "exten => {number},1,Set(CALLERID(dnid)=)\n same => n,Goto(alo-menus,{entry},1)\n"


@pytest.fixture(scope="module")
def ports() -> Environment:
    return free_ports()


@pytest.fixture(scope="module")
def freepbx(ports: Environment) -> Iterator[Path]:
    """An Asterisk whose extensions.conf is written as theirs is."""
    session.provisioned("asterisk")
    folder = run_folder("freepbx")
    assert alo("up", folder, ports).returncode == 0
    routes = "".join(ROUTE.format(number=number, entry=entry) for number, entry in DESTINATIONS.items())
    (folder / "etc" / "extensions.conf").write_text(THEIRS + routes + "#include alo/freepbx.conf\n")
    alo("cli dialplan reload", folder, ports)
    yield folder
    alo("down", folder, ports)
    shutil.rmtree(folder)


def test_it_loads_without_a_complaint(freepbx: Path) -> None:
    lines = (freepbx / "log" / "messages").read_text().splitlines()
    assert [line for line in lines if "ERROR[" in line or "WARNING[" in line] == []


def test_there_is_no_way_to_the_outside_and_no_second_from_trunk(freepbx: Path, ports: Environment) -> None:
    assert "There is no existence" in alo("cli dialplan show alo-outbound", freepbx, ports).stdout
    assert "4999" not in alo("cli dialplan show from-trunk", freepbx, ports).stdout


def test_each_custom_destination_enters_its_menu_with_the_number_dialled(
    freepbx: Path, ports: Environment, tmp_path: Path
) -> None:
    sounds = Sounds(freepbx / "own")
    for prompt_id in ("ask/cpf", "ask/birth", "told/thanks"):
        sounds.path(prompt_id)
    standin = StandIn.start(sounds, tmp_path / "journal")
    alo(f"cli dialplan set global ALO_AGI 127.0.0.1:{standin.port}", freepbx, ports)

    async def script(phone: Telephone) -> None:
        async def one(number: str) -> None:
            await identify(await phone.dial(number), sounds)

        await asyncio.gather(*(one(number) for number in DESTINATIONS))

    telephone(("127.0.0.1", int(ports["ALO_SIP_PORT"])), script)
    standin.stop()
    assert {call["agi_dnid"]: call["agi_network_script"] for call in standin.calls()} == DESTINATIONS
