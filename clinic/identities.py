"""What a person is known by: CPF, e-mail, telephone, CRM or the subject of an OpenID provider, each in one spelling."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from clinic.cpf import cpf_is_valid
from clinic.phones import normalise

Kind = Literal["cpf", "email", "phone", "crm", "oidc"]
_STATES = "AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO"
STATES = frozenset(_STATES.split())
LONGEST = 320
WITH_AREA = 10
"""Digits of the shortest telephone number that says its area; a CRM or a part of a number is shorter."""
EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@(?:[^@\s.,;<>\"]+\.)+[^@\s.,;<>\"\d][^@\s.,;<>\"]+")
CPF_MASK = re.compile(r"\d{3}\.?\d{3}\.?\d{3}[-/ ]?\d{2}")
CRM_WORDS = re.compile(r"\bCRM\b|[^0-9A-Z]")


@dataclass(frozen=True, slots=True)
class Identity:
    """One of the things somebody is known by, in its one spelling."""

    kind: Kind
    value: str


def understood(typed: str) -> Identity | None:
    """What somebody typed to log in: an e-mail, a CPF, a CRM with its state or a telephone with its area, in this
    order; None when it can be none of these. Eleven digits that are a CPF are one, whatever number they may be too.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    if len(text) > LONGEST:
        return None
    if "@" in text:
        found = email(text)
        return Identity("email", found) if found else None
    return cpf(text) or crm(text) or (phone(text) if len(re.sub(r"\D", "", text)) >= WITH_AREA else None)


def email(text: str) -> str | None:
    """An address in the one spelling we compare, or None when it cannot be one."""
    plain = unicodedata.normalize("NFC", text).strip().lower()
    return plain if len(plain) <= LONGEST and EMAIL.fullmatch(plain) else None


def cpf(text: str) -> Identity | None:
    """A CPF with or without its mask; None when the check digits are wrong."""
    digits = re.sub(r"\D", "", text)
    return Identity("cpf", digits) if CPF_MASK.fullmatch(text) and cpf_is_valid(digits) else None


def crm(text: str) -> Identity | None:
    """A CRM and its state, however written ("CRM/SP 118.234", "118234-SP"); None when either is missing."""
    plain = CRM_WORDS.sub("", text.upper())
    found = re.fullmatch(r"([A-Z]{2})0*(\d{1,8})|0*(\d{1,8})([A-Z]{2})", plain)
    if not found:
        return None
    state, number = found[1] or found[4], found[2] or found[3]
    return Identity("crm", f"{state}/{number}") if state in STATES else None


def phone(text: str) -> Identity | None:
    """A telephone number; None when it is none."""
    number = normalise(text)
    return Identity("phone", number) if number else None


def subject(issuer: str, name: str) -> Identity:
    """Somebody as an OpenID provider knows them; quoted, as a database may take no notice of blanks at the end."""
    return Identity("oidc", f"{issuer}|{quote(name, safe='')}")
