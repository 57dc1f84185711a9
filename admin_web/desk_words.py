"""What the desk says of appointments, in Portuguese: reasons, events, who did it, what stands in the way."""

from datetime import datetime, tzinfo

from admin_web.words import hour, when
from clinic.offers import Conflict

REASONS = (
    ("cannot_attend", "O paciente não pode vir"),
    ("feeling_better", "O paciente melhorou"),
    ("time_or_place", "O horário ou o local não serve"),
    ("another_clinic", "O paciente foi a outra clínica"),
    ("clinic", "A clínica precisou cancelar"),
    ("doctor_away", "O médico não pode atender"),
    ("other", "Outro motivo"),
)
WHY = dict(REASONS) | {
    "spoken": "motivo dito ao telefone", "moved": "mudou de horário", "declined": "o médico não aceitou",
    "expired": "o pedido venceu sem resposta", "withdrawn": "desfeita, ninguém esperava mais",
    "undone": "desfeita a mudança", "refused": "pré-cadastro recusado",
    "with_visit": "a consulta que mudaria mudou antes ou foi cancelada",
}  # fmt: skip
EVENTS = {
    "booked": "Marcada", "requested": "Pedida", "restored": "Voltou ao que era", "accepted": "Aceita pelo médico",
    "declined": "Recusada pelo médico", "expired": "Venceu sem resposta", "cancelled": "Cancelada",
    "moved": "Mudou de horário", "withdrawn": "Desfeita", "confirmed": "Presença confirmada", "arrived": "Chegou",
    "fulfilled": "Atendida", "noshow": "Faltou", "kept": "Mantida", "delayed": "Atraso",
    "forgiven": "Falta abonada", "on_time": "Sem atraso", "reoffered": "Outro horário a oferecer",
    "imported": "Importada",
}  # fmt: skip
ENDED_REQUESTS = {
    "cancelled": "Pedido de mudança cancelado", "declined": "Pedido de mudança recusado pelo médico",
    "expired": "Pedido de mudança venceu sem resposta",
}  # fmt: skip
"""The same of requests to move a visit that stands."""
VIAS = {
    "telephone": "pelo telefone", "web": "pelo portal", "desk": "na recepção", "system": "pelo sistema",
    "api": "por outro sistema", "import": "na importação", "email": "por e-mail", "sms": "por SMS",
    "whatsapp": "por WhatsApp",
}  # fmt: skip
PROBLEMS = {
    ("name", "empty"): "Escreva o nome como está no documento.",
    ("name", "long"): "Use até 120 letras.",
    ("name", "form"): "Escreva nome e sobrenome com letras.",
    ("name", "twice"): "Este responsável já tem uma criança cadastrada com este nome e nascimento.",
    ("social_name", "long"): "Use até 120 letras.",
    ("social_name", "form"): "Escreva o nome com letras.",
    ("cpf", "empty"): "Escreva o CPF. Só quem tem responsável cadastrado pode ficar sem.",
    ("cpf", "cpf"): "Este CPF não existe. Confira os onze números.",
    ("cpf", "taken"): "Este CPF já é de um paciente cadastrado.",
    ("birth_date", "empty"): "Escreva a data de nascimento.",
    ("birth_date", "date"): "Escreva a data como 05/04/1980.",
    ("birth_date", "no_day"): "Este dia não existe no calendário. Confira o dia e o mês.",
    ("birth_date", "future"): "Esta data ainda não chegou.",
    ("birth_date", "old"): "Confira o ano.",
    ("phones", "phone"): "Escreva com DDD, como (11) 98765-4321. Separe vários com vírgula.",
    ("phones", "many"): "Guarde até cinco números.",
    ("email", "email"): "Escreva um e-mail, como nome@exemplo.com.br.",
    ("guardian_id", "self"): "Ninguém é responsável por si mesmo.",
}
KEPT = (
    "Este horário está guardado para uma pessoa da lista de espera. "
    "Se precisar dele, abra a lista de espera e escolha Retomar o horário."
)
DAYS_A_YEAR = 365.2425


