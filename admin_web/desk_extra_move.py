"""An encaixe goes to another time beside the slots: what stands against it is told first, as where one is made."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request

from admin_web.access import STAFF, Doors, viewer
from admin_web.address import day_near, number
from admin_web.desk import Reception, back_to
from admin_web.desk_answers import done
from admin_web.desk_day import LONGEST_REASON, clock_of, role_of
from admin_web.desk_series import heading
from admin_web.desk_visit import not_there
from admin_web.extra_words import NOTHING, Told, all_told
from clinic.access import may_see_unit
from clinic.bookings import Booking, ExtraQuotaFull, NotYours, Overlaps, SlotTaken, WrongStatus
from clinic.cards import CardVisit
from clinic.extra_facts import NotKnown
from clinic.planning import covers
from clinic.slots import SlotInfo
from clinic.visits import Extra
from clinic.written import one_line

if TYPE_CHECKING:
    from clinic.services import Clinic

TAKEN = 409
MOVES = ("booked",)
LABELS = {"dia": "Dia", "hora": "Hora", "medico": "Médico", "unidade": "Unidade", "motivo": "Motivo"}
CHANGED = "Esta consulta mudou enquanto a página estava aberta. Confira como ela está agora."
Answer = Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Page:
    """What is shown: what was typed, what is wrong with it, and what stands against it."""

    typed: Mapping[str, str]
    errors: Mapping[str, str]
    said: str = ""
    told: Told = NOTHING


class MoveExtra:
    """One form, and what follows from it."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic, self._desk = clinic, Reception(clinic)

    def form(self, appointment_id: int) -> str:
        """Where to? What stands against the time that the address names is told at once."""
        visit = self._visit(appointment_id)
        typed = self._typed(request.args, visit)
        errors = {} if "hora" not in request.args else self._wrong(typed, visit)
        if "hora" not in request.args or errors or self._is_there(typed, visit) or not _movable(visit):
            return self._render(visit, Page(typed, errors))
        return self._render(visit, Page(typed, {}, told=self._told(typed, visit)))

    def send(self, appointment_id: int) -> Answer:
        """Move it, where whoever asks was told what stands against it; ten seconds to take it back."""
        visit = self._visit(appointment_id)
        typed = self._typed(request.form, visit)
        errors = self._wrong(typed, visit)
        if self._is_there(typed, visit) and _movable(visit):
            errors["hora"] = "Já está neste horário. Escreva outro."
        if errors:
            return self._render(visit, Page(typed, errors)), 422
        try:
            new = self._move(visit, typed)
        except NotKnown:
            return self._render(visit, Page(typed, {}, told=self._told(typed, visit))), TAKEN
        except ExtraQuotaFull as full:
            said = f"Os encaixes do dia acabaram: este médico aceita {full.limit}. Escolha outro médico ou outro dia."
            return self._render(visit, Page(typed, {}, said)), TAKEN
        except Overlaps as clash:
            at = clash.booking.starts_at.astimezone(self._zone(clash.booking.unit_id))
            said = f"O paciente já tem consulta em {at:%d/%m às %H:%M}. Escolha outra hora."
            return self._render(visit, Page(typed, {"hora": said}, told=self._told(typed, visit))), TAKEN
        except LookupError as wrong:
            return self._render(visit, Page(typed, {}, not_there(str(wrong.args[0])))), TAKEN
        except (WrongStatus, NotYours, SlotTaken):
            return self._render(visit, Page(typed, {}, CHANGED)), TAKEN
        when = new.starts_at.astimezone(self._zone(new.unit_id))
        return done(f"O encaixe mudou para {when:%d/%m às %H:%M}.", back_to(when.date()), visit.id)

    def _move(self, visit: CardVisit, typed: Mapping[str, str]) -> Booking:
        by, known, once = viewer().ref, request.form.get("ciente", ""), request.form.get("once", "")
        key = f"{by}:{once}"[:120] if once else None
        new = self._clinic.desk.bookings.move_extra(visit.id, self._wanted(typed, visit), by, key, known)
        if new.status == "cancelled":  # this very form moved it before, and that was taken back since
            raise WrongStatus(new.status, "moved")
        if known:
            self._clinic.audit.add_once(by, "extra.knowing", "appointment", new.id)
        return new

    def _told(self, typed: Mapping[str, str], visit: CardVisit) -> Told:
        try:
            wanted = self._wanted(typed, visit)
        except LookupError:  # told when it is sent
            return NOTHING
        return all_told(self._clinic.desk.bookings.against_extra(wanted), wanted, self._clinic.desk.roster())

    def _wanted(self, typed: Mapping[str, str], visit: CardVisit) -> Extra:
        """Raises LookupError where that doctor does not see this specialty or take this payer there."""
        desk, doctor, unit = self._clinic.desk, number(typed["medico"]) or 0, number(typed["unidade"]) or 0
        kind, starts_at = self._clinic.directory.kind(visit.kind_id), self._at(typed)
        there = SlotInfo(0, doctor, unit, visit.modality, starts_at, visit.ends_at)
        terms = desk.offers.moved(desk.bookings.get(visit.id), there, visit.return_of)
        price = terms.price_cents if terms else visit.price_cents
        return Extra(
            doctor, unit, starts_at, kind, role_of(viewer()), one_line(typed["motivo"]), visit.specialty_id,
            visit.payer_id, visit.modality, price, visit.id,
        )  # fmt: skip

    def _at(self, typed: Mapping[str, str]) -> datetime:
        clock = clock_of(typed["hora"])
        if clock is None:
            raise ValueError(typed["hora"])
        day = day_near(typed["dia"], self._desk.today())
        return datetime.combine(day, clock, self._zone(number(typed["unidade"]) or 0))

    def _is_there(self, typed: Mapping[str, str], visit: CardVisit) -> bool:
        """Whether it is at that time already."""
        same = (typed["medico"], typed["unidade"]) == (str(visit.doctor_id), str(visit.unit_id))
        return same and clock_of(typed["hora"]) is not None and self._at(typed) == visit.starts_at

    def _typed(self, given: Mapping[str, str], visit: CardVisit) -> dict[str, str]:
        """What was typed; else what is so now, and for another doctor the unit where they are then."""
        local = visit.starts_at.astimezone(self._zone(visit.unit_id))
        usual = {
            "dia": f"{local:%Y-%m-%d}", "hora": f"{local:%H:%M}", "medico": str(visit.doctor_id),
            "motivo": visit.extra_reason or "",
        }  # fmt: skip
        typed = {name: given.get(name, value)[: LONGEST_REASON + 1] for name, value in usual.items()}
        typed["unidade"] = given.get("unidade", "")[:20] or str(self._unit_then(typed, visit))
        return typed

    def _unit_then(self, typed: Mapping[str, str], visit: CardVisit) -> int:
        day, clock = day_near(typed["dia"], self._desk.today()), clock_of(typed["hora"])
        rows = self._clinic.desk.roster().hours_of.get(number(typed["medico"]) or 0, ()) if clock else ()
        for row in rows:
            zone = self._zone(row.unit_id)
            at = datetime.combine(day, clock or row.starts, zone)
            if covers(row, zone, at, at + (visit.ends_at - visit.starts_at)) and may_see_unit(viewer(), row.unit_id):
                return row.unit_id
        return visit.unit_id

    def _wrong(self, typed: Mapping[str, str], visit: CardVisit) -> dict[str, str]:
        errors = {}
        if number(typed["medico"]) not in dict(self._doctors(visit)):
            errors["medico"] = "Escolha um médico da lista."
        unit = number(typed["unidade"])
        if unit not in self._desk.all_units() or not may_see_unit(viewer(), unit or 0):
            return {**errors, "unidade": "Escolha a unidade."}
        if clock_of(typed["hora"]) is None:
            errors["hora"] = "Escreva a hora, como 14:30."
        elif self._at(typed) <= self._clinic.clock() and not self._is_there(typed, visit):
            errors["hora"] = "Esta hora já passou. Escolha outra."
        reason = one_line(typed["motivo"])
        if not reason or len(reason) > LONGEST_REASON:
            errors["motivo"] = f"Escreva por que este encaixe é preciso, em até {LONGEST_REASON} letras."
        return errors

    def _doctors(self, visit: CardVisit) -> list[tuple[int, str]]:
        """Whose it is first, then those who see its specialty."""
        roster = self._clinic.desk.roster()
        known = roster.announceable[visit.specialty_id] if visit.specialty_id else ()
        theirs = roster.doctors[visit.doctor_id]
        others = [one for one in roster.doctors.values() if one.active and one != theirs and one.id in known]
        return [(one.id, one.name) for one in (theirs, *others)]

    def _visit(self, appointment_id: int) -> CardVisit:
        """404 for what is at a unit of others."""
        self._desk.check_appointment(appointment_id)
        return self._clinic.desk.cards.visit(appointment_id, viewer().ref)

    def _zone(self, unit_id: int) -> ZoneInfo:
        return self._desk.all_units()[unit_id].tz

    def _render(self, visit: CardVisit, page: Page) -> str:
        return render_template(
            "agenda/move_extra.html", **heading(self._clinic, self._desk, visit), page=page, labels=LABELS,
            movable=_movable(visit), doctors=self._doctors(visit), once=secrets.token_urlsafe(12),
            units=[(one.id, one.name) for one in self._desk.units()],
        )  # fmt: skip


def _movable(visit: CardVisit) -> bool:
    """Whether it is an encaixe that may go elsewhere."""
    return visit.extra_reason is not None and visit.status in MOVES


def register(page: Blueprint, clinic: "Clinic") -> None:
    """The addresses, below /agenda."""
    views, doors = MoveExtra(clinic), Doors(page)
    path = "/consultas/<int:appointment_id>/mover/encaixe"
    doors.rule(path, "move_extra_form", views.form, allow=STAFF)
    doors.rule(path, "move_extra", views.send, allow=STAFF, methods=["POST"])
