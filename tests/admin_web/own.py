"""What the tests of a doctor's own pages share."""

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from admin_web.hours_form import FIELDS, stamp

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
TUESDAY = date(2026, 11, 24)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime.combine(TUESDAY, time(hour, minute), SAO_PAULO)


def seen_in(page: str) -> str:
    """By what the page's form shows that those who are hit were shown."""
    return re.search(r'name="seen" value="(\w+)"', page)[1]


def tuesday(clinic, who="alice"):
    return clinic.book(who, clinic.agenda.on_day(clinic.criteria(doctor="marina"), TUESDAY).times[0])


def request_of(clinic, site):
    """A request Rita has to answer, and her browser."""
    rita = clinic.at.doctors["rita"]
    asked = clinic.book("alice", clinic.slot("rita", "cardiology"), "cardiology")
    user = clinic.users.create("Rita", ["doctor"], by="system", doctor_id=rita)
    site.users["rita"] = user
    browser = site.client("rita")
    browser.get(f"/medico/{rita}")
    return rita, asked, browser


def row(clinic, **more):
    row = dict(
        zip(FIELDS, ["1", "08:00", "12:00", str(clinic.at.units["centro"]), "in_person", "30", "", ""], strict=True)
    )
    return row | {"before": stamp(clinic.practice.hours(clinic.at.doctors["marina"]))} | more