def late(name: str, minutes: int, expected: int) -> str:
    """What is said when a doctor's delay was noted; `expected`: visits of people who are not here yet."""
    if not minutes:
        return f"{name} está em dia."
    if not expected:
        return f"{name}: atraso de {minutes} min. Ninguém mais é esperado neste dia."
    coming = "1 pessoa ainda vem" if expected == 1 else f"{expected} pessoas ainda vêm"
    return f"{name}: atraso de {minutes} min. {coming}: quem recebe mensagens é avisado, os outros estão em Avisar."


def wrong_reason(reason: str, note: str, longest: int) -> dict[str, str]:
    """What is wrong with why something is cancelled, by field."""
    errors = {}
    if reason not in dict(REASONS):
        errors["reason"] = "Escolha o motivo."
    if reason == "other" and not note:
        errors["note"] = "Escreva o motivo em poucas palavras."
    if len(note) > longest:
        errors["note"] = f"Use até {longest} letras."
    return errors


def problems(found: dict[str, str]) -> dict[str, str]:
    """What is wrong, by field, as people read it."""
    return {field: PROBLEMS.get((field, what), "Confira este campo.") for field, what in found.items()}


def conflict(one: Conflict, zone: tzinfo) -> str:
    """What stands in the way, and what can be done."""
    if one.what == "overlaps" and one.booking:
        return (
            f"O paciente já tem consulta em {when(one.booking.starts_at, zone)}. "
            "Escolha outro horário, ou mude ou cancele aquela antes."
        )
    if one.what == "too_short":
        return (
            f"São precisos {one.number} minutos seguidos, e o horário seguinte não está livre. Escolha outro horário."
        )
    if one.what == "margin":
        return (
            f"Este tipo de consulta pede mais {one.number} min de preparo ou arrumação, e ali já há outra. "
            "Escolha outro horário."
        )
    if one.what == "meets" and one.at:
        told = meets(one.at, zone)
        return f"{told[0].upper()}{told[1:]} Se o médico não puder, escolha outro horário."
    if one.what == "many":
        has = "uma consulta futura" if one.number == 1 else f"{one.number} consultas futuras"
        return f"O paciente já tem {has}. Confirme se quer mesmo mais uma."
    if one.what == "quota":
        return (
            f"A cota deste convênio com o médico está cheia neste dia ({one.number} por dia). "
            "Escolha outro dia ou outro convênio; ao marcar, você passa da cota."
        )
    if one.what == "no_shows":
        return (
            f"O paciente faltou há pouco ({one.number} {'vez' if one.number == 1 else 'vezes'}). "
            "Combine com ele e escreva por que marca mesmo assim."
        )
    return "Não há consulta recente deste médico para este retorno."


def meets(at: datetime, zone: tzinfo) -> str:
    """Two visits want the doctor for preparation or cleaning in the same minutes; `at`: when the other begins."""
    return f"o preparo ou a arrumação cai nos mesmos minutos que o da consulta das {hour(at, zone)}."


def who(by: str, names: dict[str, str]) -> str:
    """The author of a line of history: a name where one is known."""
    kind, _, _ = by.partition(":")
    return names.get(by) or {"system": "sistema", "patient": "paciente", "user": "equipe"}.get(kind, "paciente")


LEFT = "Esse horário saiu da agenda: os horários do médico mudaram. Escolha outro."
"""Of a time that was offered a moment ago."""


def others(times: list[datetime], instead_of: datetime, zone: tzinfo) -> str:
    """Other times in a sentence: "14:45, 15:00 ou 15:30"; those of other days with their day."""
    day = instead_of.astimezone(zone).date()
    said = [hour(one, zone) if one.astimezone(zone).date() == day else when(one, zone) for one in times]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} ou {said[-1]}" if said else ""


def age(born: object, today: object) -> str:
    """How old somebody is: "46 anos", "8 meses"."""
    days = (today - born).days  # type: ignore[operator]
    years = int(days // DAYS_A_YEAR)
    return f"{years} {'ano' if years == 1 else 'anos'}" if years else f"{days // 30} meses"
