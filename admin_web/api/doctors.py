"""/doctors: who works here, with CRM, specialties and RQE, and which payer is taken where."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, StringConstraints

from admin_web.access import EVERYBODY, MANAGERS
from admin_web.api.directory import Place, State, Text, record_of, staying
from admin_web.api.faults import unknown
from admin_web.api.operations import Asked, Operation, Part, Reply
from admin_web.api.paging import after_id, of_few
from admin_web.api.types import Given, Paged, RecordId, Shown
from clinic.editing import Record
from clinic.fairness import HEAVIEST, told
from clinic.roster import DoctorRow, Roster
from clinic.written import one_line

if TYPE_CHECKING:
    from clinic.services import Clinic

Rqe = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}$")]


class DoctorSpecialty(Given):
    """A specialty of a doctor, with the RQE where there is one."""

    specialty_id: RecordId
    rqe: Rqe | None = None


class Takes(Given):
    """A payer that a doctor takes at a unit."""

    payer_id: RecordId
    unit_id: RecordId


class DoctorValues(Given):
    """A doctor, as managers write it."""

    name: Text
    spoken: Text | None = None
    title: Literal["doutora", "doutor"]
    crm: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,10}$")]
    crm_state: State
    approves: bool = False
    approval_hours: Annotated[int, Field(ge=1, le=240)] = 24
    return_days: Annotated[int, Field(ge=0, le=365)] = 30
    extra_quota: Annotated[int, Field(ge=0, le=20)] = 2
    weight: Annotated[int, Field(ge=1, le=HEAVIEST)] = 1
    position: Place = 0
    active: bool = True
    specialties: Annotated[list[DoctorSpecialty], Field(max_length=20, default_factory=list)]
    takes: Annotated[list[Takes], Field(max_length=400, default_factory=list)]


class ShownSpecialty(Shown):
    """A specialty of a doctor, with the RQE where there is one."""

    specialty_id: int
    rqe: str | None


class ShownTakes(Shown):
    """A payer that a doctor takes at a unit."""

    payer_id: int
    unit_id: int


class DoctorLine(Shown):
    """A doctor, as announced."""

    id: int
    name: str
    title: str
    crm: str
    crm_state: str
    approves: bool
    active: bool
    specialties: list[ShownSpecialty]


class Doctor(DoctorLine):
    """All of a doctor's record."""

    spoken: str | None
    approval_hours: int
    return_days: int
    extra_quota: int
    weight: int
    position: int
    takes: list[ShownTakes]


class DoctorList(Shown):
    """A part of the doctors."""

    items: list[DoctorLine]
    next_cursor: str | None


class DoctorsQuery(Paged):
    """Which doctors: those of a specialty."""

    specialty_id: RecordId | None = None


class Doctors:
    """The operations."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def list(self, asked: Asked) -> Reply:
        """By id, those who work here no more too."""
        query: DoctorsQuery = asked.query
        roster = self._clinic.desk.roster()
        wanted = query.specialty_id
        found = [one for one in roster.doctors.values() if wanted is None or (one.id, wanted) in roster.rqe]
        some, following = of_few(found, query.limit, after_id(query.cursor))
        return Reply(DoctorList(items=[_line(roster, one) for one in some], next_cursor=following), next=following)

    def get(self, asked: Asked) -> Reply:
        """One of them."""
        return self._reply(asked.path["record_id"])

    def create(self, asked: Asked) -> Reply:
        """A new doctor; the hours are written apart."""
        saved = self._save(asked, None, {})
        return self._reply(saved, f"/doctors/{saved}")

    def replace(self, asked: Asked) -> Reply:
        """One as it was read, with all values."""
        before = record_of(self._clinic, "doctor", asked.path["record_id"])
        return self._reply(self._save(asked, asked.path["record_id"], before))

    def _save(self, asked: Asked, record_id: int | None, before: Record) -> int:
        given: DoctorValues = asked.body
        roster = self._clinic.desk.roster()
        self._check(given, roster)
        values = given.model_dump(exclude={"specialties", "takes"})
        values |= {"name": one_line(given.name), "spoken": given.spoken and one_line(given.spoken)}
        values |= staying(before, given)
        specialties = {one.specialty_id: one.rqe for one in given.specialties}
        takes = frozenset((one.payer_id, one.unit_id) for one in given.takes)
        saved = self._clinic.editing.save_doctor(record_id, values, specialties, takes, asked.version or "")
        self._clinic.audit.add(asked.viewer.ref, "doctor.saved", "doctor", saved, told(before, values))
        return saved

    @staticmethod
    def _check(given: DoctorValues, roster: Roster) -> None:
        if any(one.specialty_id not in roster.specialty for one in given.specialties):
            raise unknown("specialties")
        if any(one.payer_id not in roster.payer or one.unit_id not in roster.unit for one in given.takes):
            raise unknown("takes")

    def _reply(self, record_id: int, location: str = "") -> Reply:
        record_of(self._clinic, "doctor", record_id)
        seen = self._clinic.editing.seen_of(record_id)  # first: what is saved from now on is a conflict
        record = record_of(self._clinic, "doctor", record_id)
        specialties = self._clinic.editing.specialties_of(record_id)
        takes = sorted(self._clinic.editing.payers_of(record_id))
        shown = Doctor.model_validate({
            **record,
            "specialties": [{"specialty_id": one, "rqe": rqe} for one, rqe in sorted(specialties.items())],
            "takes": [{"payer_id": payer, "unit_id": unit} for payer, unit in takes],
        })  # fmt: skip
        return Reply(shown, seen, location)


def _line(roster: Roster, one: DoctorRow) -> DoctorLine:
    theirs = [
        ShownSpecialty(specialty_id=specialty.id, rqe=roster.rqe[one.id, specialty.id])
        for specialty in roster.specialty.values() if (one.id, specialty.id) in roster.rqe
    ]  # fmt: skip
    return DoctorLine(
        id=one.id, name=one.name, title=one.title, crm=one.crm, crm_state=one.crm_state, approves=one.approves,
        active=one.active, specialties=theirs,
    )  # fmt: skip


def part(clinic: "Clinic") -> Part:
    """What this module adds to the API."""
    own, one = Doctors(clinic), "/doctors/<int:record_id>"
    return Part("Médicos", [
        Operation("GET", "/doctors", "list_doctors", "Listar os médicos", own.list, EVERYBODY, "directory:read",
                  query=DoctorsQuery, shows=DoctorList, refuses=(422,)),
        Operation("POST", "/doctors", "create_doctor", "Criar um médico", own.create, MANAGERS, "directory:write",
                  body=DoctorValues, shows=Doctor, status=201, refuses=(409,)),
        Operation("GET", one, "get_doctor", "Ler um médico", own.get, EVERYBODY, "directory:read", shows=Doctor,
                  versioned=True),
        Operation("PUT", one, "replace_doctor", "Guardar um médico", own.replace, MANAGERS, "directory:write",
                  body=DoctorValues, shows=Doctor, edits=True, refuses=(409,),
                  about="Sem `weight`, fica o que está guardado."),
    ])  # fmt: skip
