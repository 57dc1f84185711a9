"""How dates, hours, telephones and names are written in Brazilian Portuguese."""

from datetime import date, tzinfo
from unicodedata import category

WEEKDAYS = ("segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo")
WEEKDAYS_SHORT = ("seg.", "ter.", "qua.", "qui.", "sex.", "sáb.", "dom.")
MONTHS = (
    "janeiro", "fevereiro", "março", "abril", "maio", "junho",
    "julho", "agosto", "setembro", "outubro", "novembro", "dezembro",
)  # fmt: skip
MOBILE, LANDLINE = 11, 10
SATURDAY = 5
ZONES = {
    "America/Sao_Paulo": "Brasília", "America/Rio_Branco": "Rio Branco", "America/Cuiaba": "Cuiabá",
    "America/Belem": "Belém", "America/Araguaina": "Araguaína", "America/Santarem": "Santarém",
    "America/Noronha": "Fernando de Noronha", "America/Eirunepe": "Eirunepé",
}  # fmt: skip
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of what follows."""


def weekday_and_day(value: date) -> str:
    """As "quinta-feira, 26 de novembro"; the first of a month is "1º"."""
    number = "1º" if value.day == 1 else str(value.day)
    return f"{WEEKDAYS[value.weekday()]}, {number} de {MONTHS[value.month - 1]}"


def on_weekday_and_day(value: date) -> str:
    """As "na quinta-feira, 26 de novembro", "no sábado, 28 de novembro"."""
    return f"{'no' if value.weekday() >= SATURDAY else 'na'} {weekday_and_day(value)}"


def short_day(value: date) -> str:
    """As "qui., 26/11"."""
    return f"{WEEKDAYS_SHORT[value.weekday()]}, {value:%d/%m}"


def zone_name(zone: tzinfo) -> str:
    """As "horário de Manaus"."""
    key = str(zone)
    return f"horário de {ZONES.get(key, key.rpartition('/')[2].replace('_', ' '))}"


def phone(number: str) -> str:
    """E.164 without "+" as "(11) 98765-4321"; foreign numbers with "+"."""
    national = number[2:] if number.startswith("55") else ""
    if len(national) not in (MOBILE, LANDLINE):
        return f"+{number}"
    return f"({national[:2]}) {national[2:-4]}-{national[-4:]}"


def minutes(value: int) -> str:
    """As "1 minuto", "45 minutos", "1 hora e 30 minutos"."""
    hours, rest = divmod(value, 60)
    said = [_counted(hours, "hora")] if hours else []
    return " e ".join([*said, *([_counted(rest, "minuto")] if rest or not hours else [])])


def one_line(text: str) -> str:
    """Without line breaks, control characters and marks that turn the direction: nobody can see or undo them."""
    if text.isprintable():  # nearly always: then there is none of these, and no space but the plain one
        return " ".join(text.split())
    spaced = "".join(" " if one.isspace() else one for one in text)
    return " ".join("".join(one for one in spaced if category(one) not in ("Cc", "Cs") and one not in TURNING).split())


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
