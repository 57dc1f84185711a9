"""Whose pages a doctor's pages are: doctors see their own, managers everybody's; and who is hit by a change of them."""

from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from flask import abort, request

from admin_web.access import MANAGERS, viewer
from clinic.practice import Visit
from clinic.roster import DoctorRow

if TYPE_CHECKING:
    from clinic.services import Clinic

OTHERS_HIT = "A lista de quem está marcado não é mais a que você viu. Confira e confirme de novo."


def doctor_of_page(clinic: "Clinic", doctor_id: int) -> DoctorRow:
    """The doctor of this page; 404 for whom it is not, so that nobody learns who is there."""
    doctor = clinic.practice.doctor(doctor_id)
    if doctor is None or not (viewer().doctor_id == doctor_id or viewer().roles & MANAGERS):
        abort(404)
    return doctor


def stamp_of(hits: Sequence[Visit]) -> str:
    """Names those who are hit by a change; its form carries it, so that nobody is hit who was not shown."""
    return sha256(repr(sorted(one.id for one in hits)).encode()).hexdigest()[:24]


def were_shown(hits: Sequence[Visit]) -> bool:
    """Whether the form of this request comes from a page that showed just these."""
    return request.form.get("seen") == stamp_of(hits)


def others_hit() -> dict[str, str]:
    """What stands above those who are hit, where the form of this request comes from a page that showed others."""
    return {"": OTHERS_HIT} if request.form.get("seen") else {}


def audit_shown(clinic: "Clinic", hits: Sequence[Visit], shown: int, doctor_id: int | None = None) -> None:
    """Whose names a page shows because a change would hit them is kept in the audit, as any reading is."""
    if named := sorted({one.patient_id for one in hits[:shown] if one.patient_id}):
        note = "patients " + ", ".join(map(str, named))
        clinic.audit.add(viewer().ref, "hit.read", "doctor" if doctor_id else "holiday", doctor_id, note)


def to_call(told: int) -> str:
    """How many people are told of it now, by a message or by the desk."""
    who = f"{told} pessoas são avisadas" if told > 1 else "1 pessoa é avisada"
    return f"{who} por mensagem; quem não recebe mensagens está na lista “avisar por telefone”." if told else ""
