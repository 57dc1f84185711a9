"""What the portal says to patients, in Portuguese."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from admin_web.words import hour, when
from clinic.slots import SlotInfo

REASONS = (
    ("cannot_attend", "Não posso ir"),
    ("feeling_better", "Já estou melhor"),
    ("time_or_place", "O horário ou o local não serve"),
    ("another_clinic", "Vou a outro lugar"),
    ("other", "Outro motivo"),
)
WHY = dict(REASONS) | {
    "spoken": "motivo dito ao telefone", "moved": "mudou de horário", "declined": "o médico não pôde aceitar",
    "expired": "o pedido venceu sem resposta", "withdrawn": "desfeita", "undone": "mudança desfeita",
    "clinic": "a clínica precisou cancelar", "doctor_away": "o médico não pode atender",
    "refused": "cadastro não confirmado", "with_visit": "a consulta mudou antes ou foi cancelada",
}  # fmt: skip
QUOTA_TAKEN = (
    "Não deu para desfazer: enquanto isso, a última vaga do convênio com este médico nesse dia foi para outra pessoa."
    " Marque outro dia, ou ligue para a recepção."
)
EVENTS = {
    "booked": "Consulta marcada", "requested": "Consulta pedida", "restored": "Voltou ao que era",
    "accepted": "O médico aceitou", "declined": "O médico não pôde aceitar", "expired": "O pedido venceu sem resposta",
    "cancelled": "Cancelada", "moved": "Mudou de horário", "withdrawn": "Desfeita",
    "confirmed": "Presença confirmada", "arrived": "Chegada registrada", "fulfilled": "Consulta realizada",
    "noshow": "Ausência registrada", "kept": "Mantida", "delayed": "Atraso avisado", "on_time": "Sem atraso",
    "forgiven": "Ausência desconsiderada", "reoffered": "Outro horário a oferecer",
    "imported": "Trazida de outro sistema",
}  # fmt: skip
VIAS = {
    "telephone": "pelo telefone", "web": "pelo portal", "desk": "pela recepção", "system": "pelo sistema",
    "api": "por outro sistema", "import": "pela clínica", "email": "por e-mail", "sms": "por SMS",
    "whatsapp": "por WhatsApp",
}  # fmt: skip
GAVE_UP_ASKING = (
    "Você desistiu do pedido, e o horário fica livre para outra pessoa."
    " Se era para mudar uma consulta, ela continua no horário de antes."
)
HAS_IT = "Este horário já é de {name}: não é preciso marcar de novo."
GIVEN_UP = "Esta consulta já tinha sido marcada, e foi cancelada ou mudou depois: nada foi marcado agora."
NO_TIME = "Esse horário saiu da agenda. Escolha outro: nada foi marcado."
NO_TIME_TO_MOVE = "Esse horário saiu da agenda. Escolha outro: a sua consulta continua no horário de antes."
OVERLAPS = "Já existe uma consulta nesse horário: {when}. Escolha outro horário ou cancele aquela antes."
TOO_MANY = "Você já tem {limit} consultas marcadas, o máximo de uma vez. Cancele uma ou ligue para a recepção."
QUOTA = "Neste dia o médico já não tem vaga por este convênio. Escolha outro dia, ou outra forma de pagar."
BY_PEOPLE = "A recepção marca a sua próxima consulta com você{phone}. É rápido, e ajuda a achar o melhor horário."
NOT_ALLOWED = "Isto não pode mais ser marcado assim com este médico. Confira quem paga e escolha de novo."
TOO_SHORT = "Este horário ficou curto para a consulta. Escolha outro."
OFFERED_NO_MORE = "Este horário já passou ou não é mais oferecido. Escolha outro."


def gone(others: Sequence[SlotInfo], zone: tzinfo, day: datetime) -> str:
    """What happened, and other times: by the hour where all are of that day."""
    if not others:
        return "Este horário acabou de ser reservado, e não há outro livre com este médico."
    same = all(one.starts_at.astimezone(zone).date() == day.astimezone(zone).date() for one in others)
    said = [hour(one.starts_at, zone) if same else when(one.starts_at, zone) for one in others]
    return f"Este horário acabou de ser reservado. Escolha outro: {_or(said, ', ' if same else '; ')}."


def _or(said: Sequence[str], comma: str) -> str:
    return said[0] if len(said) == 1 else f"{comma.join(said[:-1])} ou {said[-1]}"
