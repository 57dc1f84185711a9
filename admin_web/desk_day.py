"""What happens on the day itself: who comes without a time (encaixe), and a doctor who runs late (atraso)."""

import secrets
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request

from admin_web import desk_words
from admin_web.access import STAFF, Doors, viewer
from admin_web.address import day_near, number
from admin_web.desk import Reception, back_to, in_drawer
from admin_web.desk_answers import done
from admin_web.extra_words import NOTHING, Told, all_told
from clinic.access import may_see_unit
from clinic.bookings import ExtraQuotaFull, Overlaps
from clinic.days import Choice
from clinic.extra_facts import Fact, NotKnown
from clinic.people import Person
from clinic.roster import KindInfo
from clinic.transitions import TooSoon
from clinic.users import Viewer
from clinic.visits import Extra
from clinic.written import one_line

if TYPE_CHECKING:
    from clinic.services import Clinic

TAKEN = 409
LONGEST_REASON = 200
LONGEST_DELAY = 480
ROLES = ("admin", "manager", "attendant")
USUAL_DELAY = 30
Answer = Response | tuple[str, int]


class OnTheDay:
    """Two forms, and what follows from them."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic, self._desk = clinic, Reception(clinic)

    def extra_form(self) -> str:
        """Who, then with whom and why."""
        return self._extra(request.args, {}, "")

    def extra(self) -> Answer:
        """Let somebody in beside the times; `arrived`: they stand at the desk."""
        given = request.form
        errors, person = self._wrong(given), self._desk.patient(number(given.get("paciente")))
        if person is None:
            return self._extra(given, {}, "Escolha primeiro o paciente."), 422
        if errors:
            return self._extra(given, errors, ""), 422
        return self._let_in(given, person, self._wanted(given))

    def _let_in(self, given: "object", person: Person, wanted: Extra) -> Answer:
        """What stands against it is told first; it is done by who was told, and that is in the audit."""
        bookings, by, known = self._clinic.desk.bookings, viewer().ref, given.get("ciente", "")  # type: ignore[attr-defined]
        zone = self._clinic.desk.roster().unit[wanted.unit_id].tz
        try:
            booked = bookings.book_extra(person, wanted, by, known=known)
        except NotKnown as new:
            return self._extra(given, {}, "", self._told(wanted, new.facts)), TAKEN
        except ExtraQuotaFull as full:
            said = f"Os encaixes do dia acabaram: este médico aceita {full.limit}. Escolha outro médico ou outro dia."
            return self._extra(given, {}, said), TAKEN
        except Overlaps as clash:
            said = f"O paciente já tem consulta às {clash.booking.starts_at.astimezone(zone):%H:%M} deste dia."
            return self._extra(given, {"hora": said}, "", self._told(wanted, bookings.against_extra(wanted))), TAKEN
        if known:
            self._clinic.audit.add(by, "extra.knowing", "appointment", booked.id)
        said = f"Encaixe de {person.name} feito."
        if given.get("arrived") and not self._arrived(booked.id):  # type: ignore[attr-defined]
            said += " A chegada se anota no dia."
        return done(said, back_to(booked.starts_at.astimezone(zone).date()))

    def _arrived(self, booking_id: int) -> bool:
        """Whoever was let in is here already; not where it is for another day."""
        try:
            self._clinic.desk.bookings.arrive(booking_id, viewer().ref)
        except TooSoon:
            return False
        return True

    def late_form(self) -> str:
        """How late, and whom it concerns."""
        return self._late(request.args, {})

    def late(self) -> Answer:
        """Write it down; every visit still to come is told in its history."""
        given = request.form
        doctor_id, day = number(given.get("medico")), day_near(given.get("dia"), self._desk.today())
        minutes, reason = number(given.get("minutos")), one_line(given.get("motivo", ""))
        errors = {}
        if doctor_id not in self._clinic.desk.roster().doctors:
            errors["medico"] = "Escolha o médico."
        if minutes is None or minutes > LONGEST_DELAY:
            errors["minutos"] = "Escreva os minutos, até 480. Zero quer dizer em dia."
        if len(reason) > LONGEST_REASON:
            errors["motivo"] = f"Use até {LONGEST_REASON} letras."
        if errors:
            return self._late(given, errors), 422
        hit = self._clinic.desk.delays.set(doctor_id or 0, day, minutes or 0, viewer().ref, reason)
        name = self._clinic.desk.roster().doctors[doctor_id or 0].name
        return done(desk_words.late(name, minutes or 0, sum(one.status != "arrived" for one in hit)), back_to(day))

    def _told(self, wanted: Extra, facts: tuple[Fact, ...]) -> Told:
        return all_told(facts, wanted, self._clinic.desk.roster())

    def _extra(self, given: "object", errors: dict[str, str], said: str, told: Told = NOTHING) -> str:
        ask = given.get  # type: ignore[attr-defined]
        day = day_near(ask("dia"), self._desk.today())
        person = self._desk.patient(number(ask("paciente")))
        typed = ask("q", "")[:120]
        units = self._desk.units()
        return render_template(
            "agenda/extra.html", drawer=in_drawer(), person=person, q=typed, errors=errors, said=said, day=day,
            told=told,
            found=self._clinic.desk.search.find(typed, viewer().ref) if typed and not person else [],
            units=units, given=given,
            doctors=self._doctors(day), unit_options=[(one.id, one.name) for one in units],
            payer_options=[(one.id, one.name) for one in self._clinic.directory.payers()],
            kind_options=[(one.id, f"{one.name} ({one.minutes} min)") for one in self._kinds()],
            roster=self._clinic.desk.roster(),
            now=self._next_quarter(day), once=secrets.token_urlsafe(12), desk_words=desk_words,
            keep={name: ask(name) for name in ("dia", "medico", "unidade") if ask(name)}, today_is=self._desk.today(),
        )  # fmt: skip

    def _late(self, given: "object", errors: dict[str, str]) -> str:
        ask = given.get  # type: ignore[attr-defined]
        day = day_near(ask("dia"), self._desk.today())
        doctor_id, minutes = number(ask("medico")), number(ask("minutos"))
        minutes = USUAL_DELAY if minutes is None else min(minutes, LONGEST_DELAY)
        known = doctor_id in self._clinic.desk.roster().doctors
        hit = self._clinic.desk.delays.would_hit(doctor_id or 0, day, minutes) if known else []
        return render_template(
            "agenda/late.html", drawer=in_drawer(), day=day, doctor_id=doctor_id, minutes=minutes, errors=errors,
            reason=ask("motivo", ""), doctors=self._doctors(day), hit=hit,
            typed=ask("minutos", "")[:20] if "minutos" in errors else minutes,
            names=self._names(doctor_id, day) if hit else {}, zone=self._desk.zone().tz,
            roster=self._clinic.desk.roster(),
        )  # fmt: skip

    def _wrong(self, given: "object") -> dict[str, str]:
        ask = given.get  # type: ignore[attr-defined]
        roster, errors = self._clinic.desk.roster(), {}
        if number(ask("medico")) not in roster.doctors:
            errors["medico"] = "Escolha o médico."
        unit = number(ask("unidade"))
        if unit not in roster.unit or not may_see_unit(viewer(), unit or 0):
            errors["unidade"] = "Escolha a unidade."
        if number(ask("tipo")) not in {one.id for one in self._kinds()}:
            errors["tipo"] = "Escolha o tipo de consulta."
        if clock_of(ask("hora")) is None:
            errors["hora"] = "Escreva a hora, como 14:30."
        reason = one_line(ask("motivo", ""))
        if not reason or len(reason) > LONGEST_REASON:
            errors["motivo"] = f"Escreva por que este encaixe é preciso, em até {LONGEST_REASON} letras."
        return errors

    def _wanted(self, given: "object") -> Extra:
        ask = given.get  # type: ignore[attr-defined]
        roster = self._clinic.desk.roster()
        doctor_id, unit_id = number(ask("medico")) or 0, number(ask("unidade")) or 0
        at = clock_of(ask("hora")) or time()
        day = day_near(ask("dia"), self._desk.today())
        [kind] = [one for one in roster.kinds if one.id == number(ask("tipo"))]
        specialty = next((one.id for one in roster.specialties if doctor_id in roster.announceable[one.id]), None)
        role = role_of(viewer())
        starts_at = datetime.combine(day, at, roster.unit[unit_id].tz)
        payer = number(ask("convenio"))
        return Extra(
            doctor_id, unit_id, starts_at, kind, role, one_line(ask("motivo")), specialty,
            payer if payer in roster.payer else None,
        )  # fmt: skip

    def _names(self, doctor_id: int | None, day: date) -> dict[int, str]:
        """Who comes, by appointment; those of units of others have no name here."""
        columns = self._clinic.desk.days.day(Choice(doctor_id=doctor_id), day).columns
        ours = self._desk.ours()
        return {one.id: one.name for column in columns for one in column.visits if one.unit_id in ours}

    def _doctors(self, day: date) -> list[tuple[int, str]]:
        """Those who work that day first."""
        roster = self._clinic.desk.roster()
        at_work = {row.doctor_id for row in roster.hours if row.weekday == day.weekday()}
        active = [one for one in roster.doctors.values() if one.active]
        return [(one.id, one.name) for one in sorted(active, key=lambda one: one.id not in at_work)]

    def _kinds(self) -> list[KindInfo]:
        return [one for one in self._clinic.desk.roster().kinds if "desk" in one.bookable_by and one.code != "return"]

    def _next_quarter(self, day: date) -> str:
        """The time that is proposed: now, rounded up to a quarter of an hour."""
        now = self._clinic.clock().astimezone(self._desk.zone().tz)
        if now.date() != day:
            return "09:00"
        later = now + timedelta(minutes=-now.minute % 15)
        return f"{later:%H:%M}"


def role_of(looking: Viewer) -> str:
    """As what somebody of the staff lets a patient in."""
    return next(one for one in ROLES if one in looking.roles)


def clock_of(text: str | None) -> time | None:
    """A time of day out of a form; None for what is none."""
    try:
        return time.fromisoformat(text or "").replace(tzinfo=None)
    except ValueError:
        return None


def register(page: Blueprint, clinic: "Clinic") -> None:
    """The addresses of encaixe and atraso, below /agenda."""
    views, doors = OnTheDay(clinic), Doors(page)
    doors.rule("/encaixe", "extra", views.extra_form, allow=STAFF)
    doors.rule("/encaixe", "do_extra", views.extra, allow=STAFF, methods=["POST"])
    doors.rule("/atraso", "late", views.late_form, allow=STAFF)
    doors.rule("/atraso", "do_late", views.late, allow=STAFF, methods=["POST"])
