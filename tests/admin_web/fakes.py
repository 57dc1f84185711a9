"""A clinic, a telephone and its sounds, as small as the pages need them."""

import itertools
import math
import struct
import threading
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field, replace  # noqa: F401 - replace is for who imports this
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from admin_web.app import create_app
from clinic.live_calls import Link, LiveCall
from clinic.profile import Profile
from clinic.settings import Settings
from clinic.testphone import NoSuchLine, PhoneEvent, TryPatient, Unreachable
from clinic.users import Viewer
from tests.admin_web.compiled import sharing

ADMIN = Viewer(1, "Tânia Vilela", frozenset({"admin"}))
NOW = datetime(2026, 11, 23, 17, 35, tzinfo=UTC)
TEXTS = {
    "greeting/welcome": "Boa tarde. Clínica Bem Viver.",
    "greeting/emergency": "Em caso de emergência, desligue e ligue um nove dois, SAMU.",
    "greeting/person": "Para falar com uma pessoa, tecle zero a qualquer momento.",
    "identify/cpf": "Digite os onze números do CPF do paciente.",
    "identify/birth": "Agora digite a data de nascimento do paciente: dois números para o dia, dois para o mês e quatro para o ano.",  # noqa: E501
    "main/next": "Próxima consulta:",
    "weekday/3": "quinta-feira,",
    "day/26": "vinte e seis",
    "month/11": "de novembro,",
    "hour/14": "às quatorze horas",
    "minute/30": "e trinta minutos.",
    "main/menu": "Para marcar uma consulta, tecle um. Para deixar um recado, tecle seis. Para falar com uma pessoa, tecle zero.",  # noqa: E501
    "message/speak": "Fale depois do sinal e, para terminar, tecle sustenido.",
    "bye": "Obrigada por ligar. Até logo.",
}
PATIENTS = (
    TryPatient("Helena Duarte", "11144477735", date(1980, 4, 5), "Tem uma consulta na quinta-feira."),
    TryPatient("Antônio Ferreira da Conceição", "52998224725", date(1951, 12, 1), "Ainda não tem consulta marcada."),
)


