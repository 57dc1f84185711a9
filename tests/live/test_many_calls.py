"""Many real calls at once into the shipped `alo agi`: not one digit lost, nothing left half-made however they end."""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.live import session, sipp
from tests.live.asterisk import Asterisk
from tests.live.correlation import ENOUGH, heard
from tests.live.rtp import read_wav
from tests.live.running import Patient, RunningClinic
from tests.live.sounds import Sounds
from tests.live.telephone import Call, Telephone, telephone
from tests.live.walk import BOOK, CANCEL, COMPLAIN, MOVE, VOICE, Answers, Caller, NobodyKnows
from tests.live.wiretap import Wiretap

pytestmark = [pytest.mark.live, pytest.mark.asterisk, pytest.mark.xdist_group("asterisk"), pytest.mark.timeout(600)]

KNOWS_THE_WAY = 0.25
"""Seconds of silence after which these callers answer: inside most sentences, so they interrupt."""


def settled(clinic: RunningClinic) -> list[object]:
    """What is still half-made when everything has had its time."""
    session.eventually(lambda: not clinic.half_made(), 40)
    return list(clinic.half_made())


@dataclass(frozen=True)
class CutOff:
    """A call that is hung up when the server has sent so many commands."""

    answers: Answers
    commands: int
    patient: Patient

    async def call(self, phone: Telephone, tap: Wiretap, caller: str) -> int:
        """How many commands there were when it hung up: fewer than wanted where the path is shorter."""
        call = await phone.dial("4000", caller=caller)
        talk = await tap.talk(caller)
        walking = asyncio.create_task(Caller(call, talk, self.patient, self.answers, None).walk())
        await talk.when(lambda talk: len(talk.commands) >= self.commands, 120)
        reached = len(talk.commands)
        await call.hang_up()
        walking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await walking
        return reached


def test_a_hang_up_at_every_command_of_every_path_leaves_nothing_half_made(
    asterisk: Asterisk, mysql_clinic: RunningClinic
) -> None:
    everybody = mysql_clinic.patients(240)
    bookers, others = everybody[40:80], everybody[200:]
    before = mysql_clinic.booked(bookers)
    cuts = [CutOff(BOOK, commands, one) for commands, one in enumerate(bookers, start=1)]
    paths: list[tuple[Answers, int]] = [(CANCEL, 24), (MOVE, 24), (COMPLAIN, 14)]
    for answers, longest in paths:
        cuts += [CutOff(answers, commands, others[commands]) for commands in range(1, longest)]
    reached: list[int] = []

    async def script(phone: Telephone) -> None:
        async def one(place: int, cut: CutOff) -> None:
            await asyncio.sleep(place * 0.1)
            reached.append(await cut.call(phone, tap, f"1192{place:07}"))

        async with Wiretap(mysql_clinic.port) as tap:
            asterisk.point_agi(tap.port)
            await asyncio.gather(*(one(place, cut) for place, cut in enumerate(cuts)))

    telephone(asterisk.server, script)
    after = mysql_clinic.booked(bookers)
    assert settled(mysql_clinic) == [] and max(reached) > 25
    assert all(after.get(one.id, 0) - before.get(one.id, 0) in (0, 1) for one in bookers)


def test_a_hundred_at_once_are_recognised_and_twenty_of_them_book(
    asterisk: Asterisk, mysql_clinic: RunningClinic
) -> None:
    patients = mysql_clinic.patients(200)[100:]
    bookers = patients[:20]
    before = mysql_clinic.booked(patients)
    callers = {f"1193{patient.id:07}": patient for patient in patients}

    async def one(phone: Telephone, tap: Wiretap, place: int, number: str, patient: Patient) -> None:
        times = tuple("321"[place % 3 :] + "123")
        wish = {**BOOK, "choose/specialty": "1234"[place % 4], "times/later": times}
        call = await phone.dial("4000", caller=number, within=30)
        caller = Caller(call, await tap.talk(number), patient, wish, KNOWS_THE_WAY)
        while (question := await caller.question()) and "main/book" not in question.prompts:
            await caller.answer(question)
        if patient in bookers and question:
            caller.hurry()
            await caller.answer(question)
            await asyncio.wait_for(caller.walk(), 120)

    async def script(phone: Telephone) -> None:
        async with Wiretap(mysql_clinic.port) as tap:
            asterisk.point_agi(tap.port)
            await asyncio.gather(*(one(phone, tap, place, *each) for place, each in enumerate(callers.items())))

    telephone(asterisk.server, script)
    rows = mysql_clinic.rows("SELECT caller, patient_id FROM {db}.calls WHERE caller LIKE '551193%'")
    assert dict(rows) == {f"55{number}": patient.id for number, patient in callers.items()}
    after = mysql_clinic.booked(patients)
    assert {one.id for one in patients if after.get(one.id, 0) > before.get(one.id, 0)} == {one.id for one in bookers}
    assert settled(mysql_clinic) == []


