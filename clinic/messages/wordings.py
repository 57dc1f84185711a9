"""The wordings that come with the program; a clinic may put its own in their place.

Nothing here names a specialty, an exam or a reason: others may see or hear a message. A line whose variable is empty
is left out (a clinic without telephone, a visit that needs no preparation).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """A message with its variables in {braces}; `short` is for media that carry few letters (SMS)."""

    subject: str
    text: str
    short: str


WHEN_AND_WHERE = """Quando: {data}, às {hora}
Com: {medico}
Onde: {local}
Código: {codigo}
Protocolo: {protocolo}"""
PREPARE = """{orientacao}
Como se preparar: {preparo}"""
SIGNED = """{clinica}
Telefone: {telefone_clinica}"""
CHANGE = "Se não puder vir, desmarque ou escolha outro horário por esta mensagem, no portal ou por telefone."

BOOKED = Wording(
    "{clinica}: consulta marcada para {data}",
    f"""Olá, {{primeiro_nome}}!

Sua consulta está marcada.

{WHEN_AND_WHERE}

{PREPARE}

{CHANGE} Assim outra pessoa aproveita a vaga.

{SIGNED}""",
    "{clinica}: consulta marcada para {data_curta}, {hora}, com {o_medico}. Para mudar: {link_remarcar}",
)
REQUESTED = Wording(
    "{clinica}: recebemos seu pedido de consulta",
    f"""Olá, {{primeiro_nome}}!

Recebemos seu pedido. Ele ainda não está confirmado: quem responde é {{o_medico}}, e nós avisamos você.

{WHEN_AND_WHERE}
Resposta até: {{prazo}}

O horário fica guardado até lá. Se mudar de ideia, desista por esta mensagem, no portal ou por telefone.

{SIGNED}""",
    "{clinica}: recebemos seu pedido para {data_curta}, {hora}. Avisamos assim que houver resposta.",
)
ACCEPTED = Wording(
    "{clinica}: seu pedido foi aceito para {data}",
    f"""Olá, {{primeiro_nome}}!

Boa notícia: {{o_medico}} aceitou seu pedido, e a consulta está marcada.

{WHEN_AND_WHERE}

{PREPARE}

{CHANGE} Assim outra pessoa aproveita a vaga.

{SIGNED}""",
    "{clinica}: pedido aceito, consulta em {data_curta}, {hora}, com {o_medico}. Para mudar: {link_remarcar}",
)
DECLINED = Wording(
    "{clinica}: seu pedido não pôde ser aceito",
    f"""Olá, {{primeiro_nome}}!

Desta vez, {{o_medico}} não pôde aceitar seu pedido para {{data}}, às {{hora}}. Sentimos muito.
Protocolo: {{protocolo}}

Escolha outro horário ou outro médico no portal: {{link_portal}}
Se preferir, ligue: a recepção procura com você.

{SIGNED}""",
    "{clinica}: o pedido para {data_curta}, {hora}, não pôde ser aceito. Escolha outro horário: {link_portal}",
)
EXPIRED = Wording(
    "{clinica}: seu pedido ficou sem resposta",
    f"""Olá, {{primeiro_nome}}!

Seu pedido para {{data}}, às {{hora}}, com {{o_medico}}, não foi respondido a tempo. Pedimos desculpas.
Protocolo: {{protocolo}}

Escolha outro horário no portal: {{link_portal}}
Se preferir, ligue: a recepção procura com você.

{SIGNED}""",
    "{clinica}: o pedido para {data_curta}, {hora}, ficou sem resposta. Escolha outro horário: {link_portal}",
)
MOVED = Wording(
    "{clinica}: sua consulta mudou para {data}",
    f"""Olá, {{primeiro_nome}}!

Sua consulta mudou de horário.

Era: {{data_anterior}}, às {{hora_anterior}}

{WHEN_AND_WHERE}

{PREPARE}

O horário e o código antigos não valem mais. {CHANGE}

{SIGNED}""",
    "{clinica}: sua consulta mudou para {data_curta}, {hora}, com {o_medico}. Para mudar: {link_remarcar}",
)
CANCELLED = Wording(
    "{clinica}: sua consulta foi cancelada",
    f"""Olá, {{primeiro_nome}}!

Sua consulta de {{data}}, às {{hora}}, com {{o_medico}}, está cancelada. Você não precisa vir.
Protocolo: {{protocolo}}

Para marcar outra, use o portal: {{link_portal}}
Se preferir, ligue: a recepção procura um horário com você.

{SIGNED}""",
    "{clinica}: a consulta de {data_curta}, {hora}, foi cancelada. Para marcar outra: {link_portal}",
)
DELAYED = Wording(
    "{clinica}: sua consulta de hoje vai atrasar",
    f"""Olá, {{primeiro_nome}}!

Os atendimentos {{do_medico}} estão atrasados. Sua consulta de {{data}}, às {{hora}}, deve começar com atraso.

Atraso previsto: {{atraso}}
Onde: {{local}}
Código: {{codigo}}

Se não puder esperar, escolha outro horário por esta mensagem, no portal ou por telefone. Pedimos desculpas.

{SIGNED}""",
    "{clinica}: a consulta das {hora} com {o_medico} deve atrasar {atraso}. Para mudar: {link_remarcar}",
)
REMINDER = Wording(
    "{clinica}: lembrete da sua consulta, {data}",
    f"""Olá, {{primeiro_nome}}!