class FakeSounds:
    """Half a second of a soft tone for every known prompt."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "tone.wav"
        with wave.open(str(self._file), "wb") as tone:
            tone.setparams((1, 2, 8000, 0, "NONE", ""))
            tone.writeframes(b"".join(struct.pack("<h", int(3000 * math.sin(i / 4))) for i in range(4000)))

    def wav(self, prompt_id: str, slow: bool = False) -> Path | None:
        return self._file if prompt_id in TEXTS else None

    def text(self, prompt_id: str) -> str:
        return TEXTS.get(prompt_id, "")


@dataclass
class Talk:
    """What a line has told so far; `told` wakes those who listen."""

    events: list[PhoneEvent] = field(default_factory=list)
    told: threading.Condition = field(default_factory=threading.Condition)
    keys: str = ""
    over: bool = False


class FakePhone:
    """Greets, takes eleven digits and eight, then the main menu: 6 records, 0 transfers, 9 says good-bye.

    `pace` is how long a prompt takes, in seconds; 0 in tests.
    """

    def __init__(self, pace: float = 0.0, reachable: bool = True) -> None:
        self.pace = pace
        self.reachable = reachable
        self.lines: dict[str, Talk] = {}
        self._ids = itertools.count(1)

    def open(self, caller: str = "") -> str:
        if not self.reachable:
            raise Unreachable("127.0.0.1:4573")
        line = f"line-{next(self._ids)}"
        self.lines[line] = talk = Talk()
        threading.Thread(target=self._talk, args=(talk,), daemon=True).start()
        return line

    def press(self, line: str, key: str) -> None:
        talk = self._line(line)
        with talk.told:
            talk.keys += key
            talk.told.notify_all()

    def hang_up(self, line: str) -> None:
        self._tell(self._line(line), "ended", detail="caller")

    def events(self, line: str, after: int = 0) -> Iterator[PhoneEvent | None]:
        talk = self._line(line)
        while True:
            with talk.told:
                new = talk.events[after:] or (talk.told.wait(0.5), talk.events[after:])[1]
            yield from new or [None]
            after += len(new)
            if new and new[-1].kind == "ended":
                return

    def _line(self, line: str) -> Talk:
        if line not in self.lines:
            raise NoSuchLine(line)
        return self.lines[line]

    def _tell(self, talk: Talk, kind: str, **more) -> None:
        with talk.told:
            if talk.over:
                return
            talk.over = kind == "ended"
            talk.events.append(PhoneEvent(len(talk.events) + 1, kind, len(talk.events) * self.pace, **more))
            talk.told.notify_all()

    def _say(self, talk: Talk, *prompts: str) -> None:
        for prompt in prompts:
            if talk.keys:
                self._tell(talk, "cut")
                return
            self._tell(talk, "heard", prompt=prompt, seconds=0.5)
            with talk.told:
                talk.told.wait_for(lambda: talk.keys or talk.over, self.pace)
        self._tell(talk, "waiting", seconds=5)

    def _take(self, talk: Talk, count: int) -> str:
        with talk.told:
            talk.told.wait_for(lambda: len(talk.keys) >= count or talk.over, 60)
            taken, talk.keys = talk.keys[:count], talk.keys[count:]
        return taken

    def _talk(self, talk: Talk) -> None:
        self._tell(talk, "ringing")
        with talk.told:
            talk.told.wait_for(lambda: talk.over, self.pace)
        self._tell(talk, "answered")
        self._say(talk, "greeting/welcome", "greeting/emergency", "greeting/person", "identify/cpf")
        self._take(talk, 11)
        self._say(talk, "identify/birth")
        self._take(talk, 8)
        while not talk.over:
            self._say(talk, "main/next", "weekday/3", "day/26", "month/11", "hour/14", "minute/30", "main/menu")
            self._answer(talk, self._take(talk, 1))

    def _answer(self, talk: Talk, key: str) -> None:
        if key == "0":
            self._tell(talk, "transferred", detail="reception")
            self._tell(talk, "ended", detail="clinic")
        elif key == "6":
            self._say(talk, "message/speak")
            self._tell(talk, "recording", seconds=120)
            self._take(talk, 1)
            self._tell(talk, "recorded")
        elif key == "9":
            self._say(talk, "bye")
            self._tell(talk, "ended", detail="clinic")


class FakeCalls:
    """What /chamadas shows; lists that a test fills."""

    def __init__(self) -> None:
        self.now: list[LiveCall] = []
        self.known: list[Link] = []

    def list(self):
        return self.now

    def links(self):
        return self.known


def live_call(caller="(11) •••••-4321", menu="booking", minutes=3, **more) -> LiveCall:
    given = {
        "asterisk": "127.0.0.1:5038",
        "linkedid": f"{caller}{menu}",
        "context": "from-trunk",
        "patient_known": True,
    }
    since = NOW - timedelta(minutes=minutes)
    return LiveCall(caller_masked=caller, menu=menu, since=since, **(given | more))


def link(up=True, since=NOW - timedelta(hours=2), seen_at=NOW, note="") -> Link:
    return Link("127.0.0.1:5038", up, since, seen_at, note)


class BrokenProfile:
    """A database that is away."""

    def get(self):
        raise RuntimeError("the database is away")


class FakeClinic(SimpleNamespace):
    """Services that none of the pages shown with it asks anything are not there."""

    def __getattr__(self, name):
        return None


def fake_clinic(calls: FakeCalls | None = None, profile=None, clock=lambda: NOW):
    unit = SimpleNamespace(tz=ZoneInfo("America/Sao_Paulo"))
    profile = profile or SimpleNamespace(get=lambda: Profile(name="Clínica Bem Viver", registration="CRM-SP 987654"))
    return FakeClinic(
        profile=profile, live_calls=calls or FakeCalls(), clock=clock, units=SimpleNamespace(all=lambda: [unit])
    )


def fake_app(tmp_path: Path, *, phone=None, clinic=None, viewer=ADMIN, **settings):
    """The pages with the telephone on, as in the demo, for somebody who may do everything."""
    app = create_app(
        clinic or fake_clinic(),
        settings=Settings(**({"demo": True} | settings)),
        phone=phone or FakePhone(),
        sounds=FakeSounds(tmp_path),
        try_patients=lambda: PATIENTS,
        who=lambda asked: viewer,
    )
    return sharing(app)
