"""The words of the audit: who acts, what they did, and about what."""

import re

from admin_web.home import ROLE_WORDS

ACTORS = {
    "system": "o sistema", "call": "uma ligação", "patient": "paciente", "pre_registration": "pré-cadastro",
    "user": "conta", "link": "quem recebeu a mensagem",
}  # fmt: skip
ENTITIES = {
    "appointment": "consulta", "data_request": "pedido sobre dados", "doctor": "médico(a)", "holiday": "feriado",
    "message": "mensagem", "messages": "mensagens",
    "import": "importação", "report": "relatório", "survey": "pesquisa",
    "kind": "tipo de consulta", "patient": "paciente", "payer": "convênio", "personal_token": "chave de acesso",
    "pre_registration": "pré-cadastro", "profile": "ajustes", "specialty": "especialidade", "unit": "unidade",
    "user": "conta", "webhook": "integração",
}  # fmt: skip
ACTIONS = {
    "absence.added": "registrou uma ausência", "absence.removed": "retirou uma ausência",
    "appointment.read": "viu uma consulta", "codes.off": "desligou os códigos", "codes.on": "ligou os códigos",
    "data_request.done": "atendeu um pedido sobre dados", "data_request.refused": "recusou um pedido sobre dados",
    "day.printed": "imprimiu o dia", "day.read": "viu o dia",
    "doctor.linked": "ligou uma conta a um cadastro de médico",
    "extra.knowing": "fez um encaixe sabendo o que havia contra",
    "doctor.saved": "mudou um cadastro de médico", "feed.closed": "fechou o calendário",
    "feed.opened": "abriu o calendário", "guessing_alarm": "alarme: muitas tentativas ao telefone",
    "hit.read": "viu quem uma mudança atinge", "holiday.added": "acrescentou um feriado",
    "holiday.removed": "retirou um feriado", "hours.changed": "mudou os horários",
    "import.started": "importou um arquivo", "import.undone": "desfez uma importação",
    "identity.added": "ganhou mais um modo de entrar", "identity.removed": "perdeu um modo de entrar",
    "kind.saved": "mudou um tipo de consulta", "login": "entrou", "login.alarm": "alarme: muitas tentativas de entrar",
    "login.failed": "não conseguiu entrar", "password.changed": "mudou a senha",
    "message.resent": "reenviou uma mensagem", "message.restored": "voltou ao texto original de uma mensagem",
    "message.switched": "ligou ou desligou uma mensagem", "message.worded": "mudou o texto de uma mensagem",
    "messages.listed": "viu mensagens em uma lista", "messages.resent": "reenviou mensagens",
    "mail.listed": "viu os e-mails que não saíram", "mail.read": "leu um e-mail que não saiu",
    "password.forgotten": "pediu uma senha nova", "patient.anonymised": "apagou os dados de contato de um paciente",
    "patient.changed": "mudou um cadastro", "patient.created": "cadastrou um paciente",
    "patient.exported": "baixou os dados de um paciente", "patient.listed": "viu pacientes em uma lista",
    "patient.read": "viu um cadastro",
    "payer.saved": "mudou um convênio", "pre_registration.completed": "completou um pré-cadastro",
    "pre_registration.merged": "juntou um pré-cadastro", "pre_registration.refused": "recusou um pré-cadastro",
    "prices.changed": "mudou os preços", "profile.changed": "mudou os ajustes",
    "quota.knowing": "passou da cota de um convênio, sabendo",
    "quotas.changed": "mudou as cotas por convênio",
    "survey.read": "leu as respostas da pesquisa",
    "report.exported": "baixou um relatório", "roles.changed": "mudou papéis",
    "specialty.saved": "mudou uma especialidade", "token.created": "criou uma chave de acesso",
    "token.revoked": "revogou uma chave de acesso", "too_many_guesses": "tentou demais ao telefone",
    "unit.saved": "mudou uma unidade", "units.changed": "mudou as unidades de alguém",
    "user.activated": "reativou uma conta", "user.created": "criou uma conta",
    "user.deactivated": "desativou uma conta", "user.invited": "convidou alguém",
    "webhook.created": "criou uma integração", "webhook.deleted": "apagou uma integração",
    "webhook.paused": "pausou uma integração", "webhook.resumed": "retomou uma integração",
    "webhook.rotated": "trocou o segredo de uma integração", "webhook.saved": "mudou uma integração",
    "waiting.joined": "pôs alguém na lista de espera",
}  # fmt: skip
CHOICES = sorted(((code, words.capitalize()) for code, words in ACTIONS.items()), key=lambda pair: pair[1])
"""For the filter. Not asked of the trail, which is long."""
NOTES = {
    "password": "com senha", "code": "com código", "oidc": "com a conta da empresa", "reset": "pelo endereço do e-mail",
    "invite": "pelo convite", "email": "e-mail", "cpf": "CPF", "crm": "CRM", "subject": "conta da empresa",
    "search": "procurou; encontrados", "to call": "a avisar", "patients": "pacientes", "caller": "do mesmo número",
    "waiting": "à espera", "failing": "não recebe nada há horas", "gone": "disse que saiu do ar",
    "call": "na mesma ligação", "all": "na clínica inteira", "csv": "CSV,", "xlsx": "Excel,",
    "failures for one account": "erros numa conta", "more than": "mais de", "failures in an hour": "erros em uma hora",
    "weight": "peso: de", "became": "para",
    **ROLE_WORDS, **ENTITIES,
}  # fmt: skip
"""What notes are made of, beside numbers, days and what is named in ENTITIES and roles."""
PHRASES = re.compile(r"\b(" + "|".join(sorted(NOTES, key=len, reverse=True)) + r")\b|(\d{4})-(\d\d)-(\d\d)")
ABOUT = {words: code for code, words in ENTITIES.items()}


def noted(note: str) -> str:
    """A line's note as people read it: "patient,doctor" as "paciente, médico(a)", "2026-11-22" as "22/11/2026"."""
    spaced = note.replace(",", ", ").replace(":", " ")
    said = PHRASES.sub(lambda m: f"{m[4]}/{m[3]}/{m[2]}" if m[2] else NOTES[m[1]], spaced)
    return " ".join(said.split())


def subject(text: str) -> tuple[str, int | None]:
    """What "paciente 12", or "patient:12", means in the trail: ("patient", 12); without a number, all of the sort."""
    words, _, number = text.strip().lower().replace(":", " ").rpartition(" ")
    if not number.isdecimal():
        words, number = f"{words} {number}".strip(), ""
    return ABOUT.get(words, words), int(number[:18]) if number else None
