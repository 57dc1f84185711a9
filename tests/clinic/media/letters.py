"""Messages for the tests of media."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from clinic.media.email import address, letter
from clinic.media.email.page import Letterhead
from clinic.media.outgoing import Action, CalendarEntry, Outgoing

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
START = datetime(2026, 11, 26, 17, 30, tzinfo=UTC)
HEAD = Letterhead("Clínica São José", "CRM-SP 987654 · Direção técnica: Dra. Helena Prado")
SENDER = address.read("clinica@example.com")
UID = "0123456789abcdef0123456789abcdef"
VISIT = CalendarEntry(
    "appointment-7@alo-clinica", 2, "REQUEST", START, START + timedelta(minutes=30), "Consulta com Dra. Ana; retorno",
    "Unidade Centro, Rua São João, 10", "America/Sao_Paulo", "clinica@example.com",
)  # fmt: skip
MESSAGE = Outgoing(
    UID, "ana@example.com", "Sua consulta está marcada",
    "Olá, Ana!\n\nSua consulta é quinta-feira, 26 de novembro, às 14:30.\nRua São João, 10.\n\n"
    "Detalhes: https://clinica.example/minhas-consultas.",
    (
        Action("Confirmar presença", "https://clinica.example/c/abc?a=1&b=2"),
        Action("Cancelar", "https://clinica.example/c/def"),
    ),
    VISIT,
    "https://clinica.example/c/nomore",
)  # fmt: skip


def but(**changes):
    """The message with something else in it."""
    return replace(MESSAGE, **changes)


def written(message=MESSAGE, head=HEAD):
    """As a letter."""
    return letter.written(message, SENDER, head, NOW)
