"""The kinds of messages there are: to whom each goes, what it is called, which variables it has, what one can do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from clinic.messages import wordings
from clinic.messages.wordings import Wording

Kind = Literal[
    "booked", "requested", "accepted", "declined", "expired", "moved", "cancelled", "delayed", "reminder", "reoffered",
    "offer", "noshow", "return_due", "survey",
]  # fmt: skip
Audience = Literal["patient", "doctor"]
Deed = Literal["confirm", "cancel", "move"]
"""What a message's button leads to; see `clinic.messages.links`."""

KINDS: tuple[Kind, ...] = get_args(Kind)
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
DEEDS: tuple[Deed, ...] = get_args(Deed)

EVERYWHERE: Mapping[str, str] = {
    "paciente": "nome completo do paciente",
    "primeiro_nome": "primeiro nome do paciente",
    "medico": "médico ou médica: “Dra. Marina Duarte”",
    "o_medico": "o mesmo, com artigo: “a Dra. Marina Duarte”",
    "do_medico": "o mesmo: “da Dra. Marina Duarte”",
    "especialidade": "especialidade (evite: outras pessoas podem ler a mensagem)",
    "unidade": "nome da unidade",
    "endereco": "endereço da unidade",
    "local": "unidade e endereço, ou “por vídeo”",
    "data": "dia por extenso: “quinta-feira, 26 de novembro”",
    "na_data": "o mesmo, numa frase: “na quinta-feira, 26 de novembro”",
    "data_curta": "dia curto: “qui., 26/11”",
    "hora": "hora: “14:30”",
    "clinica": "nome da clínica",
    "telefone_clinica": "telefone da unidade",
    "codigo": "código de seis números da consulta",
    "protocolo": "protocolo do atendimento",
    "motivo": "motivo que a clínica deu (evite: outras pessoas podem ler a mensagem)",
    "orientacao": "o que trazer e quando chegar",
    "preparo": "preparo da consulta ou do exame, se houver",
    "link_confirmar": "página para confirmar a presença",
    "link_cancelar": "página para desmarcar",
    "link_remarcar": "página para escolher outro horário",
    "link_portal": "página do paciente",
    "link_agenda": "agenda do médico ou da médica",
}
"""Variables every wording may use, and what each is."""
MORE: Mapping[str, str] = {
    "data_anterior": "dia em que era",
    "hora_anterior": "hora em que era",
    "atraso": "atraso previsto: “30 minutos”",
    "prazo": "até quando: “sexta-feira, 27 de novembro, às 18:00”",
    "link_oferta": "página para ficar com o horário ou recusá-lo",
    "link_pesquisa": "página para dar a nota",
    "retorno_ate": "último dia do retorno: “sexta-feira, 27 de novembro”",
    "retorno_ate_curto": "o mesmo, curto: “sex., 27/11”",
}
"""Variables that only some kinds have."""
OPTIONAL = frozenset({
    "primeiro_nome", "especialidade", "endereco", "telefone_clinica", "protocolo", "motivo", "orientacao", "preparo",
    "link_confirmar", "link_cancelar", "link_remarcar",
})  # fmt: skip
"""Variables that may be empty; the line where one stands is then left out."""
WHEN = frozenset({"data", "hora"})
"""What a message about a visit must say."""
DAYS = frozenset({"data", "na_data", "data_curta"})
"""Each of them says the day."""


@dataclass(frozen=True, slots=True)
class Sort:
    """A kind as managers see it: its name, when it is sent, the shipped wordings by audience.

    `needs`: variables each text must have. `deeds`: what its buttons offer a patient. `on`: sent unless switched off.
    """

    name: str
    when: str
    wordings: Mapping[Audience, Wording]
    needs: frozenset[str] = WHEN
    deeds: tuple[Deed, ...] = ()
    more: tuple[str, ...] = ()
    on: bool = True

    @property
    def variables(self) -> dict[str, str]:
        """What its wordings may use, and what each is."""
        return {**EVERYWHERE, **{name: MORE[name] for name in self.more}}


SORTS: Mapping[Kind, Sort] = {
    "booked": Sort(
        "Consulta marcada", "Assim que a consulta é marcada.",
        {"patient": wordings.BOOKED, "doctor": wordings.DOCTOR_BOOKED}, deeds=("move", "cancel"),
    ),
    "requested": Sort(
        "Pedido recebido", "Quando o médico precisa aceitar antes.",
        {"patient": wordings.REQUESTED, "doctor": wordings.DOCTOR_REQUESTED}, deeds=("cancel",), more=("prazo",),
    ),
    "accepted": Sort(
        "Pedido aceito", "Quando o médico aceita.", {"patient": wordings.ACCEPTED}, deeds=("move", "cancel")
    ),
    "declined": Sort("Pedido recusado", "Quando o médico não aceita.", {"patient": wordings.DECLINED}),
    "expired": Sort(
        "Pedido sem resposta", "Quando ninguém responde a tempo.",
        {"patient": wordings.EXPIRED, "doctor": wordings.DOCTOR_EXPIRED},
    ),
    "moved": Sort(
        "Consulta remarcada", "Quando o horário muda, dez segundos depois.",
        {"patient": wordings.MOVED, "doctor": wordings.DOCTOR_MOVED}, deeds=("move", "cancel"),
        more=("data_anterior", "hora_anterior"),
    ),
    "cancelled": Sort(
        "Consulta cancelada", "Quando é desmarcada, dez segundos depois.",
        {"patient": wordings.CANCELLED, "doctor": wordings.DOCTOR_CANCELLED},
    ),
    "delayed": Sort(
        "Atraso", "Quando a recepção avisa que o médico está atrasado.",
        {"patient": wordings.DELAYED}, frozenset({"hora", "atraso"}), deeds=("move",), more=("atraso",),
    ),
    "reminder": Sort(
        "Lembrete", "Antes da consulta (48 e 3 horas, se ninguém mudou isso); nunca tarde da noite.",
        {"patient": wordings.REMINDER}, deeds=("confirm", "move", "cancel"),
    ),
    "reoffered": Sort(
        "Outro horário a oferecer", "Quando o médico ou a clínica não poderá atender, e é oferecido outro horário.",
        {"patient": wordings.REOFFERED}, deeds=("move", "cancel"),
    ),
    "offer": Sort(
        "Vaga da lista de espera", "Quando abre um horário para quem espera.",
        {"patient": wordings.OFFER}, WHEN | {"prazo"}, more=("prazo", "link_oferta"),
    ),
    "noshow": Sort(
        "Falta", "Quando a ausência é registrada.", {"patient": wordings.NOSHOW}, frozenset({"data"})
    ),
    "return_due": Sort(
        "Retorno a marcar", "Dias antes de acabar o prazo do retorno (15, se ninguém mudou isso), a quem não marcou.",
        {"patient": wordings.RETURN_DUE}, frozenset({"retorno_ate"}), more=("retorno_ate", "retorno_ate_curto"),
    ),
    "survey": Sort(
        "Pesquisa", "Duas horas depois da consulta realizada; a cada pessoa uma vez em 90 dias.",
        {"patient": wordings.SURVEY}, frozenset({"link_pesquisa"}), more=("link_pesquisa",), on=False,
    ),
}  # fmt: skip


def audiences(kind: Kind) -> tuple[Audience, ...]:
    """Who hears of a kind."""
    return tuple(one for one in AUDIENCES if one in SORTS[kind].wordings)


def needed(kind: Kind, audience: Audience) -> frozenset[str]:
    """Variables a text must have; a doctor is always told who comes."""
    return SORTS[kind].needs | ({"paciente"} if audience == "doctor" else frozenset())
