"""Real calls into the shipped `alo agi`: SIP and RTP through Asterisk, the demo clinic on MySQL and MariaDB.

The calls of a kind are on the line at once, in a fixture; the tests say what must be true of them.
"""

import asyncio
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.live.asterisk import Asterisk
from tests.live.correlation import ENOUGH, heard
from tests.live.rtp import Sound, read_wav
from tests.live.running import Patient, RunningClinic, demo_clinic
from tests.live.servers import start_mysql
from tests.live.sounds import Sounds
from tests.live.telephone import Telephone, telephone
from tests.live.walk import (
    BOOK,
    BOOK_AGAIN,
    CANCEL,
    COMPLAIN,
    HEAR,
    MOVE,
    VOICE,
    Answers,
    Caller,
    NobodyKnows,
    heard_of,
)
from tests.live.wiretap import Talk, Wiretap

pytestmark = [pytest.mark.live, pytest.mark.asterisk, pytest.mark.xdist_group("asterisk"), pytest.mark.timeout(1200)]


@dataclass(frozen=True)
class Visit:
    """One call of the batch."""

    clinic: str
    answers: Answers
    patient: int
    pause: float = 0.45
    seconds: float = 240
    note: str = ""
    """The kind of the voice note it leaves."""


VISITS = {
    "booking with the shipped voice": Visit("mysql-shipped", BOOK_AGAIN, 3, 1.1, 300),
    "booking on MySQL": Visit("mysql", BOOK, 2),
    "booking on MariaDB": Visit("mariadb", BOOK, 2),
    "hearing": Visit("mariadb", HEAR, 3),
    "cancelling": Visit("mariadb", CANCEL, 4, note="cancel_reason"),
    "moving": Visit("mariadb", MOVE, 5),
    "complaining": Visit("mariadb", COMPLAIN, 6, note="complaint"),
}
BOOKINGS = [name for name in VISITS if name.startswith("booking")]
NOTES = [name for name, visit in VISITS.items() if visit.note]
TRIES = 3


@dataclass
class Happened:
    """What came of one call."""

    clinic: RunningClinic
    patient: Patient
    before: int
    recording: Sound | None = None
    talk: Talk = field(default_factory=Talk)
    trouble: str = ""
    scores: dict[str, float] = field(default_factory=dict)
    """How well each prompt of the path is found in the recording, in order."""
    note: float = 0.0
    """The same of what the caller said, in the note that was kept."""

    @property
    def story(self) -> str:
        """What was said to the telephone, for whoever has to find out why."""
        return "\n".join([self.trouble, *(command.line for command in self.talk.commands)])

    def understood(self, visit: Visit) -> bool:
        """Whether both sides heard each other to the last word."""
        return bool(self.scores) and min(self.scores.values()) >= ENOUGH and (not visit.note or self.note >= ENOUGH)


@pytest.fixture(scope="module")
def clinics(
    the_asterisk: Asterisk,
    mysql_clinic: RunningClinic,
    mariadb_clinic: RunningClinic,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, RunningClinic]]:
    """Two speak in short made-up sounds, one in its own voice."""
    settings = {"ALO_PROMPTS_DIR": the_asterisk.shipped_copy, "ALO_SPOOL": the_asterisk.spool}
    shipped = demo_clinic(start_mysql(), "shipped", tmp_path_factory.mktemp("shipped") / "log", **settings)
    shipped.start()
    yield {"mysql": mysql_clinic, "mariadb": mariadb_clinic, "mysql-shipped": shipped}
    shipped.stop()


@pytest.fixture(scope="module")
def visits(the_asterisk: Asterisk, sounds: Sounds, clinics: dict[str, RunningClinic]) -> dict[str, Happened]:
    """Everybody calls at once and listens to the end.

    A call that was not understood is made again by the next patient: what is wrong with the clinic is wrong each time,
    what a machine with more to do than it can does to the sound is not.
    """
    happened: dict[str, Happened] = {}
    for turn in range(TRIES):
        again = [name for name, visit in VISITS.items() if not turn or not happened[name].understood(visit)]
        if turn and again:
            warnings.warn(f"not understood, called again: {again}", stacklevel=1)
        happened |= made(the_asterisk, clinics, again, turn)
    return happened


