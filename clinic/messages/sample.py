"""A visit that nobody has, for managers to see how a message will look."""

SAMPLE = {
    "paciente": "Maria da Conceição Silva", "primeiro_nome": "Maria", "medico": "Dra. Marina Duarte",
    "o_medico": "a Dra. Marina Duarte", "do_medico": "da Dra. Marina Duarte", "especialidade": "Clínica geral",
    "unidade": "Centro", "endereco": "Rua das Flores, 100, Centro, São Paulo/SP",
    "local": "Centro, Rua das Flores, 100, Centro, São Paulo/SP", "data": "quinta-feira, 26 de novembro",
    "na_data": "na quinta-feira, 26 de novembro",
    "data_curta": "qui., 26/11", "hora": "14:30", "telefone_clinica": "(11) 3333-4444", "codigo": "482913",
    "protocolo": "261120104233", "motivo": "A médica estará em um congresso.",
    "orientacao": "Chegue 15 minutos antes, com um documento com foto e a carteirinha do convênio.",
    "preparo": "Venha em jejum de oito horas.", "data_anterior": "terça-feira, 24 de novembro",
    "hora_anterior": "09:00", "atraso": "30 minutos", "prazo": "terça-feira, 24 de novembro, às 18:00",
    "retorno_ate": "sábado, 26 de dezembro", "retorno_ate_curto": "sáb., 26/12",
}  # fmt: skip
PAGES = {
    "link_confirmar": "/c/AAAABQ3rXo8f2mLw0c7TnVbR", "link_cancelar": "/c/CAAABQ3rXo8f2mLw0c7TnVbR",
    "link_remarcar": "/c/IAAABQ3rXo8f2mLw0c7TnVbR", "link_portal": "/portal", "link_agenda": "/medico",
    "link_pesquisa": "/c/AAAABQ3rXo8f2mLw0c7TnVbR/nota", "link_oferta": "/vaga/AAFQ3rXo8f2mLw0c7TnVbQ",
}  # fmt: skip


def sample(clinic: str, pages_url: str) -> dict[str, str]:
    """Every variable, for a clinic of this name whose pages are there."""
    return {**SAMPLE, "clinica": clinic, **{name: f"{pages_url}{path}" for name, path in PAGES.items()}}
