"""What an address or a form names, read without trust: ids and days; None, or a day nearby, for what is neither."""

from datetime import date, timedelta

FARTHEST = timedelta(days=5 * 366)
YEARS = range(2000, 2200)


def number(text: str | None) -> int | None:
    """An id; None for anything else."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 18 else None


def day_of(text: str | None) -> date | None:
    """A day; None for what is none, or lies beyond any agenda."""
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.year in YEARS else None


def day_near(text: str | None, today: date) -> date:
    """A day; today for what is none, or is years away."""
    found = day_of(text)
    return found if found and abs(found - today) <= FARTHEST else today
