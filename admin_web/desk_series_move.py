"""Moving a visit of a series and those after it: to which day, hour and doctor, what stands in the way, and moved."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request

from admin_web import series_words
from admin_web.access import STAFF, Doors, viewer
from admin_web.address import number
from admin_web.desk import Reception, back_to
from admin_web.desk_answers import done
from admin_web.desk_series import heading, visit_of, zone_of
from clinic.bookings import NotYours, WrongStatus
from clinic.cards import CardVisit
from clinic.repetitions import Choice
from clinic.series_moves import Change, Moved, Step, TooFar
from clinic.series_rows import TO_COME

if TYPE_CHECKING:
    from clinic.services import Clinic

TAKEN, WRONG = 409, 422
MOST_CHOSEN = 200
FIELDS = ("dia", "hora", "medico")
LABELS = {"dia": "Novo dia desta sessão", "hora": "Novo horário", "medico": "Médico", "sessoes": "Sessões"}
GONE = "Estas sessões mudaram enquanto a página estava aberta. Confira como estão agora."
BEGUN = "Esta sessão já começou, e não há seguintes a mudar."
NONE_CHOSEN = "Escolha o novo horário de pelo menos uma sessão."
NOTHING_NEW = "As sessões já estão assim. Mude o dia, o horário ou o médico."
Answer = str | Response | tuple[str, int]
Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows: what was typed, the sessions with what stands in their way, and what is to be said."""

    typed: Typed
    steps: tuple[Step, ...] | None = None
    errors: Mapping[str, str] | None = None
    said: str = ""
    lost: Mapping[int, Exception] | None = None
    undo: int | None = None

    @property
    def to_move(self) -> int:
        """How many can go there as they are."""
        return sum(one.to.what == "free" for one in self.steps or ())

    @property
    def others(self) -> int:
        """How many cannot."""
        return sum(one.to.what not in ("free", "booked") for one in self.steps or ())


