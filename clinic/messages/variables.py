"""What stands for the variables of a message: an appointment in words, by the clock of its unit."""

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from clinic import past_visits, protocols
from clinic.messages.kinds import DEEDS
from clinic.messages.links import PATH, Links
from clinic.phones import normalise
from clinic.profile import Profiles
from clinic.roster import DoctorRow, KindInfo, Roster, Rosters, UnitInfo
from clinic.written import minutes, on_weekday_and_day, one_line, phone, short_day, weekday_and_day, zone_name
from db.tables import Appointment, AppointmentChange, Patient, Protocol

NO_NAME = re.compile(r"[:/@<>{}\n\r]|www\.|\.com|\d{3}", re.IGNORECASE)
LONGEST_NAME = 80
NAMELESS = "pessoa em pré-cadastro"
HIDDEN = "(nome na agenda)"
"""What is no name is not sent: whoever registers could have us mail their words."""
TITLES = {"doutora": ("Dra.", "a", "da"), "doutor": ("Dr.", "o", "do")}
BY_THE_CLINIC = ("clinic", "doctor_away")
"""Reasons to cancel that are the clinic's own; what a patient said is repeated to nobody."""
LINKS = {"confirm": "link_confirmar", "cancel": "link_cancelar", "move": "link_remarcar"}
AT_THE_CLINIC = "Chegue 15 minutos antes, com um documento com foto{card}."
CARD = " e a carteirinha do convênio"
BY_VIDEO = "A consulta é por vídeo: entre pelo portal alguns minutos antes, num lugar tranquilo e com boa internet."


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an appointment when a message about it is written.

    `patient` is the name to say ("" for a pre-registration); `before`: the start it had before it was moved; `note` and
    `event` are those of the change that is told, `answer_by` until when a request waits.
    """

    appointment_id: int
    code: str
    starts_at: datetime
    doctor_id: int
    unit_id: int
    specialty_id: int | None
    kind_id: int
    payer_id: int | None
    modality: str
    answer_by: datetime | None = None
    cancel_reason: str | None = None
    patient: str = ""
    before: datetime | None = None
    event: str | None = None
    note: str | None = None
    protocol: str | None = None


_A, _OLD = Appointment, aliased(Appointment)
_CHANGE: BindParameter[Any] = bindparam("change")


def facts_in(source: Any, change: Any) -> Any:
    """The columns of `Facts`, of the appointments in `source` (a table, or a join) and the change that is told."""
    return (
        select(_A.id, _A.code, _A.starts_at, _A.doctor_id, _A.unit_id, _A.specialty_id, _A.kind_id, _A.payer_id)
        .add_columns(_A.modality, _A.answer_by, _A.cancel_reason, func.coalesce(Patient.social_name, Patient.name, ""))
        .add_columns(
            select(func.max(_OLD.starts_at)).where(_OLD.replaced_by == _A.id).correlate(_A).scalar_subquery(),
            AppointmentChange.event,
            AppointmentChange.note,
            protocols.NUMBER,
        )
        .select_from(source)
        .outerjoin(Patient, Patient.id == _A.patient_id)
        .outerjoin(AppointmentChange, and_(AppointmentChange.id == change, AppointmentChange.appointment_id == _A.id))
        .outerjoin(Protocol, protocols.OF_CALL)
    )


FACTS: Any = facts_in(_A, _CHANGE).where(_A.id == bindparam("appointment"))
"""Those of one appointment and the change that is told (0 for none)."""


def facts(row: Any) -> Facts:
    """A row of FACTS."""
    return Facts(*row)


class Variables:
    """Writes the variables of messages."""

    def __init__(self, rosters: Rosters, profiles: Profiles, links: Links, pages_url: str) -> None:
        self._rosters, self._profiles, self._links, self._url = rosters, profiles, links, pages_url

    def of(self, known: Facts, via: str = "email", until: datetime | None = None) -> dict[str, str]:
        """Every variable of `clinic.messages.kinds`, "" where there is nothing to say.

        `via`: the medium, for the links; `until`: how long an offer is kept, where it is not the request's own.
        """
        roster = self._rosters.get()
        unit, doctor = roster.unit[known.unit_id], roster.doctors[known.doctor_id]
        until = until or known.answer_by
        return {
            **_names(known.patient), **_doctor(doctor), **_place(unit, known.modality),
            **_moment(known.starts_at, unit.tz, named=_several_zones(roster)),
            **_before(known.before, unit.tz),
            "especialidade": roster.specialty[known.specialty_id].name if known.specialty_id else "",
            "clinica": self._profiles.get().name,
            "codigo": known.code,
            "protocolo": known.protocol or "",
            "motivo": _reason(known),
            "atraso": _late(known),
            "prazo": until_when(until, unit.tz) if until else "",
            "orientacao": _what_to_do(roster, known),
            "preparo": one_line(_kind(roster, known.kind_id).preparation or ""),
            **_return(roster, known),
            **self._addresses(known, via),
        }  # fmt: skip

    def _addresses(self, known: Facts, via: str) -> dict[str, str]:
        made = {LINKS[deed]: self._links.make(known.appointment_id, known.starts_at, deed, via) for deed in DEEDS}
        own = {name: f"{self._url}{path}" for name, path in made.items()}
        asks = f"{own['link_confirmar']}/nota" if made["link_confirmar"].startswith(PATH) else f"{self._url}/portal"
        own["link_pesquisa"] = asks
        return {**own, "link_oferta": "", "link_portal": f"{self._url}/portal", "link_agenda": f"{self._url}/medico"}


def until_when(moment: datetime, zone: tzinfo) -> str:
    """As "sexta-feira, 27 de novembro, às 18:00"."""
    local = moment.astimezone(zone)
    return f"{weekday_and_day(local.date())}, às {local:%H:%M}"


def _return(roster: Roster, known: Facts) -> dict[str, str]:
    """Until when there may be a retorno of this visit."""
    day = past_visits.last_day(roster, known)
    return {"retorno_ate": weekday_and_day(day), "retorno_ate_curto": short_day(day)}


def _names(name: str) -> dict[str, str]:
    name = one_line(name)
    if not name:
        return {"paciente": NAMELESS, "primeiro_nome": ""}
    if NO_NAME.search(name) or len(name) > LONGEST_NAME:
        return {"paciente": HIDDEN, "primeiro_nome": ""}
    return {"paciente": name, "primeiro_nome": name.split()[0]}


def _doctor(doctor: DoctorRow) -> dict[str, str]:
    title, article, of = TITLES.get(doctor.title, ("", "", "de"))
    name = one_line(f"{title} {doctor.name}")
    return {"medico": name, "o_medico": f"{article} {name}".strip(), "do_medico": f"{of} {name}"}


def _place(unit: UnitInfo, modality: str) -> dict[str, str]:
    where = ", ".join(part for part in (unit.street, unit.district, f"{unit.city}/{unit.state}") if part)
    number = unit.phone and (normalise(unit.phone) or unit.phone)
    return {
        "unidade": unit.name, "endereco": where, "telefone_clinica": phone(number) if number else "",
        "local": "por vídeo" if modality == "video" else f"{unit.name}, {where}",
    }  # fmt: skip


def _moment(at: datetime, zone: tzinfo, named: bool) -> dict[str, str]:
    local = at.astimezone(zone)
    hour = f"{local:%H:%M} ({zone_name(zone)})" if named else f"{local:%H:%M}"
    day = local.date()
    return {
        "data": weekday_and_day(day), "na_data": on_weekday_and_day(day), "data_curta": short_day(day), "hora": hour,
    }  # fmt: skip


def _before(at: datetime | None, zone: tzinfo) -> dict[str, str]:
    if at is None:
        return {"data_anterior": "", "hora_anterior": ""}
    local = at.astimezone(zone)
    return {"data_anterior": weekday_and_day(local.date()), "hora_anterior": f"{local:%H:%M}"}


def _several_zones(roster: Roster) -> bool:
    """Whether the clinic keeps more than one time: then each hour says whose it is."""
    return len({unit.zone for unit in roster.units}) > 1


def _kind(roster: Roster, kind_id: int) -> KindInfo:
    return next(one for one in roster.kinds if one.id == kind_id)


def _what_to_do(roster: Roster, known: Facts) -> str:
    if known.modality == "video":
        return BY_VIDEO
    payer = roster.payer.get(known.payer_id) if known.payer_id else None
    return AT_THE_CLINIC.format(card=CARD if payer and not payer.private else "")


def _reason(known: Facts) -> str:
    theirs = known.event == "declined" or known.cancel_reason in BY_THE_CLINIC
    return one_line(known.note or "") if theirs else ""


def _late(known: Facts) -> str:
    told = known.event == "delayed" and (known.note or "").isdecimal()
    return minutes(int(known.note or 0)) if told else ""
