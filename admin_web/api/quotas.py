"""/doctors/…/quotas: how many visits a day a doctor takes from each payer; doctors their own, managers everybody's."""

from typing import TYPE_CHECKING, Annotated

from pydantic import ConfigDict, Field

from admin_web.access import DOCTORS, MANAGERS, viewer
from admin_web.api.answering import not_found_unless
from admin_web.api.faults import Fault
from admin_web.api.operations import Asked, Operation, Part, Reply
from admin_web.api.types import Given, RecordId, Shown
from clinic.editing import stamp
from clinic.quotas import MOST, places
from clinic.roster import EVERYWHERE

if TYPE_CHECKING:
    from clinic.services import Clinic

WHO = DOCTORS | MANAGERS
PATH = "/doctors/<int:doctor_id>/quotas"
NOT_TAKEN = "O médico não atende este convênio aí."
TWICE = "Este convênio e esta unidade já vieram."


class QuotaRow(Given):
    """Visits a day of one payer: at one unit, or, without `unit_id`, at all of them together."""

    payer_id: RecordId
    unit_id: RecordId | None = None
    per_day: Annotated[int, Field(ge=1, le=MOST)]


class QuotasWanted(Given):
    """All of a doctor's quotas; a payer that is not here has none."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [{"payer_id": 2, "per_day": 4}, {"payer_id": 3, "per_day": 1}]}]}
    )
    items: Annotated[list[QuotaRow], Field(max_length=400)]


class ShownQuota(Shown):
    """Visits a day of one payer."""

    payer_id: int
    unit_id: int | None
    per_day: int


class Quotas(Shown):
    """All of a doctor's quotas. What is booked already stays."""

    items: list[ShownQuota]


class PayerQuotas:
    """The operations."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def get(self, asked: Asked) -> Reply:
        """As they stand."""
        now = self._clinic.practice.payer_quotas(asked.path["doctor_id"])
        return Reply(_shown(now), stamp(now))

    def replace(self, asked: Asked) -> Reply:
        """All of them, as they were read. What one has for a payer they take no more may stay as it is."""
        doctor_id, practice = asked.path["doctor_id"], self._clinic.practice
        wanted = _wanted(asked.body.items)
        known = {*places(self._clinic.desk.roster(), doctor_id), *practice.payer_quotas(doctor_id)}
        wrong = [index for index, place in enumerate(wanted) if place not in known]
        if wrong:
            raise _refused({f"items.{index}.payer_id": NOT_TAKEN for index in wrong})
        practice.set_payer_quotas(doctor_id, wanted, asked.version or "")
        self._clinic.audit.add(asked.viewer.ref, "quotas.changed", "doctor", doctor_id)
        return self.get(asked)

    def is_theirs(self, doctor_id: int) -> bool:
        """Whether these quotas are theirs: a doctor's own, any for managers."""
        looking = viewer()
        mine = looking.doctor_id == doctor_id and "doctor" in looking.roles
        return self._clinic.practice.doctor(doctor_id) is not None and bool(mine or looking.roles & MANAGERS)


def _wanted(rows: list[QuotaRow]) -> dict[tuple[int, int], int]:
    """In the order of the rows. Raises Fault for what comes twice."""
    found = {(row.payer_id, row.unit_id or EVERYWHERE): row.per_day for row in rows}
    spelt = [(row.payer_id, row.unit_id) for row in rows]
    if len(found) < len(rows):
        again = next(index for index, one in enumerate(spelt) if one in spelt[:index])
        raise _refused({f"items.{again}.payer_id": TWICE})
    return found


def _refused(wrong: dict[str, str]) -> Fault:
    errors = [{"field": field, "message": said} for field, said in wrong.items()]
    return Fault(422, "invalid", "Alguma cota não serve", "Confira os campos.", errors)


def _shown(now: dict[tuple[int, int], int]) -> Quotas:
    items = [
        ShownQuota(payer_id=payer, unit_id=None if unit == EVERYWHERE else unit, per_day=count)
        for (payer, unit), count in sorted(now.items())
    ]
    return Quotas(items=items)


def part(clinic: "Clinic") -> Part:
    """What this module adds to the API."""
    own = PayerQuotas(clinic)
    theirs = not_found_unless(own.is_theirs)
    return Part("Cotas dos convênios", [
        Operation("GET", PATH, "get_quotas", "As cotas de um médico por convênio", own.get, WHO, "schedules:read",
                  shows=Quotas, guard=theirs, versioned=True),
        Operation("PUT", PATH, "replace_quotas", "Guardar todas as cotas de um médico", own.replace, WHO,
                  "schedules:write", body=QuotasWanted, shows=Quotas, guard=theirs, edits=True,
                  about="Sem unit_id a cota vale para todas as unidades juntas; quem atende em uma só não tem outra. "
                        "O que já está marcado continua."),
    ])  # fmt: skip
