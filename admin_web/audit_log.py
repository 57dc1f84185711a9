"""/auditoria: who did or saw what, found by who, what, whose and when."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request, url_for

from admin_web.access import MANAGERS, Doors
from admin_web.address import day_of, number
from admin_web.audit_words import ACTIONS, ACTORS, CHOICES, ENTITIES, noted, subject
from clinic.audit import Asked, AuditLine

if TYPE_CHECKING:
    from clinic.services import Clinic

LOGIN = "required"
PAGE = 50
WRITTEN = {words: kind for kind, words in ACTORS.items()} | {"sistema": "system"}
"""Actors as people write them."""


class AuditLog:
    """The page; filters stand in its address."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def page(self) -> str | tuple[str, int]:
        """What fits the filters, newest first; an end before the beginning is told at its field."""
        zone = self._clinic.units.clock_zone()
        since, until = day_of(request.args.get("de", "")), day_of(request.args.get("ate", ""))
        entity, entity_id = subject(request.args.get("de_quem", "")[:60])
        who = request.args.get("quem", "").strip()[:60]
        asked = Asked(
            action=request.args.get("acao", "")[:40],
            who=WRITTEN.get(who.lower(), who),
            entity=entity,
            entity_id=entity_id if entity else None,
            since=datetime.combine(since, time(), zone) if since else None,
            until=datetime.combine(until + timedelta(days=1), time(), zone) if until else None,
        )
        backwards = bool(since and until and until < since)
        older_than = number(request.args.get("antes"))
        found = [] if backwards else self._clinic.audit.search(asked, older_than, PAGE + 1)
        page = render_template(
            "audit_log/page.html",
            errors={"ate": "O fim vem antes do começo."} if backwards else {},
            lines=found[:PAGE],
            older=_older(found),
            actions=CHOICES,
            who=actor,
            whose=whose,
            named=self._named,
            noted=noted,
            words=ACTIONS,
            zone=zone,
            filtered=any(request.args.get(name) for name in ("acao", "quem", "de", "ate", "de_quem")),
        )
        return (page, 422) if backwards else page

    def _named(self, line: AuditLine) -> str:
        """What it was about by its name: accounts and what the clinic has, as it is called now; never a patient."""
        roster = self._clinic.desk.roster()
        sorts: dict[str, Mapping[int, Any]] = {
            "doctor": roster.doctors, "unit": roster.unit, "specialty": roster.specialty, "payer": roster.payer,
            "kind": roster.kind,
        }  # fmt: skip
        one = sorts.get(line.entity, {}).get(line.entity_id or 0)
        return line.about or (one.name if one else "")


def actor(line: AuditLine) -> str:
    """Who acted, in words."""
    if line.name:
        return line.name
    kind, _, which = line.actor.partition(":")
    return f"{ACTORS.get(kind, kind)} {which}".strip()


def whose(line: AuditLine) -> str:
    """What it was about, in words."""
    return f"{ENTITIES.get(line.entity, line.entity)} {line.entity_id or ''}".strip()


def _older(found: list[AuditLine]) -> str:
    """The address of the next page, with the same filters; "" on the last."""
    if len(found) <= PAGE:
        return ""
    asked = {name: value for name, value in request.args.items() if name != "antes"}
    return url_for("audit_log.page", **asked, antes=found[PAGE - 1].id)  # type: ignore[arg-type]


def blueprint(clinic: "Clinic") -> Blueprint:
    """The page /auditoria, for managers."""
    page = Blueprint("audit_log", __name__, url_prefix="/auditoria")
    Doors(page).rule("", "page", AuditLog(clinic).page, allow=MANAGERS)
    return page
