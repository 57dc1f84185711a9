"""/telefone: a telephone in the browser that calls the voice menus without Asterisk."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus

from flask import Blueprint, Response, abort, make_response, render_template, request, send_file, url_for
from flask import stream_with_context as in_this_request

from admin_web.access import ADMINS, Doors, Public
from admin_web.security import local_only
from clinic.testphone import NoSuchLine, Phone, PhoneEvent, Sounds, TooManyLines, TryPatient, Unreachable

KEYS = re.compile(r"[0-9*#]{1,32}")
KEYPAD = (
    ("1", ""), ("2", "ABC"), ("3", "DEF"),
    ("4", "GHI"), ("5", "JKL"), ("6", "MNO"),
    ("7", "PQRS"), ("8", "TUV"), ("9", "WXYZ"),
    ("*", ""), ("0", ""), ("#", ""),
)  # fmt: skip
SPOKEN_KEYS = {"*": "asterisco", "#": "sustenido"}


class Telephone:
    """The page and what its script asks for."""

    def __init__(self, phone: Phone, sounds: Sounds, patients: Callable[[], Sequence[TryPatient]]) -> None:
        self._phone = phone
        self._sounds = sounds
        self._patients = patients

    def page(self) -> str:
        """The telephone, and whom to play."""
        return render_template(
            "telephone/page.html", keypad=KEYPAD, spoken=SPOKEN_KEYS, patients=[_shown(one) for one in self._patients()]
        )

    def dial(self) -> Response:
        """Open a line; 201 with its addresses, or what is wrong and the remedy."""
        try:
            line = self._phone.open()
        except Unreachable as gone:
            return _trouble("O atendimento não está no ar", f"Inicie-o com “alo agi” ({gone.address}) e ligue de novo.")
        except TooManyLines:
            return _trouble("Todas as linhas de teste estão ocupadas", "Espere um instante e ligue de novo.")
        return make_response(_addresses(line), HTTPStatus.CREATED)

    def press(self, line: str) -> Response:
        """Press the keys of the body, in order; several at once when somebody types faster than the network."""
        keys = str((request.get_json(silent=True) or {}).get("keys", ""))
        if not KEYS.fullmatch(keys):
            abort(HTTPStatus.BAD_REQUEST)
        for key in keys:
            self._phone.press(line, key)
        return Response(status=HTTPStatus.NO_CONTENT)

    def hang_up(self, line: str) -> Response:
        """The caller hangs up."""
        self._phone.hang_up(line)
        return Response(status=HTTPStatus.NO_CONTENT)

    def events(self, line: str) -> Response:
        """What happens on the line, as server-sent events; goes on after Last-Event-ID."""
        after = request.headers.get("Last-Event-ID", "0")
        stream = self._stream(line, int(after) if after.isdecimal() else 0)
        return Response(in_this_request(stream), mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})

    def sound(self, pace: str, prompt_id: str) -> Response:
        """The recording of a prompt."""
        file = self._sounds.wav(prompt_id, slow=pace == "slow")
        if file is None:
            abort(HTTPStatus.NOT_FOUND)
        return send_file(file.absolute(), mimetype="audio/wav", conditional=True, max_age=3600)

    def _stream(self, line: str, after: int) -> Iterator[str]:
        yield "retry: 1000\n\n"
        try:
            for event in self._phone.events(line, after):
                yield ": nothing new\n\n" if event is None else self._written(event)
        except NoSuchLine:
            yield "event: gone\ndata: {}\n\n"

    def _written(self, event: PhoneEvent) -> str:
        told = {
            "kind": event.kind,
            "at": round(event.at, 3),
            "seconds": round(event.seconds, 3),
            "detail": event.detail,
        }
        if event.prompt:
            pace = "slow" if event.slow else "normal"
            told["prompt"] = event.prompt
            told["text"] = self._sounds.text(event.prompt)
            told["sound"] = url_for("telephone.sound", pace=pace, prompt_id=event.prompt)
        return f"id: {event.id}\ndata: {json.dumps(told, ensure_ascii=False)}\n\n"


def blueprint(
    phone: Phone, sounds: Sounds, patients: Callable[[], Sequence[TryPatient]], *, demo: bool = False
) -> Blueprint:
    """The page /telefone and the addresses its script uses."""
    page = Blueprint("telephone", __name__, url_prefix="/telefone")
    doors, views = Doors(page), Telephone(phone, sounds, patients)
    allow = Public("the demo's telephone holds nobody's data and has the limits of any caller") if demo else ADMINS
    if demo:
        page.before_request(local_only())
    page.register_error_handler(NoSuchLine, _no_such_line)
    doors.rule("", "page", views.page, allow=allow)
    doors.rule("/linhas", "dial", views.dial, allow=allow, methods=["POST"])
    doors.rule("/linhas/<line>/teclas", "press", views.press, allow=allow, methods=["POST"])
    doors.rule("/linhas/<line>/desligar", "hang_up", views.hang_up, allow=allow, methods=["POST"])
    doors.rule("/linhas/<line>/eventos", "events", views.events, allow=allow)
    doors.rule("/som/<any(normal, slow):pace>/<path:prompt_id>.wav", "sound", views.sound, allow=allow)
    return page


def _no_such_line(_: NoSuchLine) -> Response:
    return _trouble("Esta ligação já terminou", "Ligue de novo.", HTTPStatus.NOT_FOUND)


def _trouble(title: str, what_to_do: str, status: HTTPStatus = HTTPStatus.SERVICE_UNAVAILABLE) -> Response:
    return make_response({"title": title, "what_to_do": what_to_do}, status)


def _addresses(line: str) -> dict[str, str]:
    return {name: url_for(f"telephone.{name}", line=line) for name in ("events", "press", "hang_up")}


def _shown(patient: TryPatient) -> dict[str, str]:
    """A patient with the digits to type beside how a person writes them."""
    cpf = patient.cpf
    return {
        "name": patient.name,
        "hint": patient.hint[:1].upper() + patient.hint[1:],
        "cpf": f"{cpf[:3]}.{cpf[3:6]}.{cpf[6:9]}-{cpf[9:]}",
        "cpf_keys": cpf,
        "birth": f"{patient.birth_date:%d/%m/%Y}",
        "birth_keys": f"{patient.birth_date:%d%m%Y}",
    }
