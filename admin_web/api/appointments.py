"""/appointments: listed, booked, moved, and taken through their life, by the rules of desk and portal."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from admin_web.access import DOCTORS, EVERYBODY, MANAGERS, PATIENTS, STAFF, viewer
from admin_web.api.answering import not_found_unless, version_of
from admin_web.api.booking import Booker, as_read
from admin_web.api.faults import Fault
from admin_web.api.operations import Asked, Operation, Part, Reply
from admin_web.api.paging import cursor, place
from admin_web.api.paging import part as first
from admin_web.api.types import Given
from admin_web.api.visits import (
    Appointment,
    Appointments,
    AppointmentsQuery,
    Cancelling,
    Change,
    Declining,
    History,
    NewAppointment,
    Rescheduling,
)
from clinic.registers import Filter
from clinic.written import one_line

if TYPE_CHECKING:
    from clinic.services import Clinic

PATH = "/appointments/<int:appointment_id>"
WEB = "web"


class Visits:
    """The operations."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic, self._booker = clinic, Booker(clinic)

    def list(self, asked: Asked) -> Reply:
        """By start, those one may see."""
        query: AppointmentsQuery = asked.query
        wanted = Filter(query.patient_id, query.doctor_id, query.unit_id, query.status, query.since, query.until)
        rows = self._clinic.registers.appointments(asked.viewer, wanted, _after(query.cursor), query.limit + 1)
        some, more = first(rows, query.limit)
        following = cursor(int(some[-1].starts_at.timestamp()), some[-1].id) if more else None
        items = [Appointment.model_validate(one) for one in some]
        return Reply(Appointments(items=items, next_cursor=following), next=following)

    def get(self, asked: Asked) -> Reply:
        """One of them; reading it is written down."""
        shown = self._shown(asked.path["appointment_id"])
        if shown.patient_id is not None:
            note = f"appointment:{shown.id}"
            self._clinic.audit.add(asked.viewer.ref, "patient.read", "patient", shown.patient_id, note)
        return Reply(shown, version_of(shown))

    def history(self, asked: Asked) -> Reply:
        """How it came to be."""
        found = self._clinic.desk.cards.visit(asked.path["appointment_id"], asked.viewer.ref)
        return Reply(History(items=[Change.model_validate(one) for one in found.changes]))

    def book(self, asked: Asked) -> Reply:
        """Make one, or a request where the doctor approves."""
        booked = self._booker.book(asked)
        return self._reply(booked.id, f"/appointments/{booked.id}")

    def reschedule(self, asked: Asked) -> Reply:
        """To another time, both or neither; the new one."""
        booked = self._booker.move(asked)
        return self._reply(booked.id, f"/appointments/{booked.id}")

    def cancel(self, asked: Asked) -> Reply:
        """Give the time back, and say why."""
        given: Cancelling = asked.body
        note = one_line(given.note)
        if given.reason == "other" and not note:
            raise _no_reason()
        self._booker.cancel(asked, given.reason, note)
        return self._reply(asked.path["appointment_id"])

    def confirm(self, asked: Asked) -> Reply:
        """The patient will come."""
        self._booker.confirm(asked)
        return self._reply(asked.path["appointment_id"])

    def decline(self, asked: Asked) -> Reply:
        """The doctor does not agree."""
        note = one_line(asked.body.note)
        if not note:
            raise _no_reason()
        as_read(asked, self._clinic.bookings).decline(asked.path["appointment_id"], asked.viewer.ref, WEB, note)
        return self._reply(asked.path["appointment_id"])

    def simply(self, act: str) -> Callable[[Asked], Reply]:
        """What needs no more than who does it: a method of Bookings."""

        def view(asked: Asked) -> Reply:
            getattr(as_read(asked, self._clinic.bookings), act)(asked.path["appointment_id"], asked.viewer.ref)
            return self._reply(asked.path["appointment_id"])

        return view

    def may_see(self, appointment_id: int) -> bool:
        """Whether it is theirs to see."""
        return self._clinic.access.may_see_appointment(viewer(), appointment_id)

    def _shown(self, appointment_id: int) -> Appointment:
        return Appointment.model_validate(self._clinic.registers.appointment(appointment_id))

    def _reply(self, appointment_id: int, location: str = "") -> Reply:
        shown = self._shown(appointment_id)
        return Reply(shown, version_of(shown), location)


def _no_reason() -> Fault:
    errors = [{"field": "note", "message": "Escreva o motivo em poucas palavras."}]
    return Fault(422, "invalid", "Falta o motivo", "", errors)


def _after(given: str | None) -> tuple[datetime, int] | None:
    found = place(given, (int, int))
    if found is None:
        return None
    seconds = min(max(found[0], 0), 2**32)
    return datetime.fromtimestamp(seconds, UTC), min(max(found[1], 0), 2**53)


def part(clinic: "Clinic") -> Part:
    """What this module adds to the API."""
    own = Visits(clinic)
    seen = not_found_unless(own.may_see)

    def step(
        name: str, summary: str, view: Callable[[Asked], Reply], allow: frozenset[str], body: type[Given] | None = None
    ) -> Operation:
        path = f"{PATH}/{name.partition('_')[0].replace('noshow', 'no-show')}"
        return Operation(
            "POST", path, name, summary, view, allow, "appointments:write",  # type: ignore[arg-type]
            body=body, shows=Appointment, guard=seen, versioned=True, refuses=(409,),
        )  # fmt: skip

    return Part("Consultas", [
        Operation("GET", "/appointments", "list_appointments", "Listar as consultas", own.list, EVERYBODY,
                  "appointments:read", query=AppointmentsQuery, shows=Appointments, refuses=(422,)),
        Operation("POST", "/appointments", "book_appointment", "Marcar uma consulta", own.book, STAFF | PATIENTS,
                  "appointments:write", body=NewAppointment, shows=Appointment, status=201, once=True, versioned=True,
                  about="Com hold_id de uma reserva, ou slot_id de um horário livre. Num dia em que a cota do convênio "
                        "está cheia, a equipe manda over_quota para marcar assim mesmo; fica na auditoria."),
        Operation("GET", PATH, "get_appointment", "Ler uma consulta", own.get, EVERYBODY, "appointments:read",
                  shows=Appointment, guard=seen, versioned=True),
        Operation("GET", f"{PATH}/history", "list_changes", "Como a consulta chegou a ser o que é", own.history,
                  EVERYBODY, "appointments:read", shows=History, guard=seen),
        Operation("POST", f"{PATH}/reschedule", "reschedule_appointment", "Mudar de horário", own.reschedule,
                  STAFF | PATIENTS, "appointments:write", body=Rescheduling, shows=Appointment, status=201, guard=seen,
                  once=True, versioned=True,
                  about="Num dia em que a cota do convênio está cheia, a equipe manda over_quota para mudar assim "
                        "mesmo; fica na auditoria."),
        step("cancel_appointment", "Cancelar, com o motivo", own.cancel, STAFF | PATIENTS, Cancelling),
        step("confirm_appointment", "Confirmar a presença", own.confirm, STAFF | PATIENTS),
        step("accept_appointment", "Aceitar um pedido", own.simply("accept"),
             DOCTORS | MANAGERS),
        step("decline_appointment", "Recusar um pedido", own.decline, DOCTORS | MANAGERS, Declining),
        step("arrive_appointment", "O paciente chegou", own.simply("arrive"), STAFF),
        step("fulfil_appointment", "A consulta foi atendida", own.simply("fulfil"),
             STAFF | DOCTORS),
        step("noshow_appointment", "O paciente faltou", own.simply("no_show"), STAFF),
    ])  # fmt: skip