def test_each_slot_was_sold_once(mysql_clinic: RunningClinic) -> None:
    twice = "SELECT doctor_id, starts_at FROM {db}.appointments WHERE live = 1 GROUP BY 1, 2 HAVING COUNT(*) > 1"
    assert mysql_clinic.rows(twice) == []


@pytest.fixture
def victim(asterisk: Asterisk, mariadb_clinic: RunningClinic, tmp_path: Path) -> Iterator[RunningClinic]:
    """A second `alo agi` of the clinic, to be killed."""
    server = replace(mariadb_clinic, log=tmp_path / "log", process=None)
    server.start()
    asterisk.point_agi(server.port)
    yield server
    server.kill()


async def apology_and_message(call: Call, sounds: Sounds) -> None:
    """What somebody hears whose call the server left."""
    await call.hears(sounds.sound("failed/apology"))
    await call.hears(sounds.sound("reception/leave-message"))
    await asyncio.sleep(1)
    await call.speak(VOICE)
    await asyncio.sleep(0.3)


def test_kill_nine_in_mid_call_apology_and_a_message(asterisk: Asterisk, sounds: Sounds, victim: RunningClinic) -> None:
    since = time.time()

    async def script(phone: Telephone) -> None:
        calls = [await phone.dial("4000") for _ in range(5)]
        await asyncio.gather(*(call.type(victim.patients(1)[0].cpf) for call in calls))
        victim.kill()
        await asyncio.gather(*(apology_and_message(call, sounds) for call in calls))

    telephone(asterisk.server, script)
    assert session.eventually(lambda: len(asterisk.messages(since)) == 5)
    assert min(heard(read_wav(message), VOICE) for message in asterisk.messages(since)) >= ENOUGH


def test_a_server_told_to_end_lets_calls_finish(asterisk: Asterisk, victim: RunningClinic) -> None:
    patient = victim.patients(30)[29]
    booked = victim.booked([patient]).get(patient.id, 0)

    async def script(phone: Telephone) -> None:
        async with Wiretap(victim.port) as tap:
            asterisk.point_agi(tap.port)
            call = await phone.dial("4000", caller="11940000001")
            caller = Caller(call, await tap.talk("11940000001"), patient, BOOK, None)
            question = await caller.question()
            assert victim.process and question
            victim.process.terminate()
            await caller.answer(question)
            with contextlib.suppress(NobodyKnows):
                await asyncio.wait_for(caller.walk(), 60)

    telephone(asterisk.server, script)
    assert victim.booked([patient]) == {patient.id: booked + 1}
    assert victim.process and victim.process.wait(40) == 0


def test_sipp_books_typing_ahead(asterisk: Asterisk, mariadb_clinic: RunningClinic, tmp_path: Path) -> None:
    asterisk.point_agi(mariadb_clinic.port)
    newcomers = mariadb_clinic.newcomers(2)
    # Booking, first specialty, any unit, private, in person, any doctor, the first time; yes, and good-bye.
    # One after the other: whoever types ahead does not hear that a time has just gone.
    keys = {f"1195{one.id:07}": f"{one.cpf}{one.born}112211112" for one in newcomers}
    outcome = sipp.call(asterisk.server, "4000", keys.items(), tmp_path, apart=20)
    told = [line for line in mariadb_clinic.logged() if line["event"] == "call"][-2:]
    assert (outcome.successful, outcome.failed) == (2, 0), (told, outcome.output)
    assert mariadb_clinic.booked(newcomers) == {one.id: 1 for one in newcomers}
