"""Forms by description: which fields a record has, how they are shown, and how what was typed is read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Literal
from unicodedata import category

from admin_web.address import FARTHEST
from clinic.phones import normalise
from clinic.written import TURNING, one_line, phone

Sort = Literal["text", "area", "tick", "number", "choose", "phone", "time"]
Options = Callable[[], Sequence[tuple[str, str]]]
STATES = (
    "AC", "AL", "AM", "AP", "BA", "CE", "DF", "ES", "GO", "MA", "MG", "MS", "MT", "PA", "PB", "PE", "PI", "PR", "RJ",
    "RN", "RO", "RR", "RS", "SC", "SE", "SP", "TO",
)  # fmt: skip

ACCENTED = {
    "Sao_Paulo": "São Paulo", "Araguaina": "Araguaína", "Belem": "Belém", "Cuiaba": "Cuiabá", "Eirunepe": "Eirunepé",
    "Maceio": "Maceió", "Noronha": "Fernando de Noronha", "Santarem": "Santarém",
}  # fmt: skip
BRAZILIAN = (
    "America/Sao_Paulo", "America/Araguaina", "America/Bahia", "America/Belem", "America/Boa_Vista",
    "America/Campo_Grande", "America/Cuiaba", "America/Eirunepe", "America/Fortaleza", "America/Maceio",
    "America/Manaus", "America/Noronha", "America/Porto_Velho", "America/Recife", "America/Rio_Branco",
    "America/Santarem",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record. `least` and `most` bound a number; `longest` a text; `options` are what may be chosen."""

    name: str
    label: str
    sort: Sort = "text"
    hint: str = ""
    required: bool = False
    longest: int = 120
    least: int = 0
    most: int = 999
    options: Options | None = None
    whole: bool = False
    """What is chosen is a number (an id), not a text."""
    missing: str = "Falta preencher."
    """What is said where a required one is empty."""


def read(fields: Iterable[Field], typed: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of a form, and what is wrong by field."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in fields:
        try:
            values[field.name] = _value(field, typed.get(field.name, ""))
        except ValueError as wrong:
            errors[field.name] = str(wrong)
    return values, errors


def shown(fields: Iterable[Field], values: Mapping[str, Any]) -> dict[str, str]:
    """Values as a form shows them."""
    return {field.name: _text(field, values.get(field.name)) for field in fields}


def differences(
    fields: Iterable[Field], on_file: Mapping[str, Any], wanted: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """The label of each field of which something else is on file than is wanted, and what is on file, in words."""
    return [
        (field.label, in_words(field, on_file.get(field.name)))
        for field in fields if (on_file.get(field.name) or None) != (wanted.get(field.name) or None)
    ]  # fmt: skip


def in_words(field: Field, value: Any) -> str:
    """A value as it is told."""
    if field.sort == "tick":
        return "sim" if value else "não"
    if field.sort == "choose":
        return dict(field.options() if field.options else ()).get(str(value), "nada")
    return _text(field, value) or "nada"


def _text(field: Field, value: Any) -> str:
    if field.sort == "tick":
        return "1" if value else ""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if field.sort == "phone" and value:
        return phone(value)
    return "" if value is None else str(value)


def _value(field: Field, text: str) -> Any:
    text = visible(text.strip()) if field.sort == "area" else one_line(text)
    if field.sort == "tick":
        return text == "1"
    if not text:
        if field.required:
            raise ValueError(field.missing)
        return None
    if field.sort in READERS:
        return READERS[field.sort](field, text)
    if len(text) > field.longest:
        raise ValueError(f"Cabe até {field.longest} letras.")
    return text


def _number(field: Field, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 8 and field.least <= int(text) <= field.most):
        raise ValueError(f"Um número de {field.least} a {field.most}.")
    return int(text)


def _chosen(field: Field, text: str) -> Any:
    if text not in {key for key, _ in (field.options() if field.options else ())}:
        raise ValueError("Escolha uma das opções.")
    return int(text) if field.whole else text


def _phone(_field: Field, text: str) -> str:
    number = normalise(text)
    if number is None:
        raise ValueError("Escreva o telefone com DDD, como (11) 3333-4444.")
    return number


def _time(_field: Field, text: str) -> time:
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise ValueError("Escreva as horas como 12:00.") from None


READERS: Mapping[Sort, Callable[[Field, str], Any]] = {
    "number": _number, "choose": _chosen, "phone": _phone, "time": _time,
}  # fmt: skip


def visible(text: str) -> str:
    """Without control characters and marks that turn the direction of what follows: nobody can see or undo them."""
    return "".join(one for one in text if one == "\n" or (category(one) != "Cc" and one not in TURNING))


def read_day(text: str, today: date) -> date:
    """A day as a date field sends it. Raises ValueError, whose text says why it is none, or too far away."""
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError("Escreva a data como dia, mês e ano.") from None
    if abs(found - today) > FARTHEST:
        raise ValueError("Confira o ano.")
    return found


def states() -> list[tuple[str, str]]:
    """The states of Brazil."""
    return [(state, state) for state in STATES]


def zones() -> list[tuple[str, str]]:
    """Brazil's time zones, by the place that names them."""
    places = ((name, name.removeprefix("America/")) for name in BRAZILIAN)
    return [(name, ACCENTED.get(place, place.replace("_", " "))) for name, place in places]
