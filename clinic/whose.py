"""Queries about one person's appointments, for patients and pre-registrations alike."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, bindparam

from db.prepared import Query
from db.tables import Appointment

COLUMNS = {"patient": Appointment.patient_id, "pre_registration": Appointment.pre_registration_id}


def of_each_kind(make: Callable[[ColumnElement[bool]], Any]) -> dict[str, Query]:
    """A query by the kind of person; `make` is given what makes an appointment theirs (of `:person`)."""
    return {kind: Query(make(column == bindparam("person"))) for kind, column in COLUMNS.items()}