Sua consulta está chegando. Você vem?

{WHEN_AND_WHERE}

{PREPARE}

Confirme sua presença por esta mensagem. {CHANGE}

{SIGNED}""",
    "{clinica}: lembrete, {data_curta}, {hora}, com {o_medico}. Confirme ou mude: {link_confirmar}",
)
REOFFERED = Wording(
    "{clinica}: precisamos mudar sua consulta",
    f"""Olá, {{primeiro_nome}}!

Sua consulta de {{data}}, às {{hora}}, com {{o_medico}}, precisa mudar de horário. Pedimos desculpas.

Escolha outro horário por esta mensagem, no portal ou por telefone. Até lá, a recepção guarda seu lugar na agenda.
Código: {{codigo}}
Protocolo: {{protocolo}}

{SIGNED}""",
    "{clinica}: a consulta de {data_curta}, {hora}, com {o_medico}, precisa mudar. Escolha outra: {link_remarcar}",
)
OFFER = Wording(
    "{clinica}: abriu um horário para você",
    f"""Olá, {{primeiro_nome}}!

Você está na nossa lista de espera, e abriu um horário.

Quando: {{data}}, às {{hora}}
Com: {{medico}}
Onde: {{local}}

Ele está guardado para você até {{prazo}}. Responda pelo botão desta mensagem, no portal ou por telefone.
Depois disso, oferecemos o horário a quem vem a seguir, e você continua na lista.

{SIGNED}""",
    "{clinica}: abriu um horário, {data_curta}, {hora}. É seu até {prazo}: {link_oferta}",
)
NOSHOW = Wording(
    "{clinica}: sentimos sua falta",
    f"""Olá, {{primeiro_nome}}!

Aguardamos você {{na_data}}, às {{hora}}, com {{o_medico}}. Esperamos que esteja tudo bem.

Para marcar outro horário, use o portal: {{link_portal}}
Se preferir, ligue: a recepção procura com você. Se você veio e isto é um engano, conte para nós.

{SIGNED}""",
    "{clinica}: sentimos sua falta na consulta de {data_curta}. Para marcar outro horário: {link_portal}",
)
RETURN_DUE = Wording(
    "{clinica}: seu retorno vale até {retorno_ate_curto}",
    f"""Olá, {{primeiro_nome}}!

Você esteve {{na_data}} com {{o_medico}}. O retorno dessa consulta, sem pagar de novo, ainda não está marcado.

Ele vale até {{retorno_ate}}: a consulta de retorno precisa ser até esse dia.

Para marcar, use o portal: {{link_portal}}
Por telefone: {{telefone_clinica}}

Se você não precisa voltar, não é preciso fazer nada.

{SIGNED}""",
    "{clinica}: seu retorno com {o_medico} vale até {retorno_ate_curto}. Marque: {link_portal}",
)
SURVEY = Wording(
    "{clinica}: como foi sua visita?",
    f"""Olá, {{primeiro_nome}}!

Você esteve conosco {{na_data}}. De 0 a 10, quanto recomendaria a clínica a uma pessoa querida?

Dê sua nota aqui: {{link_pesquisa}}

Leva um minuto e ajuda muito. Só a direção da clínica lê.

{SIGNED}""",
    "{clinica}: como foi sua visita de {data_curta}? Dê uma nota: {link_pesquisa}",
)

DOCTOR_BOOKED = Wording(
    "{clinica} - Nova consulta agendada",
    """Olá, {medico}! Você tem uma nova consulta marcada. Paciente: {paciente}. Data e horário: {data} às {hora}.

Onde: {local}
Código: {codigo}

{clinica}""",
    "{clinica}: nova consulta, {paciente}, {data_curta}, {hora}.",
)
DOCTOR_REQUESTED = Wording(
    "{clinica} - Pedido de consulta espera sua resposta",
    """Olá, {medico}! Um pedido de consulta espera sua resposta. Paciente: {paciente}. Data e horário: {data} às {hora}.

Onde: {local}
Responda até: {prazo}
Aceite ou recuse na sua agenda: {link_agenda}

{clinica}""",
    "{clinica}: pedido de {paciente}, {data_curta}, {hora}. Responda: {link_agenda}",
)
DOCTOR_EXPIRED = Wording(
    "{clinica} - Pedido de consulta venceu sem resposta",
    """Olá, {medico}! Um pedido venceu sem resposta. Paciente: {paciente}. Data e horário: {data} às {hora}.

O paciente foi avisado, e o horário voltou a ficar livre.

{clinica}""",
    "{clinica}: o pedido de {paciente}, {data_curta}, {hora}, venceu sem resposta.",
)
DOCTOR_MOVED = Wording(
    "{clinica} - Consulta remarcada",
    """Olá, {medico}! Uma consulta mudou de horário. Paciente: {paciente}. Nova data e horário: {data} às {hora}.

Era: {data_anterior} às {hora_anterior}
Onde: {local}
Código: {codigo}

{clinica}""",
    "{clinica}: {paciente} mudou para {data_curta}, {hora}.",
)
DOCTOR_CANCELLED = Wording(
    "{clinica} - Consulta cancelada",
    """Olá, {medico}! Uma consulta foi cancelada. Paciente: {paciente}. Data e horário: {data} às {hora}.

Onde: {local}
Código: {codigo}

{clinica}""",
    "{clinica}: cancelada, {paciente}, {data_curta}, {hora}.",
)
