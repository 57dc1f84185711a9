"""Which columns a file of each sort has, as the page documents them, and an example of each file."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Sort = Literal["patients", "doctors", "hours", "visits"]
SORTS: tuple[Sort, ...] = ("patients", "doctors", "hours", "visits")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, what stands in it, whether it may be missing, and two examples."""

    name: str
    about: str
    examples: tuple[str, str]
    required: bool = False
    also: tuple[str, ...] = ()
    """Other headings under which it is understood."""


_CPF = ("cpf", "Com ou sem pontos.", ("390.533.447-05", ""))
_CRM = Column("crm", "Só os números.", ("52341", "52341"), required=True)
_UF = Column("uf", "Do CRM, como SP.", ("SP", "SP"), required=True, also=("uf_do_crm", "estado"))
COLUMNS: Mapping[Sort, tuple[Column, ...]] = {
    "patients": (
        Column("nome", "Nome completo.", ("Maria de Souza", "João de Souza"),
               required=True, also=("nome_completo", "paciente")),
        Column("nome_social", "Se houver; é o único que se mostra e se diz.", ("", "")),
        Column(*_CPF, also=("cpf_do_paciente",)),
        Column("nascimento", "Dia, mês e ano.", ("05/04/1980", "12/09/2018"),
               required=True, also=("data_de_nascimento", "data_nascimento")),
        Column("telefones", "Com DDD; vários separados por |.", ("(11) 98765-4321|(11) 3333-4444", ""),
               also=("telefone", "celular")),
        Column("email", "", ("maria@exemplo.com.br", ""), also=("e_mail",)),
        Column("cpf_responsavel", "De quem não tem CPF próprio; o responsável vem antes.", ("", "390.533.447-05"),
               also=("responsavel",)),
        Column("convenio", "Como está no cadastro de convênios.", ("Particular", ""), also=("convenio_de_costume",)),
        Column("unidade", "A de costume, como está no cadastro.", ("", "")),
    ),
    "doctors": (
        Column("nome", "Sem “Dr.” nem “Dra.”.", ("Helena Prado", "Caio Lemos"),
               required=True, also=("medico", "nome_completo")),
        Column("tratamento", "doutora ou doutor.", ("doutora", "doutor"), required=True),
        Column("crm", "Só os números.", ("52341", "61002"), required=True), _UF,
        Column("especialidades", "Separadas por |, cada uma com o RQE depois de dois pontos, se houver.",
            ("Cardiologia:12345", "Clínica geral"),
            required=True, also=("especialidade",)),
        Column("convenios", "Os que aceita, separados por |.", ("Particular", "Particular"), also=("convenio",)),
        Column("unidades", "Onde os aceita, separadas por |; vazio: em todas.", ("", ""), also=("unidade",)),
    ),
    "hours": (
        _CRM, _UF, Column("unidade", "Como está no cadastro.", ("Centro", "Centro"), required=True),
        Column("dia", "segunda, terça, … ou domingo.", ("segunda", "quarta"), required=True, also=("dia_da_semana",)),
        Column("inicio", "Como 08:00.", ("08:00", "13:30"), required=True, also=("das", "hora_inicial")),
        Column("fim", "Como 12:00.", ("12:00", "18:00"), required=True, also=("as", "hora_final")),
        Column("modalidade", "presencial, vídeo ou ambas; vazio: presencial.", ("presencial", "ambas")),
        Column("minutos", "De cada vaga; vazio: 30.", ("30", "30"), also=("duracao",)),
        Column("de", "Primeiro dia em que vale, se houver.", ("", ""), also=("valido_de",)),
        Column("ate", "Último dia em que vale, se houver.", ("", ""), also=("valido_ate",)),
    ),
    "visits": (
        Column("cpf", "Do paciente, que já está no cadastro.", ("529.982.247-25", "529.982.247-25"),
               required=True, also=("cpf_do_paciente",)),
        _CRM, _UF, Column("data", "Dia, mês e ano.", ("01/12/2026", "15/12/2026"), required=True, also=("dia",)),
        Column("hora", "Como 14:30, no horário da unidade.", ("14:30", "09:00"),
               required=True, also=("horario", "inicio")),
        Column("tipo", "Como está no cadastro de tipos.", ("Consulta", "Retorno"),
               required=True, also=("tipo_de_consulta",)),
        Column("especialidade", "Vazio: a do médico.", ("", "")),
        Column("convenio", "Quem paga; vazio: não se diz.", ("Particular", "")),
        Column("modalidade", "presencial ou vídeo; vazio: presencial.", ("presencial", "")),
    ),
}  # fmt: skip


def example(sort: Sort) -> bytes:
    """A file to begin with, as spreadsheets here read and write it: semicolons, and a mark that it is UTF-8."""
    text = io.StringIO()
    written = csv.writer(text, delimiter=";", lineterminator="\r\n")
    written.writerow([one.name for one in COLUMNS[sort]])
    for place in (0, 1):
        written.writerow([one.examples[place] for one in COLUMNS[sort]])
    return text.getvalue().encode("utf-8-sig")
