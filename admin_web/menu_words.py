"""Where in the menus somebody is, in words for whoever looks on."""

WORDS = {
    "greeting": "Saudação",
    "identify": "Identificação",
    "for_whom": "Para quem é",
    "register": "Cadastro",
    "main": "Menu principal",
    "booking": "Marcando consulta",
    "choose_specialty": "Escolhendo a especialidade",
    "choose_unit": "Escolhendo a unidade",
    "choose_payer": "Escolhendo o convênio",
    "choose_modality": "Presencial ou por vídeo",
    "choose_doctor": "Escolhendo quem atende",
    "choose_time": "Escolhendo o horário",
    "return": "Marcando o retorno",
    "again": "Marcando com quem já atendeu",
    "read_back": "Conferindo os dados",
    "code": "Ouvindo o código",
    "too_many": "Já tem o máximo de consultas",
    "waiting_list": "Entrando na lista de espera",
    "appointments": "Ouvindo as consultas",
    "cancel": "Cancelando consulta",
    "reschedule": "Remarcando consulta",
    "confirm": "Confirmando presença",
    "complaint": "Reclamação ou recado",
    "rating": "Avaliando o atendimento",
    "goodbye": "Despedida",
    "reception": "Passando para a recepção",
    "left": "Fora dos menus",
}
CONTEXTS = {
    "reception": "Na recepção",
    "agi-failed": "Na recepção",
    "alo-outbound": "Ligação da clínica",
    "from-trunk": "Entrando",
    "alo-menus": "Entrando",
    "alo-test": "Teste de teclas",
}


def where(menu: str, context: str) -> str:
    """The words for a menu ("booking") or, outside the menus, for a place in the dialplan ("reception").

    The dialplan knows better than the last menu: whoever was handed over is no longer in it.
    """
    if context in ("reception", "agi-failed", "alo-outbound"):
        return CONTEXTS[context]
    return WORDS.get(menu) or CONTEXTS.get(context) or "Fora dos menus"
