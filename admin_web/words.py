"""How pages write dates, money, numbers and names in Brazilian Portuguese; registered as filters of every template."""

from datetime import date, datetime, time, timedelta, tzinfo

from flask import Flask

from clinic.phones import masked as phone_masked
from clinic.written import MONTHS, WEEKDAYS, WEEKDAYS_SHORT, phone, weekday_and_day

__all__ = ["MONTHS", "WEEKDAYS", "WEEKDAYS_SHORT", "phone"]
MONTHS_SHORT = ("jan.", "fev.", "mar.", "abr.", "maio", "jun.", "jul.", "ago.", "set.", "out.", "nov.", "dez.")


def install(app: Flask) -> None:
    """Give every template these filters."""
    filters = {
        "quando": when, "dia": day, "dia_longo": long_day, "hora": hour, "nascimento": birth, "reais": reais,
        "cpf": cpf, "cpf_oculto": cpf_masked, "telefone": phone, "telefone_oculto": phone_masked, "duracao": duration,
        "periodo": period,
    }  # fmt: skip
    app.jinja_env.filters.update(filters)


def day(value: date) -> str:
    """As "qui., 26 nov."."""
    return f"{WEEKDAYS_SHORT[value.weekday()]}, {value.day} {MONTHS_SHORT[value.month - 1]}"


def long_day(value: date) -> str:
    """As "quinta-feira, 26 de novembro de 2026"; the first of a month is "1º"."""
    return f"{weekday_and_day(value)} de {value.year}"


def hour(value: datetime, zone: tzinfo | None = None) -> str:
    """As "14:30", by the clock of a zone."""
    return f"{value.astimezone(zone) if zone else value:%H:%M}"


def when(value: datetime, zone: tzinfo) -> str:
    """As "qui., 26 nov., 14:30", by the clock of a zone."""
    local = value.astimezone(zone)
    return f"{day(local.date())}, {local:%H:%M}"


def period(starts: datetime, ends: datetime, zone: tzinfo) -> str:
    """As "ter., 24 nov., 14:00 às 15:00", "ter., 22 dez. a qui., 24 dez., o dia todo"; the end is not within."""
    first, end = starts.astimezone(zone), ends.astimezone(zone)
    last = (end - timedelta(microseconds=1)).date()
    if first.time() == end.time() == time():
        days = day(first.date()) if first.date() == last else f"{day(first.date())} a {day(last)}"
        return f"{days}, o dia todo"
    if first.date() == end.date():
        return f"{when(starts, zone)} às {hour(end)}"
    return f"{when(starts, zone)} até {when(ends, zone)}"


def birth(value: date) -> str:
    """As "05/04/1980"."""
    return f"{value:%d/%m/%Y}"


def reais(cents: int) -> str:
    """As "R$ 1.250,00"."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}R$ {whole:,}".replace(",", ".") + f",{rest:02d}"


def cpf(digits: str) -> str:
    """As "111.444.777-35"; what is no CPF stays as it is."""
    return f"{digits[:3]}.{digits[3:6]}.{digits[6:9]}-{digits[9:]}" if len(digits) == 11 else digits


def cpf_masked(digits: str) -> str:
    """As "***.444.777-**": enough to tell two people of one name apart."""
    return f"***.{digits[3:6]}.{digits[6:9]}-**" if len(digits) == 11 else "***"


def duration(value: timedelta) -> str:
    """As "1 h 30 min", "45 min"."""
    hours, minutes = divmod(int(value.total_seconds()) // 60, 60)
    return " ".join(part for part in (hours and f"{hours} h", (minutes or not hours) and f"{minutes} min") if part)
