"""What stands against an encaixe, in Portuguese: what is so, and what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from admin_web.words import hour, when
from clinic.extra_facts import Fact, stamp
from clinic.planning import works
from clinic.roster import HoursRow, Roster
from clinic.visits import Extra

HOW = {"video": "por vídeo", "in_person": "presencial", "any": ""}


@dataclass(frozen=True, slots=True)
class Told:
    """What stands against an encaixe, each with its words, and the stamp that comes back from who read it."""

    stamp: str = ""
    facts: tuple[tuple[Fact, str], ...] = ()


NOTHING = Told()


def all_told(facts: Sequence[Fact], extra: Extra, roster: Roster) -> Told:
    """What stands against it, in words; with the stamp that says it was read."""
    return Told(stamp(facts), tuple((one, told(one, extra, roster)) for one in facts))


def told(one: Fact, extra: Extra, roster: Roster) -> str:
    """One fact as the desk reads it."""
    zone = roster.unit[extra.unit_id].tz
    doctor, unit = roster.doctors[extra.doctor_id].name, roster.unit[extra.unit_id].name
    span = f"das {hour(one.starts_at, zone)} às {hour(one.ends_at, zone)}"
    if one.what == "closed":
        day = one.starts_at.astimezone(zone)
        return (
            f"{day:%d/%m} é feriado ({one.name}) e a unidade {unit} está fechada. Escolha outro dia ou outra unidade."
        )
    if one.what == "away":
        why = f" ({one.name})" if one.name else ""
        until = f"de {when(one.starts_at, zone)} a {when(one.ends_at, zone)}"
        return f"{doctor} está ausente{why} {until}. Escolha outro médico ou outro dia, ou combine antes."
    if one.what == "outside":
        return _hours(extra, roster, zone)
    if one.what == "visit":
        return (
            f"{doctor} já tem consulta {span}{_where(one, extra, roster)}. Escolha outra hora, ou uma das duas espera."
        )
    if one.what == "margin":
        return f"{doctor} tem preparo ou arrumação {span}, entre uma consulta e outra. Escolha outra hora, ou combine."
    if one.what == "blocked":
        return f"O horário {span} está bloqueado na agenda. Escolha outra hora, ou combine antes com o médico."
    if one.what == "quota":
        payer = roster.payer[extra.payer_id].name if extra.payer_id in roster.payer else "convênio"
        return f"A cota de {payer} com {doctor} está cheia neste dia ({one.entity_id} por dia). Escolha outro dia."
    if one.what == "held" and one.name:
        return f"O horário {span} está guardado para uma pessoa da lista de espera. Retome-o lá, ou escolha outra hora."
    if one.what == "held":
        return f"Alguém está marcando agora o horário {span}. Espere um minuto, ou escolha outra hora."
    return f"O horário {span} está livre. Marque nele: com o encaixe, outra pessoa ainda pode levar este horário."


def _where(one: Fact, extra: Extra, roster: Roster) -> str:
    """Told where it is not what one would think: another unit, or by video."""
    elsewhere = one.unit_id is not None and one.unit_id != extra.unit_id
    parts = [f"na unidade {roster.unit[one.unit_id].name}" if elsewhere and one.unit_id else "", HOW[one.modality]]
    said = ", ".join(part for part in parts if part) if elsewhere or one.modality == "video" else ""
    return f" ({said})" if said else ""


def _hours(extra: Extra, roster: Roster, zone: tzinfo) -> str:
    """When the doctor is there that day."""
    day = extra.starts_at.astimezone(zone).date()
    name, rows = roster.doctors[extra.doctor_id].name, _rows(roster, extra.doctor_id, day)
    if not rows:
        return f"{name} não atende neste dia da semana. Escolha outro dia ou outro médico, ou combine antes."
    spans = [f"das {row.starts:%H:%M} às {row.ends:%H:%M} em {roster.unit[row.unit_id].name}" for row in rows]
    how = " por vídeo" if all(row.modality == "video" for row in rows) else ""
    return f"Fora do horário: neste dia {name} atende{how} {' e '.join(spans)}. Escolha outra hora, ou combine antes."


def _rows(roster: Roster, doctor_id: int, day: date) -> list[HoursRow]:
    return [row for row in roster.hours_of.get(doctor_id, ()) if works(row, day) and row.unit_id in roster.unit]
