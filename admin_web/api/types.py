"""The shapes of what comes in and goes out, and the kinds of text and number they are made of."""

import re
from datetime import date, datetime, time
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from clinic.cpf import cpf_is_valid
from clinic.phones import normalise

LARGEST_ID = 2**53 - 1
"""The largest whole number that every program reads as it is."""
MOST = 100
VISIBLE = r"[^\s\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
"""A character that is left when a text is kept in one line (see clinic.written.one_line)."""
CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"


class Given(BaseModel):
    """What is sent to us: exactly these fields, of exactly these types."""

    model_config = ConfigDict(extra="forbid", strict=True)


class NoQuery(Given):
    """No parameters."""


class Shown(BaseModel):
    """What we answer, made from a service's answer."""

    model_config = ConfigDict(from_attributes=True)


def _cpf(text: str) -> str:
    if not (re.fullmatch(r"\d{11}", text, re.ASCII) and cpf_is_valid(text)):
        raise ValueError("Este CPF não existe.")
    return text


def _phone(text: str) -> str:
    if not text.startswith("55") or normalise(text) != text:
        raise ValueError("Escreva 55, o DDD e o número, só com algarismos.")
    return text


def _ours(moment: datetime) -> datetime:
    """Times that a clinic's agenda may hold."""
    if not 2000 <= moment.year <= 2199:
        raise ValueError("Precisa ser uma data deste século.")
    return moment


def _day(day: date) -> date:
    if not 1900 <= day.year <= 2199:
        raise ValueError("Precisa ser uma data entre 1900 e 2199.")
    return day


RecordId = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Name = Annotated[str, StringConstraints(min_length=2, max_length=120, pattern=r"[^\W\d_].*[^\W\d_]")]
Words = Annotated[str, StringConstraints(max_length=200)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=VISIBLE)]
Cpf = Annotated[str, AfterValidator(_cpf), WithJsonSchema({"type": "string", "format": "cpf"})]
Phone = Annotated[str, AfterValidator(_phone), WithJsonSchema({"type": "string", "format": "br-phone"})]
EMAIL = r"^[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}$"
Email = Annotated[str, StringConstraints(max_length=254, pattern=EMAIL)]
Clock = Annotated[str, StringConstraints(pattern=CLOCK)]
Moment = Annotated[AwareDatetime, AfterValidator(_ours), WithJsonSchema({"type": "string", "format": "alo-date-time"})]
Day = Annotated[date, AfterValidator(_day), WithJsonSchema({"type": "string", "format": "alo-date"})]
Limit = Annotated[int, Field(ge=1, le=MOST)]
Cursor = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Paged(Given):
    """Which part of a list is wanted."""

    limit: Limit = 50
    cursor: Cursor | None = None


def as_time(text: str) -> time:
    """A Clock as a time of day."""
    return time.fromisoformat(text)


def clock(moment: time) -> str:
    """A time of day as a Clock."""
    return f"{moment:%H:%M}"


class FieldProblem(Shown):
    """What is wrong with one field."""

    field: str
    message: str


class Problem(Shown):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = Field(default_factory=list)
    code: str | None = None


Values = dict[str, Any]
