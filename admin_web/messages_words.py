"""What pages say of messages, in Portuguese: who gets them, how they stand, what is wrong with a text."""

from collections.abc import Iterable
from difflib import get_close_matches

from clinic.messages.kinds import SORTS, Audience, Kind
from clinic.messages.texts import (
    LONGEST,
    BadText,
    Empty,
    LineBreak,
    MissingVariable,
    Part,
    TooLong,
    UnbalancedBrace,
    UnknownVariable,
)

AUDIENCES: dict[Audience, str] = {"patient": "paciente", "doctor": "médico"}
PARTS: dict[Part, str] = {"subject": "Assunto", "text": "Texto", "short": "Texto curto"}
SMS_LETTERS = 160
STATUSES = {
    "waiting": ("espera", "clock", "news"), "sent": ("enviada", "circle-check", "good"),
    "failed": ("falhou", "circle-alert", "bad"), "silenced": ("não enviada", "ban", ""),
}  # fmt: skip
"""How a message stands: words, icon, tone."""
MEDIA = {"email": "e-mail", "sms": "SMS", "whatsapp": "WhatsApp", "webhook": "outro sistema"}
CHOICES = {
    "situacao": [(code, one[0].capitalize()) for code, one in STATUSES.items()],
    "tipo": [(kind, sort.name) for kind, sort in SORTS.items()],
    "para": [(code, name.capitalize()) for code, name in AUDIENCES.items()],
    "canal": [(code, name[0].upper() + name[1:]) for code, name in MEDIA.items()],
}
"""What may be looked for."""
REASONS = {
    "confirmed": "a presença já estava confirmada", "moved": "a consulta mudou de horário",
    "cancelled": "a consulta foi cancelada", "withdrawn": "a marcação foi desfeita",
    "declined": "o pedido foi recusado", "expired": "o pedido perdeu a validade",
    "accepted": "a vaga já foi aceita", "lapsed": "o prazo da vaga passou", "met": "a pessoa já tem consulta marcada",
    "left": "a pessoa saiu da lista de espera", "taken": "a clínica precisou do horário",
    "booked": "o pedido já foi respondido", "pending": "voltou a ser um pedido",
    "arrived": "o paciente já chegou", "fulfilled": "a consulta já aconteceu", "noshow": "o paciente faltou",
    "gone": "não existe mais", "past": "já não dava tempo",
    "newer": "outra mensagem mais nova diz o que vale",
    "opted_out": "a pessoa não quer lembretes", "opted_out_survey": "a pessoa não quer pesquisas",
    "asked_lately": "a pessoa já foi perguntada nos últimos 90 dias", "off": "esta mensagem está desligada",
    "return_booked": "o retorno já está marcado", "booked_again": "a pessoa já marcou ou veio de novo com este médico",
    "left_clinic": "os dados de contato foram apagados, ou a conta foi fechada",
    "people": "a pessoa marca só falando com a recepção: avise por telefone",
    "no_medium": "a clínica não tem canal que chegue até aqui: avise por telefone", "undone": "a mudança foi desfeita",
    "waits_for_medium": "o canal está fora do ar; tentamos de novo", "error": "erro nosso; veja o registro do servidor",
    "crashed": "o envio foi interrompido várias vezes", "unreachable": "o servidor não respondeu",
    "login-refused": "o servidor recusou a senha da clínica", "not-offered": "o servidor não aceita esse envio",
    "no-tls": "o servidor não tem conexão segura", "answer-lost": "o servidor caiu depois de receber: pode ter chegado",
    "bad-address": "o e-mail do cadastro não serve", "bad-number": "o celular do cadastro não serve",
    "bad-sender": "o remetente da clínica não serve; veja ALO_MAIL_FROM",
    "no-endpoint": "falta o endereço do outro sistema",
    "not-https": "o endereço do outro sistema não é seguro (https)",
    "address-not-ascii": "o endereço tem letras que o servidor não aceita",
    "undeliverable": "o e-mail do cadastro já devolveu mensagens, e não há outro canal: avise por telefone",
}  # fmt: skip
RETURNED = {
    "5.1.7": "voltou: o remetente da clínica foi recusado", "5.1.8": "voltou: o remetente da clínica foi recusado",
    "5.1": "voltou: o endereço não existe", "5.2.2": "voltou: a caixa do destinatário está cheia",
    "5.2.3": "voltou: a mensagem é grande demais para o destinatário", "5.2": "voltou: a caixa não recebe mensagens",
    "5.4": "voltou: o servidor do destinatário não foi encontrado",
    "5.7": "voltou: o servidor do destinatário recusou a mensagem",
    "": "voltou: o endereço não recebe",
}  # fmt: skip
"""Why a letter came back, by how the status in its report begins; the first that fits."""
ANSWERED = {
    "address": "o servidor recusou o endereço (resposta {code})", "content": "o servidor recusou a mensagem ({code})",
    "policy": "o servidor de e-mail não aceita o que a clínica envia (resposta {code}): confira conta, remetente e SPF",
    "sender": "o servidor recusou o remetente da clínica ({code})", "server": "o servidor respondeu {code}",
    "http": "o serviço respondeu {code}",
}  # fmt: skip
"""Reasons that carry the answer's number, as "address-550"."""


def fault(found: BadText, kind: Kind) -> str:
    """What is wrong with a text, and what to do."""
    match found:
        case Empty():
            return "Escreva alguma coisa aqui."
        case TooLong():
            return f"Cabe até {LONGEST[found.part]} letras."
        case LineBreak():
            return "Escreva em uma linha só."
        case UnbalancedBrace():
            return f"Há uma chave sem par na linha {found.line}. Uma variável fica assim: {{hora}}."
        case UnknownVariable():
            return f"Não existe a variável {{{found.name}}} nesta mensagem.{_near(found.name, kind)}"
        case MissingVariable():
            return f"Falta dizer {spoken(found.names)}."
    return "Confira este texto."


def faults(found: Iterable[BadText], kind: Kind) -> dict[str, str]:
    """The same by field; of each field the first."""
    said: dict[str, str] = {}
    for one in found:
        said.setdefault(one.part, fault(one, kind))
    return said


def spoken(names: Iterable[str]) -> str:
    """As "{data} e {hora}"."""
    *most, last = [f"{{{name}}}" for name in names]
    return f"{', '.join(most)} e {last}" if most else last


def reason(code: str | None) -> str:
    """Why a message stands as it stands; "" where there is nothing to say."""
    if not code:
        return ""
    what, _, answer = code.partition("-")
    if what == "bounced":
        return next(words for status, words in RETURNED.items() if answer.startswith(status))
    if what in ANSWERED and answer.isdecimal():
        return ANSWERED[what].format(code=answer)
    return REASONS.get(code, f"o canal respondeu “{code}”")


def _near(name: str, kind: Kind) -> str:
    near = get_close_matches(name, SORTS[kind].variables, 1)
    return f" Quis dizer {{{near[0]}}}?" if near else " Escolha uma da lista."
