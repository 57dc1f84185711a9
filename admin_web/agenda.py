"""/agenda: the day of all doctors side by side, the week of all or of one, and the page to print."""

from collections.abc import Callable, Sequence
from datetime import date, time
from hashlib import sha256
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for

from admin_web.access import MANAGERS, STAFF, Doors, may, viewer
from admin_web.address import number
from admin_web.agenda_team import Sketch, week_words
from admin_web.agenda_view import Drawer, Grid
from admin_web.agenda_waits import Waits
from admin_web.answers import Answers, stamped
from admin_web.desk import DAY, Asked, Reception
from admin_web.words import MONTHS_SHORT, WEEKDAYS_SHORT
from clinic.days import Column, Picture
from clinic.roster import KindInfo
from clinic.written import SATURDAY

if TYPE_CHECKING:
    from clinic.services import Clinic

WEEK = 7
NOON = time(12)
MOST_TO_CHOOSE = 150
"""A list of a thousand doctors helps nobody, and weighs more than the agenda."""

Shows = Callable[[Asked], dict[str, object]]


class Agenda:
    """The pages, and the part of them that is fetched anew when something changes."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic, self._desk = clinic, Reception(clinic)
        self._pages, self._grids = Answers(stamped(clinic)), Answers(stamped(clinic))
        self._waits = Waits(clinic)

    def day(self) -> str | bytes:
        """One day, everybody who works."""
        return self._pages.page(lambda: self._page(self._day))

    def day_grid(self) -> Response:
        """The grid of the day alone; 304 while nothing has changed."""
        return self._grid(self._day)

    def week(self) -> str | bytes:
        """All who fit, or one doctor, for seven days."""
        return self._pages.page(lambda: self._page(self._weekly()))

    def week_grid(self) -> Response:
        """The grid or the table of the week alone."""
        return self._grid(self._weekly())

    def _page(self, shown: Shows) -> str:
        if not self._clinic.units.all():
            return self._nothing()
        asked = self._asked(shown)
        self._seen(shown, asked)
        return render_template("agenda/page.html", **shown(asked), **self._around(asked))

    def _grid(self, shown: Shows) -> Response:
        """One for all who see the same units, and are offered the same; who looks is written down all the same."""
        asked = self._asked(shown)
        self._seen(shown, asked)
        sees = self._desk.choice(asked), self._desk.ours(), self._desk.zone().id, self._without_hours(asked)
        scope = (request.path, asked, _page(), sees)
        grid = self._grids.of(scope, lambda: _drawn(shown(asked)))
        return unchanged(grid + self._waits.part(self._desk.choice(asked).unit_ids))

    def _asked(self, shown: Shows) -> Asked:
        return self._desk.asked() if shown == self._day else self._desk.asked(self._week_now())

    def _weekly(self) -> Shows:
        """Of one doctor her blocks; of several, where each is."""
        several = not self._clinic.units.all() or self._one(self._desk.asked()) is None
        return self._team if several else self._week

    def _one(self, asked: Asked) -> int | None:
        """The doctor that was chosen, or the only one there is to choose."""
        fitting = [asked.doctor_id] if asked.doctor_id else self._doctors(asked)
        return fitting[0] if len(fitting) == 1 else None

    def _week_now(self) -> date:
        """The day whose week is shown unless another is asked for: from Saturday noon on, once nobody's hours remain
        in the week that ends, the coming Monday."""
        today, now = self._desk.today(), self._clinic.clock()
        morning = today.weekday() == SATURDAY and now.astimezone(self._desk.zone().tz).time() < NOON
        if today.weekday() < SATURDAY or morning or not self._clinic.desk.weeks.over(today, now):
            return today
        return _monday(today) + DAY * WEEK

    def _seen(self, shown: Shows, asked: Asked) -> None:
        """Where names are: who opened which day is written down, once however often it changes."""
        if shown == self._team:
            return
        self._clinic.audit.add_once(viewer().ref, "day.read", "doctor", asked.doctor_id, asked.day.isoformat())

    def _nothing(self) -> str:
        """What a new clinic sees, and what to do first."""
        first = "directory_unit.page"
        way = first if first in current_app.view_functions and may(first) else None
        return render_template("agenda/nothing.html", first_step=way)

    def printed(self) -> str:
        """The day as lists, one for each doctor, to put beside the telephone."""
        asked = self._desk.asked()
        self._clinic.audit.add(viewer().ref, "day.printed", "doctor", asked.doctor_id, asked.day.isoformat())
        picture = self._clinic.desk.days.day(self._desk.choice(asked), asked.day)
        return render_template(
            "agenda/print.html", asked=asked, columns=picture.columns, roster=self._clinic.desk.roster(),
            kinds=self._kinds(), ours=self._desk.ours(), now=self._clinic.clock(), zone=self._zone(asked),
        )  # fmt: skip

    def _day(self, asked: Asked) -> dict[str, object]:
        choice = self._desk.choice(asked)
        picture = self._clinic.desk.days.day(choice, asked.day)
        grid = self._drawer().grid(_unless_bare(picture.columns), self._of_doctor)
        nobody = not grid.strips
        return {
            **self._shown(asked, picture, grid),
            "kind": "day",
            "address": url_for("agenda.day_grid", **asked.query(coluna=None)),  # type: ignore[arg-type]
            "before": self._address("agenda.day", asked, asked.day - DAY),
            "after": self._address("agenda.day", asked, asked.day + DAY),
            "next_day": self._clinic.desk.days.next_day_of_work(choice, asked.day) if nobody else None,
            "without_hours": self._without_hours(asked),
        }

    def _week(self, asked: Asked) -> dict[str, object]:
        doctor_id = self._one(asked) or 0
        monday = _monday(asked.day)
        picture = self._clinic.desk.days.week(doctor_id, monday)
        columns = [one for one in picture.columns if one.day.weekday() < SATURDAY or one.visits or one.openings]
        grid = self._drawer().grid(_unless_bare(columns), _of_day)
        return {
            **self._shown(asked, Picture(tuple(columns)), grid),
            **self._weeks_beside(asked, monday, medico=doctor_id),
            "doctor": self._clinic.desk.roster().doctors[doctor_id],
            "without_hours": self._without_hours(asked),
            "address": url_for("agenda.week_grid", **asked.query(medico=doctor_id, coluna=None)),  # type: ignore[arg-type]
        }

    def _without_hours(self, asked: Asked) -> tuple[int, bool] | None:
        """The doctor, where the one that is asked for never works, and whether who looks may change that."""
        doctor_id, looking = self._one(asked), viewer()
        if doctor_id is None or self._clinic.desk.roster().hours_of.get(doctor_id):
            return None
        return doctor_id, bool(looking.roles & MANAGERS) or looking.doctor_id == doctor_id

    def _team(self, asked: Asked) -> dict[str, object]:
        """Doctors by days, a page of them; no patient is named."""
        choice, monday = self._desk.choice(asked), _monday(asked.day)
        team = self._clinic.desk.weeks.team(choice, monday, _page())
        table = Sketch(self._desk.all_units(), self._desk.ours(), choice, self._desk.today()).table(team, monday)
        here = asked.query(coluna=None, pagina=table.page if table.pages > 1 else None)
        return {
            **self._weeks_beside(asked, monday),
            "asked": asked,
            "part": "agenda/team.html",
            "table": table,
            "shown": table.shown(asked.column),
            "roster": self._clinic.desk.roster(),
            "address": url_for("agenda.week_grid", **here),  # type: ignore[arg-type]
        }

    def _weeks_beside(self, asked: Asked, monday: date, **more: object) -> dict[str, object]:
        """What every week's page has: which one it is, and the ones before and after."""
        return {
            "kind": "week",
            "monday": monday,
            "days_said": week_words(monday),
            "before": self._address("agenda.week", asked, asked.day - DAY * WEEK, **more),
            "after": self._address("agenda.week", asked, asked.day + DAY * WEEK, **more),
        }

    def _shown(self, asked: Asked, picture: Picture, grid: Grid) -> dict[str, object]:
        roster = self._clinic.desk.roster()
        shown = asked.column if asked.column in {one.key for one in grid.strips} else _first(grid)
        return {
            "asked": asked,
            "part": "agenda/grid.html",
            "grid": grid,
            "shown": shown,
            "others": picture.others,
            "roster": roster,
            "zone": self._zone(asked),
        }

    def _around(self, asked: Asked) -> dict[str, object]:
        """What only the whole page shows, beside the grid."""
        return {
            "today": self._desk.today(),
            "week_now": self._week_now(),
            "units": self._desk.units(),
            "specialties": self._clinic.desk.roster().specialties,
            "doctors": self._to_choose(asked),
            "patient": self._desk.patient(asked.patient_id),
            "undo": self._undo(),
            "waits": self._waits.counted(self._desk.choice(asked).unit_ids),
        }

    def _undo(self) -> int | None:
        """The appointment whose cancelling or moving was just done, where the page may offer to take it back."""
        undone = number(request.args.get("desfazer"))
        return undone if undone and self._clinic.access.may_see_appointment(viewer(), undone) else None

    def _drawer(self) -> Drawer:
        return Drawer(self._desk.all_units(), self._kinds(), self._clinic.clock(), self._desk.ours())

    def _kinds(self) -> dict[int, KindInfo]:
        return {one.id: one for one in self._clinic.desk.roster().kinds}

    def _to_choose(self, asked: Asked) -> list[int]:
        """The doctors in the list; of very many those of the unit and specialty that were chosen, and not all."""
        found = [one.id for one in self._clinic.desk.roster().doctors.values() if one.active]
        if len(found) > MOST_TO_CHOOSE:
            found = self._doctors(asked)[:MOST_TO_CHOOSE]
        missing = asked.doctor_id is not None and asked.doctor_id not in found
        return [asked.doctor_id or 0, *found] if missing else found

    def _doctors(self, asked: Asked) -> list[int]:
        """The doctors of the unit and specialty that were chosen, in their order."""
        roster = self._clinic.desk.roster()
        found = [one.id for one in roster.doctors.values() if one.active]
        if asked.specialty_id:
            found = [one for one in found if (one, asked.specialty_id) in roster.rqe]
        if asked.unit_id:
            found = [one for one in found if any(row.unit_id == asked.unit_id for row in roster.hours_of.get(one, ()))]
        return found

    def _zone(self, asked: Asked) -> object:
        return (self._desk.all_units()[asked.unit_id] if asked.unit_id else self._desk.zone()).tz

    def _of_doctor(self, column: Column) -> tuple[str, str]:
        units = self._desk.all_units()
        return column.doctor.name, " e ".join(units[one].name for one in column.unit_ids)

    @staticmethod
    def _address(endpoint: str, asked: Asked, day: date, **more: object) -> str:
        return url_for(endpoint, **asked.query(dia=day.isoformat(), **more))  # type: ignore[arg-type]