def made(asterisk: Asterisk, clinics: dict[str, RunningClinic], names: list[str], turn: int) -> dict[str, Happened]:
    """These calls, at once."""
    happened, numbers = {}, {name: f"119{turn + 1}{place:07}" for place, name in enumerate(names)}
    for name in names:
        clinic = clinics[VISITS[name].clinic]
        patient = clinic.patients(10 * TRIES)[VISITS[name].patient + 10 * turn]
        happened[name] = Happened(clinic, patient, clinic.booked([patient]).get(patient.id, 0))

    async def script(phone: Telephone) -> None:
        async def one(name: str, tap: Wiretap) -> None:
            visit, what = VISITS[name], happened[name]
            call = await phone.dial("4000", caller=numbers[name])
            what.talk = await tap.talk(numbers[name])
            try:  # the tests tell what was reached, for each call by itself
                async with asyncio.timeout(visit.seconds):
                    await Caller(call, what.talk, what.patient, visit.answers, visit.pause).walk()
            except (TimeoutError, NobodyKnows, AssertionError) as trouble:
                what.trouble = f"{type(trouble).__name__} {trouble}"
            what.recording = call.recording

        async with Wiretap(0, {numbers[name]: what.clinic.port for name, what in happened.items()}) as tap:
            asterisk.point_agi(tap.port)
            await asyncio.gather(*(one(name, tap) for name in names))

    with asterisk.in_use():
        telephone(asterisk.server, script)
    for name, what in happened.items():
        if what.recording is not None:
            what.scores = heard_of(what.recording, what.talk.files)
        if kind := VISITS[name].note:
            last = f"SELECT path FROM {{db}}.voice_notes WHERE kind = '{kind}' ORDER BY id DESC LIMIT 1"
            what.note = max(
                (heard(read_wav(asterisk.recordings / path), VOICE) for (path,) in what.clinic.rows(last)), default=0.0
            )
    return happened


@pytest.mark.parametrize("name", VISITS)
def test_every_prompt_of_the_path_is_heard_in_order(name: str, visits: dict[str, Happened]) -> None:
    scores = visits[name].scores
    assert len(scores) > 10 and {one: score for one, score in scores.items() if score < ENOUGH} == {}


@pytest.mark.parametrize("name", VISITS)
def test_the_server_ends_the_call_in_good_order(name: str, visits: dict[str, Happened]) -> None:
    lines = [command.line for command in visits[name].talk.commands]
    assert lines[-1:] == ['SET VARIABLE "ALO_DONE" "1"'], (visits[name].trouble, lines[-5:])


@pytest.mark.parametrize("name", BOOKINGS)
def test_a_call_books(name: str, visits: dict[str, Happened]) -> None:
    what = visits[name]
    assert what.clinic.booked([what.patient]) == {what.patient.id: what.before + 1}
    [(via, status, slot)] = what.clinic.rows(
        "SELECT a.via, a.status, s.status FROM {db}.appointments a JOIN {db}.slots s ON s.id = a.slot_id"
        f" WHERE a.patient_id = {what.patient.id} AND a.live = 1 ORDER BY a.id DESC LIMIT 1"
    )
    assert (via, slot) == ("telephone", "booked") and status in ("booked", "pending")


def test_a_call_cancels(visits: dict[str, Happened]) -> None:
    what = visits["cancelling"]
    assert what.clinic.booked([what.patient]).get(what.patient.id, 0) == what.before - 1


def test_a_call_moves(visits: dict[str, Happened]) -> None:
    what = visits["moving"]
    mine = f"FROM {{db}}.appointments WHERE patient_id = {what.patient.id}"
    [(new, status, asks_for)] = what.clinic.rows(
        f"SELECT id, status, replaces {mine} AND via = 'telephone' ORDER BY id DESC LIMIT 1"
    )
    asked = status == "pending"  # a doctor who approves: the old time is kept until then
    gone = what.clinic.rows(f"SELECT id {mine} AND replaced_by = {new}")
    assert bool(gone) is not asked and (asks_for is not None) is asked, what.story
    assert what.clinic.booked([what.patient]) == {what.patient.id: what.before + asked}, what.story


@pytest.mark.parametrize("name", NOTES)
def test_what_was_spoken_is_kept(name: str, visits: dict[str, Happened]) -> None:
    assert visits[name].note >= ENOUGH


def test_nothing_is_left_half_made(visits: dict[str, Happened]) -> None:
    assert [what.clinic.half_made() for what in visits.values() if what.clinic.half_made()] == []


def test_the_log_holds_nothing_private(visits: dict[str, Happened]) -> None:
    for name, what in visits.items():
        log = what.clinic.log.read_text()
        assert what.patient.cpf not in log and what.patient.born not in log, name