class MoveRest:
    """Asked for, looked at, moved: one page, whose form may be sent again."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic, self._desk = clinic, Reception(clinic)

    def form(self, appointment_id: int) -> Answer:
        """To which day, hour and doctor?"""
        visit = visit_of(self._clinic, self._desk, appointment_id)
        return self._render(visit, Page(_now(visit, zone_of(self._desk, visit))))

    def send(self, appointment_id: int) -> Answer:
        """Look at the sessions, or move them."""
        visit = visit_of(self._clinic, self._desk, appointment_id)
        typed = {name: request.form.get(name, "").strip()[:20] for name in FIELDS}
        try:
            errors = self._wrong(visit, typed)
            if errors:
                return self._render(visit, Page(typed, errors=errors)), WRONG
            change = _change(typed)
            if request.form.get("passo") == "mover":
                return self._move(visit, typed, change)
            return self._looked(visit, typed, change)
        except TooFar as far:
            return self._render(visit, Page(typed, errors={"dia": _too_far(far)})), WRONG
        except (NotYours, WrongStatus):
            return self._render(visit, Page(typed, said=GONE)), TAKEN

    def _looked(self, visit: CardVisit, typed: Typed, change: Change) -> Answer:
        steps = self._preview(visit.id, change)
        if not steps:
            return self._render(visit, Page(typed, said=BEGUN)), TAKEN
        if all(one.to.what == "booked" for one in steps):
            return self._render(visit, Page(typed, errors={"dia": NOTHING_NEW})), WRONG
        return self._render(visit, Page(typed, steps))

    def _move(self, visit: CardVisit, typed: Typed, change: Change) -> Answer:
        chosen, moves = _chosen(), self._clinic.desk.series_moves
        if not chosen:
            errors = {"sessoes": NONE_CHOSEN}
            return self._render(visit, Page(typed, self._preview(visit.id, change), errors)), WRONG
        once = request.form.get("once", "")[:40] or secrets.token_urlsafe(12)
        found = moves.move(visit.id, change, chosen, viewer().ref, once, viewer())
        self._told_over(found, chosen)
        return self._answer(visit, typed, change, found)

    def _answer(self, visit: CardVisit, typed: Typed, change: Change, found: Moved) -> Answer:
        """All moved; or some were not, which can be chosen anew as far as they are still there."""
        bookings = self._clinic.desk.bookings
        undo = next((old for old in found.done if bookings.get(old).status == "cancelled"), None)
        asked = any(one.status == "pending" for one in found.done.values())
        said = f"{series_words.moved(len(found.done), asked)}." if found.done else ""
        if not found.failed:
            kept = series_words.stay(_left_alone())
            return done(f"{said} {kept}".strip(), self._day(visit, next(iter(found.done.values())).starts_at), undo)
        left = [one for one in found.failed if one in found.days and self._still(one)]
        if not left:
            return done(f"{said} {GONE}".strip(), self._day(visit, visit.starts_at), undo, "error")
        stay = series_words.stay(len(found.failed))
        page = Page(typed, said=f"{said} {stay} Veja por quê.".strip(), lost=found.failed, undo=undo)
        change = replace(change, day=found.days[left[0]])
        try:
            return self._go_on(typed, change, left[0], page), TAKEN
        except (TooFar, NotYours, WrongStatus):  # what did move is told all the same, and can be taken back
            return done(f"{said} {stay}".strip(), self._day(visit, visit.starts_at), undo, "error")

    def _go_on(self, typed: Typed, change: Change, next_id: int, page: Page) -> str:
        """The page again, from the first one that stayed."""
        typed = {**typed, "dia": change.day.isoformat()}
        steps = tuple(one for one in self._preview(next_id, change) if one.visit.id in (page.lost or {}))
        again = Page(typed, steps, None, page.said, page.lost, page.undo)
        return self._render(visit_of(self._clinic, self._desk, next_id), again)

    def _still(self, booking_id: int) -> bool:
        """Whether it can still be moved by who looks."""
        there = self._clinic.access.may_see_appointment(viewer(), booking_id)
        return there and self._clinic.desk.bookings.get(booking_id).status in TO_COME

    def _told_over(self, found: Moved, chosen: Mapping[int, Choice]) -> None:
        """Who goes beyond a payer's quota is known by name afterwards."""
        for old, new in found.done.items():
            if chosen[old].over_quota and self._clinic.desk.offers.quota_over(new):
                self._clinic.audit.add_once(viewer().ref, "quota.knowing", "appointment", new.id)

    def _preview(self, booking_id: int, change: Change) -> tuple[Step, ...]:
        return self._clinic.desk.series_moves.preview(booking_id, change, viewer())

    def _wrong(self, visit: CardVisit, typed: Typed) -> dict[str, str]:
        """What is not to be read, by field."""
        errors = {}
        if _date(typed["dia"]) is None:
            errors["dia"] = "Escolha um dia."
        if _clock(typed["hora"]) is None:
            errors["hora"] = "Escreva o horário, como 14:30."
        doctor = number(typed["medico"])
        if doctor != visit.doctor_id and doctor not in dict(self._clinic.desk.series_moves.doctors(visit.id)):
            errors["medico"] = "Escolha um médico da lista."
        return errors

    def _day(self, visit: CardVisit, moment: datetime) -> str:
        return back_to(moment.astimezone(zone_of(self._desk, visit)).date())

    def _render(self, visit: CardVisit, page: Page) -> str:
        desk, zone = self._clinic.desk, zone_of(self._desk, visit)
        series = desk.repetitions.shown(visit.id, visit.series_id, viewer()) if visit.series_id else None
        doctor = desk.roster().doctors.get(number(page.typed["medico"]) or visit.doctor_id)
        return render_template(
            "agenda/move_rest.html", **heading(self._clinic, self._desk, visit), look=page, labels=LABELS,
            words=series_words, series=series, errors=page.errors or {}, picked=request.form,
            stays={one: series_words.stayed(error, zone) for one, error in (page.lost or {}).items()},
            nth={one.id: one.n for one in series.sittings} if series else {}, whom=doctor,
            doctors=desk.series_moves.doctors(visit.id) if series else (), once=secrets.token_urlsafe(12),
        )  # fmt: skip


def _now(visit: CardVisit, zone: tzinfo) -> Typed:
    local = visit.starts_at.astimezone(zone)
    return {"dia": f"{local:%Y-%m-%d}", "hora": f"{local:%H:%M}", "medico": str(visit.doctor_id)}


def _date(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        return None


def _clock(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%H:%M")
    except ValueError:
        return None


def _change(typed: Typed) -> Change:
    """Of what `_wrong` has read."""
    day, clock = _date(typed["dia"]), _clock(typed["hora"])
    if day is None or clock is None:
        raise ValueError(typed)
    return Change(day, clock.time(), number(typed["medico"]) or 0)


def _too_far(far: TooFar) -> str:
    return f"Escolha um dia de {far.since:%d/%m} a {far.until:%d/%m}: o intervalo entre as sessões continua o mesmo."


def _chosen() -> dict[int, Choice]:
    """The times that were chosen, by session; "cota-12" is one beyond the payer's quota."""
    found = {}
    for name, text in list(request.form.items())[:MOST_CHOSEN]:
        one, slot = number(name.removeprefix("m-")), number(text.removeprefix("cota-"))
        if name.startswith("m-") and one and slot:
            found[one] = Choice(slot, text.startswith("cota-"))
    return found


def _left_alone() -> int:
    """How many of the sessions that could be moved were to stay as they are."""
    return sum(name.startswith("m-") and not text for name, text in list(request.form.items())[:MOST_CHOSEN])


def register(page: Blueprint, clinic: "Clinic") -> None:
    """The addresses, below /agenda."""
    rest, doors = MoveRest(clinic), Doors(page)
    path = "/consultas/<int:appointment_id>/mudar-seguintes"
    doors.rule(path, "move_rest_form", rest.form, allow=STAFF)
    doors.rule(path, "move_rest", rest.send, allow=STAFF, methods=["POST"])
