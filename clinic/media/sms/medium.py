"""Messages as SMS: any gateway that takes one over HTTP, told by templates how it wants to be asked."""

import json
import logging
import re
from collections.abc import Mapping
from urllib.parse import quote

from clinic.media import http
from clinic.media.outgoing import NotSent, Outgoing
from clinic.media.sms.fitting import fitted

log = logging.getLogger(__name__)
NUMBER = re.compile(r"[1-9]\d{7,14}")
HOLE = re.compile(r"\{(to|e164|text|id)\}")
REFUSES_US = (401, 402, 403, 407)
LATER = (408, 425, 429)
ID = re.compile(r"[\w.:@-]{1,80}", re.ASCII)
IDS = ("id", "messageId", "message_id", "sid", "uuid")
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


class Sms:
    """Fills in the templates and asks the gateway."""

    name = "sms"

    def __init__(
        self, url: str, headers: str = "", body: str = "", *, most_parts: int = 2, accents: bool = False
    ) -> None:
        """`url` and `body` have {to} (digits, "5511987654321"), {e164} ("+5511…"), {text} and {id} in them, filled in
        as JSON, as a form or as a part of an address wants it; without a body the gateway is asked by GET. `headers`:
        "Name: value", one a line.
        """
        self._url, self._body = url, body
        self._as_json = body.lstrip()[:1] in ("{", "[")
        self._headers = {"Content-Type": JSON if self._as_json else FORM} if body else {}
        self._headers |= _headers(headers)
        self._most_parts, self._accents = most_parts, accents

    def send(self, message: Outgoing) -> str:
        """One SMS; the gateway's id of it. Raises NotSent."""
        if not NUMBER.fullmatch(message.to):
            raise NotSent("bad-number", again=False)
        text = fitted(message.text, self._most_parts, self._accents)
        values = {"to": message.to, "e164": f"+{message.to}", "text": text, "id": message.uid}
        body = _filled(self._body, values, as_json=self._as_json).encode()
        try:
            answer = http.ask("POST" if body else "GET", _filled(self._url, values), self._headers, body)
        except http.NoAnswer as error:
            raise NotSent(str(error), again=True) from None
        except http.MayNotGo as error:
            log.error("ALO_SMS_URL is no address of a gateway")
            raise NotSent(str(error), again=True) from None
        return _judged(answer)


def _headers(text: str) -> Mapping[str, str]:
    lines = (line.partition(":") for line in text.replace("\\n", "\n").splitlines())
    return {name.strip(): value.strip() for name, _, value in lines if name.strip()}


def _filled(template: str, values: Mapping[str, str], *, as_json: bool = False) -> str:
    """The template with the values in it, so that none of them can be more than a value."""

    def value(hole: re.Match[str]) -> str:
        given = values[hole[1]]
        return json.dumps(given)[1:-1] if as_json else quote(given, safe="")

    return HOLE.sub(value, template)


def _judged(answer: http.Answer) -> str:
    if answer.status in REFUSES_US:
        log.error("the SMS gateway refuses us (%d): check ALO_SMS_URL, ALO_SMS_HEADERS and credit", answer.status)
    if not 200 <= answer.status < 300:
        again = answer.status >= 500 or answer.status in (*REFUSES_US, *LATER)
        raise NotSent(f"http-{answer.status}", again=again)
    return _id(answer.body)


def _id(body: bytes) -> str:
    """What the gateway calls it, where it says so in the usual words."""
    try:
        said = json.loads(body)
    except ValueError:
        return ""
    found = next((said[name] for name in IDS if said.get(name)), "") if isinstance(said, dict) else ""
    text = str(found) if isinstance(found, str | int) else ""
    return text if ID.fullmatch(text) else ""
