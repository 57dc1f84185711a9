"""The words of the audit: who acts, what they did, and about what."""

ACTORS = {
    "system": "o sistema", "call": "uma ligação", "patient": "paciente", "pre_registration": "pré-cadastro",
    "user": "conta",
}  # fmt: skip
ENTITIES = {
    "appointment": "consulta", "data_request": "pedido sobre dados", "doctor": "médico(a)", "holiday": "feriado",
    "import": "importação",
    "kind": "tipo de consulta", "patient": "paciente", "payer": "convênio", "personal_token": "chave de acesso",
    "pre_registration": "pré-cadastro", "profile": "ajustes", "specialty": "especialidade", "unit": "unidade",
    "user": "conta",
}  # fmt: skip
ACTIONS = {
    "absence.added": "registrou uma ausência", "absence.removed": "retirou uma ausência",
    "appointment.read": "viu uma consulta", "codes.off": "desligou os códigos", "codes.on": "ligou os códigos",
    "data_request.done": "atendeu um pedido sobre dados", "data_request.refused": "recusou um pedido sobre dados",
    "day.read": "viu o dia", "doctor.linked": "ligou uma conta a um cadastro de médico",
    "doctor.saved": "mudou um cadastro de médico", "feed.closed": "fechou o calendário",
    "feed.opened": "abriu o calendário", "guessing_alarm": "alarme: muitas tentativas ao telefone",
    "hit.read": "viu quem uma mudança atinge", "holiday.added": "acrescentou um feriado",
    "holiday.removed": "retirou um feriado", "hours.changed": "mudou os horários",
    "import.started": "importou um arquivo", "import.undone": "desfez uma importação",
    "identity.added": "ganhou mais um modo de entrar", "identity.removed": "perdeu um modo de entrar",
    "kind.saved": "mudou um tipo de consulta", "login": "entrou", "login.alarm": "alarme: muitas tentativas de entrar",
    "login.failed": "não conseguiu entrar", "password.changed": "mudou a senha",
    "password.forgotten": "pediu uma senha nova", "patient.anonymised": "apagou os dados de contato de um paciente",
    "patient.changed": "mudou um cadastro", "patient.created": "cadastrou um paciente",
    "patient.exported": "baixou os dados de um paciente", "patient.listed": "viu pacientes em uma lista",
    "patient.read": "viu um cadastro",
    "payer.saved": "mudou um convênio", "pre_registration.completed": "completou um pré-cadastro",
    "pre_registration.merged": "juntou um pré-cadastro", "pre_registration.refused": "recusou um pré-cadastro",
    "prices.changed": "mudou os preços", "profile.changed": "mudou os ajustes",
    "report.exported": "baixou um relatório", "roles.changed": "mudou papéis",
    "specialty.saved": "mudou uma especialidade", "token.created": "criou uma chave de acesso",
    "token.revoked": "revogou uma chave de acesso", "too_many_guesses": "tentou demais ao telefone",
    "unit.saved": "mudou uma unidade", "units.changed": "mudou as unidades de alguém",
    "user.activated": "reativou uma conta", "user.created": "criou uma conta",
    "user.deactivated": "desativou uma conta", "user.invited": "convidou alguém",
}  # fmt: skip
CHOICES = sorted(((code, words.capitalize()) for code, words in ACTIONS.items()), key=lambda pair: pair[1])
"""For the filter. Not asked of the trail, which is long."""
