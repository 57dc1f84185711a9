"""The pages that need nothing but the clinic's services, and the rail that leads to them.

A new page is a module with ``blueprint(clinic)``; it is put into PAGES, and into PLACES where the rail leads to it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Blueprint, Flask

from admin_web import (
    account_tokens,
    agenda,
    agenda_report,
    audit_log,
    call_settings,
    callbacks,
    csv_imports,
    desk_pages,
    directory,
    doctors,
    holidays,
    live,
    messages_reply,
    messages_sent,
    messages_texts,
    messages_wishes,
    offer_reply,
    own_absences,
    own_data,
    own_day,
    own_hours,
    own_terms,
    patient_requests,
    patients,
    portal_book,
    portal_find,
    portal_home,
    replanning,
    surveys,
    team,
    waiting_pages,
    webhooks,
)
from admin_web.frame import Place

if TYPE_CHECKING:
    from clinic.services import Clinic


PAGES: tuple[Callable[["Clinic"], Blueprint], ...] = (
    agenda.blueprint,
    desk_pages.blueprint,
    patients.blueprint,
    callbacks.blueprint,
    waiting_pages.blueprint,
    agenda_report.blueprint,
    surveys.blueprint,
    live.blueprint,
    holidays.blueprint,
    replanning.blueprint,
    call_settings.blueprint,
    audit_log.blueprint,
    team.blueprint,
    csv_imports.blueprint,
    doctors.blueprint,
    *directory.BLUEPRINTS,
    own_absences.blueprint,
    own_day.blueprint,
    own_hours.blueprint,
    own_terms.blueprint,
    portal_home.blueprint,
    portal_home.visits,
    portal_find.blueprint,
    portal_book.blueprint,
    own_data.blueprint,
    patient_requests.blueprint,
    messages_reply.blueprint,
    offer_reply.blueprint,
    messages_sent.blueprint,
    messages_texts.blueprint,
    messages_wishes.portal,
    messages_wishes.desk,
    account_tokens.blueprint,
    webhooks.blueprint,
)
MANAGER_TABS = (
    ("Ajustes", "call_settings.page"),
    ("Equipe", "team.page"),
    ("Feriados", "holidays.page"),
    ("Unidades", "directory_unit.page"),
    ("Médicos", "doctors.page"),
    ("Especialidades", "directory_specialty.page"),
    ("Convênios", "directory_payer.page"),
    ("Tipos", "directory_kind.page"),
    ("Mensagens", "messages_sent.page"),
    ("Textos", "message_texts.page"),
    ("Importar", "csv_imports.page"),
    ("Integrações", "webhooks.page"),
    ("Auditoria", "audit_log.page"),
)
"""The pages under "Configurações", which the rail shows as one place."""


def _blueprints(tabs: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    return tuple(endpoint.partition(".")[0] for _, endpoint in tabs)


PLACES = (
    Place("agenda.day", "Agenda", "calendar-days"),
    Place("patients.search", "Pacientes", "users"),
    Place("callbacks.page", "Avisar", "phone-outgoing"),
    Place("waiting.page", "Espera", "hourglass"),
    Place("patient_requests.page", "Pedidos", "shield-check"),
    Place("own_day.home", "Meu dia", "stethoscope", ("own_hours", "own_absences", "own_terms")),
    Place("portal.home", "Início", "house"),
    Place("booking.find", "Marcar", "calendar-plus", ("medicos",)),
    Place("visits.page", "Minhas consultas", "calendar-check"),
    Place("own_data.page", "Meus dados", "user", ("own_wishes",)),
    Place("agenda_report.page", "Painel", "chart-column", ("surveys",)),
    Place("call_settings.page", "Configurações", "settings", _blueprints(MANAGER_TABS)),
)
"""In the order of the rail; each reader sees those they may open."""


def install(app: Flask, clinic: "Clinic") -> None:
    """Register them all."""
    app.jinja_env.globals["manager_tabs"] = MANAGER_TABS
    for page in PAGES:
        app.register_blueprint(page(clinic))
