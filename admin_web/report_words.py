"""What the report says in Portuguese: its words, its definitions, and how its numbers are written."""

from datetime import date, timedelta

from admin_web.words import MONTHS_SHORT
from clinic.agenda_report import Asked, Report

OUTCOMES = {
    "seen": "Atendidas", "noshow": "Faltas", "unmarked": "Passaram sem registro", "to_come": "Ainda virão",
    "cancelled": "Canceladas", "refused": "Pedidos não aceitos", "moved": "Mudaram de horário",
}  # fmt: skip
MEDIA: dict[object, str] = {
    "telephone": "Telefone", "web": "Portal", "desk": "Recepção", "system": "Sistema", "api": "Outro sistema",
    "import": "Importação", "email": "E-mail", "sms": "SMS", "whatsapp": "WhatsApp",
}  # fmt: skip
WHO = {"patient": "Paciente", "team": "Equipe", "system": "Sistema", "imported": "Não se sabe (importadas)"}
DEFINITIONS = (
    ("Período", "Cada consulta conta no dia em que começa, pelo relógio da sua unidade. "
     "A que mudou de horário conta no dia para onde foi."),
    ("Ocupação", "Minutos tomados por consultas ÷ minutos oferecidos. Oferecido é o tempo dos horários de trabalho que "
     "podia ser marcado: livre, reservado ou tomado, sem ausências e feriados. Quem faltou tomou o seu tempo. "
     "Encaixes não contam, nem consultas em horário que saiu da agenda. Com filtro de especialidade, convênio ou "
     "canal, é a parte do tempo oferecido que essas consultas tomaram."),
    ("Tempo que já passou", "Vagas livres são apagadas um dia depois de passar; antes disso, os seus minutos são "
     "guardados por médico, unidade e dia. O que passou antes de essa conta existir não aparece como oferecido. "
     "Uma ausência registrada depois não muda o que foi oferecido."),
    ("Faltas", "Consultas em que o paciente não veio ÷ consultas cuja hora chegou: atendidas, faltas e as que "
     "passaram sem registro. Canceladas e remarcadas ficam de fora."),
    ("Cancelamentos", "Canceladas ÷ canceladas e mantidas. Mudar de horário não é cancelar; o que se desfez em "
     "segundos não conta. Pedidos que o médico não aceitou ou que venceram são contados à parte."),
    ("Terceiro horário livre", "Em quantos dias está o terceiro horário livre de cada médico, agora; o número do "
     "alto é a mediana dos médicos. É a medida usual de acesso: o primeiro pode ser só uma desistência. "
     "Não depende do período."),
    ("Antecedência", "Mediana de dias entre marcar e ser atendido, sem encaixes."),
    ("Canal", "Por onde a consulta foi marcada, ou mudou de horário pela última vez."),
    ("Quem cancelou", "Quem registrou o cancelamento. Na recepção, a equipe registra também o que o paciente pede."),
)  # fmt: skip
MEANS = dict(DEFINITIONS)


def percent(value: float | None) -> str:
    """As "12,5%"; "–" where it does not apply."""
    return "–" if value is None else f"{decimal(value * 100)}%"


def decimal(value: float) -> str:
    """With one decimal, and a comma."""
    return f"{value:.1f}".replace(".", ",")


def number(value: float) -> str:
    """As "1.250"; halves as "1,5"."""
    return f"{value:,.0f}".replace(",", ".") if value == int(value) else decimal(value)


def days(value: float | None) -> str:
    """As "1 dia", "3,5 dias", "hoje"."""
    if value is None:
        return "–"
    return "hoje" if value == 0 else f"{number(value)} {'dia' if value == 1 else 'dias'}"


def short(value: date) -> str:
    """As "2 nov. 2026"."""
    return f"{value.day} {MONTHS_SHORT[value.month - 1]} {value.year}"


def week(monday: object) -> str:
    """As "2/11 a 8/11"."""
    if not isinstance(monday, date):
        return ""
    sunday = monday + timedelta(days=6)
    return f"{monday.day}/{monday.month} a {sunday.day}/{sunday.month}"


def trend(now: float | None, before: float | None, asked: Asked) -> str:
    """How a share was in as many days before."""
    length = (asked.last - asked.first).days + 1
    past = "no dia anterior" if length == 1 else f"nos {length} dias anteriores"
    if now is None or before is None:
        return f"sem dados {past}"
    change = round((now - before) * 100, 1)
    word = (
        "igual"
        if change == 0
        else f"{'+' if change > 0 else '−'}{decimal(abs(change))} ponto{'s' if abs(change) >= 2 else ''}"
    )
    return f"{word} · {percent(before)} {past}"


def figures(report: Report) -> list[tuple[str, str, str, str]]:
    """The four that stand first: words, value, definition and trend."""
    now, before, asked = report.total, report.before, report.asked
    doctors = len(report.access.doctors)
    without = report.access.without
    access = f"{without} de {doctors} médicos sem três horários livres" if without else "situação de agora"
    return [
        ("Ocupação", percent(now.occupancy), MEANS["Ocupação"], trend(now.occupancy, before.occupancy, asked)),
        ("Faltas", percent(now.noshow_rate), MEANS["Faltas"], trend(now.noshow_rate, before.noshow_rate, asked)),
        ("Cancelamentos", percent(now.cancel_rate), MEANS["Cancelamentos"],
         trend(now.cancel_rate, before.cancel_rate, asked)),
        ("Terceiro horário livre", days(report.access.third), MEANS["Terceiro horário livre"], access),
    ]  # fmt: skip
