"""The dialplan on a real Asterisk, a stand-in answering for the clinic's server."""

import pytest

from tests.live.asterisk import Asterisk
from tests.live.correlation import ENOUGH, heard_in_order
from tests.live.sounds import Sounds
from tests.live.standin import StandIn
from tests.live.telephone import Telephone, telephone

pytestmark = [pytest.mark.live, pytest.mark.asterisk, pytest.mark.xdist_group("asterisk")]


def test_asterisk_starts_without_a_complaint(asterisk: Asterisk) -> None:
    assert [line for line in asterisk.log() if "ERROR[" in line] == []


def test_the_clinic_answers_and_the_digits_arrive(asterisk: Asterisk, sounds: Sounds, standin: StandIn) -> None:
    async def call(phone: Telephone) -> None:
        call = await phone.dial("4000")
        await call.hears(sounds.sound("ask/cpf"))
        await call.type("52998224725")
        await call.hears(sounds.sound("ask/birth"))
        await call.type("05041980")
        assert await call.ended(10)
        expected = [sounds.sound(name) for name in ("ask/cpf", "ask/birth", "told/thanks")]
        scores = heard_in_order(call.recording, expected)
        print(scores, len(call.recording))
        assert min(scores) >= ENOUGH

    telephone(asterisk.server, call)
    assert [(call["cpf"], call["birth"]) for call in standin.calls()] == [("52998224725", "05041980")]
