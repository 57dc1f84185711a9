"""/medicos: who works here, what it costs and when there is time, for everybody; the first two steps of booking."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, abort, render_template, request, url_for

from admin_web import access
from admin_web.access import PATIENTS, Doors, Public
from admin_web.address import day_near, number
from admin_web.portal_own import keeps, looks_again, patient_looking
from admin_web.portal_wish import MODALITIES, PRICES, STEPS, Wish, wish_of
from admin_web.wait_words import Wait, wait
from clinic import longest_waits
from clinic.finding import Found
from clinic.kinds import KindInfo
from clinic.people import Person
from clinic.slots import Criteria, SlotInfo

if TYPE_CHECKING:
    from clinic.services import Clinic

WHY = Public("whoever looks for a doctor is not yet a patient; it shows what the clinic announces")
MOST_TIMES = 60
MOST_PAGES = 1000


class Find:
    """The list, and the times of one doctor."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def page(self) -> str:
        """Those who fit, with their next times."""
        wish, page = wish_of(self._clinic, request.args), min(number(request.args.get("pagina")) or 1, MOST_PAGES)
        roster, finder = self._clinic.desk.roster(), self._clinic.portal.finder
        units = [(one.id, one.name) for one in roster.units]
        listed = finder.find(wish.looking, page)
        return render_template(
            "portal/find.html", wish=wish, page=page, steps=STEPS, roster=roster, listed=listed,
            payer=roster.payer.get(wish.payer or 0), wait=self._wait(wish) if listed.found else None,
            late={one.doctor.id: days for one in listed.found if (days := self._late(one, wish))},
            specialties=[(one.id, one.name) for one in finder.specialties()], units=units,
            payers=[(one.id, one.name) for one in roster.payers], modalities=MODALITIES,
            prices=[(one, f"Até R$ {one},00") for one in PRICES],
        )  # fmt: skip

    def times(self, doctor_id: int) -> str:
        """The second step: the times of one doctor, day by day."""
        if not looks_again():
            self._let_go()
        wish = wish_of(self._clinic, request.args)
        finder = self._clinic.portal.finder
        found = finder.one(doctor_id, wish.specialty) or finder.one(doctor_id) or abort(404)
        roster = self._clinic.desk.roster()
        today = self._clinic.clock().astimezone(roster.units[0].tz).date()
        since = max(day_near(request.args.get("dia"), today), today)
        slots = self._free(found, wish, since)
        days = _by_day(slots, {one.id: one.tz for one in roster.unit.values()})
        return render_template(
            "portal/times.html", wish=wish, found=found, steps=STEPS, roster=roster, days=days, since=since,
            today=today, later=_later(days) if len(slots) == MOST_TIMES else None, modalities=MODALITIES,
            payers=[(one.id, one.name) for one in roster.payers if (doctor_id, one.id) in roster.accepted_at],
            unit_options=[(one.id, one.name) for one in found.units], patient=self._patient(wish),
            wait=self._wait_for(found, wish),
            back=url_for(_list(), **wish.query()),
        )  # fmt: skip

    def _wait(self, wish: Wish) -> Wait | None:
        """Whether nobody of the specialty has time soon enough for the convênio."""
        if wish.specialty is None:
            return None
        kind = self._clinic.portal.finder.first_kind(wish.specialty)
        criteria = Criteria(wish.specialty, None, wish.unit, wish.payer, wish.modality, None, kind.minutes, kind.margin)
        return wait(self._clinic, criteria)

    def _late(self, found: Found, wish: Wish) -> int:
        """The working days the convênio has, where this doctor's first time comes after them; else 0."""
        roster = self._clinic.desk.roster()
        unit = roster.unit.get(wish.unit or 0) or roster.units[0]
        today = self._clinic.clock().astimezone(unit.tz).date()
        days, until = longest_waits.limit(roster, found.specialty_id, wish.payer, today, unit)
        late = found.times and found.times[0].starts_at.astimezone(unit.tz).date() > until
        return days if late else 0

    def _wait_for(self, found: Found, wish: Wish) -> Wait | None:
        """The same for one doctor; who has not said who pays is thought to use what they usually do."""
        roster, person = self._clinic.desk.roster(), self._patient(wish)
        usual = person.usual_payer_id if person else None
        payer = wish.payer or (usual if (found.doctor.id, usual) in roster.accepted_at else None)
        if wish.retorno:
            return None
        return wait(self._clinic, self._criteria(found, wish, payer))

    def _let_go(self) -> None:
        """Whoever goes back to the times has given up the one that was kept."""
        if looking := patient_looking():
            self._clinic.portal.keeper.let_go(keeps(looking))

    def _free(self, found: Found, wish: Wish, since: date) -> list[SlotInfo]:
        """Long enough for what it will be; the clock that counts is the first unit's."""
        zone = self._clinic.desk.roster().units[0].tz
        criteria = self._criteria(found, wish, wish.payer)
        return self._clinic.agenda.next_free(criteria, datetime.combine(since, time(), zone), MOST_TIMES)

    def _criteria(self, found: Found, wish: Wish, payer: int | None) -> Criteria:
        kind = self._kind(found, wish)
        return Criteria(
            found.specialty_id, found.doctor.id, wish.unit, payer, wish.modality, minutes=kind.minutes,
            margin=kind.margin,
        )  # fmt: skip

    def _kind(self, found: Found, wish: Wish) -> KindInfo:
        directory, person = self._clinic.directory, self._patient(wish)
        if wish.retorno:
            return directory.kind("return")
        if person is None:
            return self._clinic.portal.finder.first_kind(found.specialty_id)
        return directory.kind_for(person, found.doctor.id, found.specialty_id)

    def _patient(self, wish: Wish) -> Person | None:
        """For whom, where somebody is logged in: who was chosen among theirs, else themselves."""
        looking = patient_looking()
        if looking is None or looking.patient_id is None:
            return None
        theirs = self._clinic.access.acts_for(looking)
        return self._clinic.patients.get(wish.patient if wish.patient in theirs else looking.patient_id)


def _list() -> str:
    return "booking.find" if access.may("booking.find") else "medicos.page"


def _by_day(slots: list[SlotInfo], zones: dict[int, object]) -> dict[date, list[SlotInfo]]:
    found: dict[date, list[SlotInfo]] = {}
    for slot in slots:
        found.setdefault(slot.starts_at.astimezone(zones[slot.unit_id]).date(), []).append(slot)  # type: ignore[arg-type]
    return found


def _later(days: dict[date, list[SlotInfo]]) -> date:
    """Where the next page begins: the last day again, if it may be cut off, unless it is the only one."""
    known = sorted(days)
    return known[-1] if len(known) > 1 else known[-1] + timedelta(days=1)


def blueprint(clinic: "Clinic") -> Blueprint:
    """The public pages below /medicos."""
    page = Blueprint("medicos", __name__, url_prefix="/medicos")
    views, doors = Find(clinic), Doors(page)
    doors.rule("", "page", views.page, allow=WHY)
    doors.rule("/<int:doctor_id>", "times", views.times, allow=WHY)
    return page


def register(page: Blueprint, clinic: "Clinic") -> None:
    """The same list where patients begin to book."""
    Doors(page).rule("", "find", Find(clinic).page, allow=PATIENTS)