def _page() -> int:
    """Which page of many doctors is asked for."""
    return number(request.args.get("pagina")) or 1


def _monday(day: date) -> date:
    return day - DAY * day.weekday()


def _drawn(shown: dict[str, object]) -> bytes:
    return render_template(str(shown["part"]), **shown).encode()


def _of_day(column: Column) -> tuple[str, str]:
    day = column.day
    return f"{WEEKDAYS_SHORT[day.weekday()]}, {day.day} {MONTHS_SHORT[day.month - 1]}", ""


def _unless_bare(columns: Sequence[Column]) -> Sequence[Column]:
    """The columns, where any of them says something: a long empty grid tells nobody what to do."""
    return columns if any(one.visits or one.openings or one.away or one.holiday for one in columns) else ()


def _first(grid: Grid) -> int | None:
    """On a narrow screen one column is shown: today's in a week, else the first."""
    today = next((one.key for one in grid.strips if one.today and len({s.day for s in grid.strips}) > 1), None)
    return today if today is not None else next((one.key for one in grid.strips), None)


def unchanged(text: str | bytes) -> Response:
    """A fragment with its tag; 304 where the reader has it already."""
    reply = make_response(text)
    reply.set_etag(sha256(reply.get_data()).hexdigest()[:16])
    reply.make_conditional(request)
    return reply


def blueprint(clinic: "Clinic") -> Blueprint:
    """The pages below /agenda that only show."""
    page = Blueprint("agenda", __name__, url_prefix="/agenda")
    views, doors = Agenda(clinic), Doors(page)
    doors.rule("", "day", views.day, allow=STAFF)
    doors.rule("/grade", "day_grid", views.day_grid, allow=STAFF)
    doors.rule("/semana", "week", views.week, allow=STAFF)
    doors.rule("/semana/grade", "week_grid", views.week_grid, allow=STAFF)
    doors.rule("/imprimir", "printed", views.printed, allow=STAFF)
    return page
