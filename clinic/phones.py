"""Telephone numbers as carriers spell them, brought to one form."""

import re

COUNTRY = "55"
SEPARATORS = re.compile(r"[\s().\-/]")
NO_AREAS = {20, 23, 25, 26, 29, 30, 36, 39, 40, 50, 52, 56, 57, 58, 59, 60, 70, 72, 76, 78, 80, 90}
AREAS = frozenset(str(area) for area in range(11, 100) if area not in NO_AREAS)
MOBILE = "6789"  # first digit of the eight after the ninth digit; landlines begin with 2 to 5


def normalise(raw: str, area: str = "11") -> str | None:
    """A caller id as E.164 digits ("5511987654321"); None when withheld or not a telephone number.

    Takes +55, 55, 0 + carrier, 0 + area, area, or a local number (then `area` is put before it); adds the ninth digit
    to a mobile number that lacks it, never to a landline.
    """
    text = SEPARATORS.sub("", raw)
    abroad = text.startswith(("+", "00"))
    digits = text.removeprefix("+").removeprefix("00") if abroad else text
    if not (digits.isascii() and digits.isdigit()):
        return None
    if abroad and not digits.startswith(COUNTRY):
        return digits if 8 <= len(digits) <= 15 and digits[0] != "0" else None
    return _national(_without_prefixes(digits, area))


def _without_prefixes(digits: str, area: str) -> str:
    """Area and number: 10 or 11 digits where it is a telephone number."""
    if digits.startswith(COUNTRY) and len(digits) in (12, 13):
        return digits[2:]
    if digits.startswith("0"):
        return digits[3:] if len(digits) in (13, 14) else digits[1:]
    return area + digits if len(digits) in (8, 9) else digits


def _national(number: str) -> str | None:
    area, local = number[:2], number[2:]
    if area not in AREAS:
        return None
    if len(local) == 8 and local[0] in MOBILE:
        local = "9" + local
    landline = len(local) == 8 and local[0] in "2345"
    mobile = len(local) == 9 and local[0] == "9"
    return COUNTRY + area + local if landline or mobile else None


def variants(number: str) -> tuple[str, ...]:
    """The spellings under which a normalised number may be on file: a mobile with and without its ninth digit."""
    head, local = number[:4], number[4:]
    if not number.startswith(COUNTRY) or len(number) not in (12, 13):
        return (number,)
    if len(local) == 9 and local[0] == "9" and local[1] in MOBILE:
        return (number, head + local[1:])
    return (number, head + "9" + local) if len(local) == 8 and local[0] in MOBILE else (number,)


def masked(number: str) -> str:
    """What a page may show of a number: "(11) •••••-4321", or the last four digits of a foreign one."""
    head = f"({number[2:4]}) •••••-" if number.startswith(COUNTRY) and len(number) in (12, 13) else "•••••"
    return head + number[-4:]
