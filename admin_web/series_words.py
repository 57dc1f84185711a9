"""What the desk says of visits that repeat, in Portuguese."""

from collections.abc import Mapping
from datetime import date, tzinfo

from admin_web import words
from clinic.bookings import NotAllowed, Overlaps
from clinic.quotas import QuotaFull
from clinic.series_dates import Day, Preview
from clinic.series_rows import AuthorisedFull, CancelledSince, DayBooked

EVERY = ((1, "Toda semana"), (2, "A cada duas semanas"), (4, "A cada quatro semanas"))
RHYTHM = {1: "toda semana", 2: "a cada duas semanas", 4: "a cada quatro semanas"}
WHY = {
    "taken": "Horário ocupado.",
    "away": "O médico está ausente.",
    "no_hours": "O médico não atende neste horário.",
    "too_short": "Falta tempo livre antes ou depois deste horário para esta consulta.",
    "outside": "A agenda ainda não está aberta para este dia. Repita de novo mais perto da data.",
    "past": "Este dia já passou.",
    "clock": "Este horário não existe neste dia: o relógio adianta.",
    "terms": "Este médico não atende a especialidade ou o convênio desta sessão.",
}
WHY_STAYS = {"outside": "A agenda ainda não está aberta para este dia. Mude esta sessão mais perto da data."}


def place(n: int, of: int) -> str:
    """As "3ª de 10 sessões"."""
    return f"{n}ª de {of} sessões"


def why(one: Day, zone: tzinfo) -> str:
    """What stands in the way of a day; "" for nothing."""
    if one.what == "holiday":
        return f"{one.name}: a unidade não abre."
    if one.what == "overlaps" and one.booking:
        return f"O paciente já tem consulta em {words.when(one.booking.starts_at, zone)}."
    if one.what == "quota":
        return f"A cota deste convênio com o médico está cheia neste dia ({one.number} por dia)."
    return WHY.get(one.what, "")


def why_stays(one: Day, zone: tzinfo, nth: Mapping[int, int]) -> str:
    """The same of a session that would be moved there; `nth`: the place in the series of each, by its id."""
    other = nth.get(one.booking.id) if one.booking else None
    if one.what == "kept" and one.booking:
        which = f"da {other}ª sessão" if other else "de outra sessão"
        return f"Este dia da série já é {which}, que fica em {words.when(one.booking.starts_at, zone)}."
    if one.what == "overlaps" and one.booking and other:
        return f"A {other}ª sessão fica onde está, em {words.when(one.booking.starts_at, zone)}."
    return WHY_STAYS.get(one.what) or why(one, zone)


def stayed(error: Exception, zone: tzinfo) -> str:
    """Why a session was not moved after all."""
    if isinstance(error, Overlaps):
        return f"Não mudou: o paciente já tem consulta em {words.when(error.booking.starts_at, zone)}."
    if isinstance(error, QuotaFull):
        return f"Não mudou: a cota do convênio acabou de encher neste dia ({error.limit} por dia)."
    if isinstance(error, NotAllowed) and error.reason == "return":
        return "Não mudou: o retorno é com o mesmo médico, dentro do prazo."
    if isinstance(error, (NotAllowed, LookupError)):
        return "Não mudou: o médico não atende nestas condições. Confira o convênio e a especialidade."
    if isinstance(error, DayBooked):
        return "Não mudou: outra sessão da série já é deste dia."
    return "Não mudou: alguém acabou de ficar com este horário. Escolha outro, ou deixe como está."


def lost(error: Exception, zone: tzinfo) -> str:
    """Why a day was not booked after all."""
    if isinstance(error, Overlaps):
        return f"Não marcada: o paciente já tem consulta em {words.when(error.booking.starts_at, zone)}."
    if isinstance(error, QuotaFull):
        return f"Não marcada: a cota do convênio acabou de encher neste dia ({error.limit} por dia)."
    if isinstance(error, AuthorisedFull):
        return f"Não marcada: as {error.limit} sessões autorizadas já estão marcadas."
    if isinstance(error, NotAllowed):
        return "Não marcada: o médico não atende mais nestas condições. Confira o convênio e o tipo."
    if isinstance(error, CancelledSince):
        return "Não marcada: esta sessão já tinha sido marcada e foi cancelada. Escolha o horário de novo, ou pule."
    return "Não marcada: alguém acabou de ficar com este horário. Escolha outro, ou pule esta data."


def days(these: list[date]) -> str:
    """As "30/11, 07/12 e 14/12"."""
    said = [f"{one:%d/%m}" for one in these]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} e {said[-1]}" if said else ""


def summary(preview: Preview) -> str:
    """How it stands, before anything is booked."""
    free, others = len(preview.free), len(preview.open) - len(preview.free)
    if not preview.open:
        return "Todas as datas já estão marcadas."
    if not others:
        return "A data está livre no mesmo horário." if free == 1 else f"As {free} datas estão livres no mesmo horário."
    told = "1 data não está livre: escolha" if others == 1 else f"{others} datas não estão livres: escolha"
    return f"{free} {'livre' if free == 1 else 'livres'} no mesmo horário. {told} outro horário, ou pule."


def can_move(free: int, others: int) -> str:
    """How it stands, before anything is moved."""
    if not others:
        return "A sessão pode mudar." if free == 1 else f"As {free} sessões podem mudar."
    of = free + others
    if of == 1:
        return "A sessão não pode ir assim. Escolha outro horário, ou deixe como está."
    if not free:
        return f"Nenhuma das {of} sessões pode ir assim. Escolha outro horário, ou deixe como estão."
    rest = "Para a outra" if others == 1 else "Para as outras"
    stay = "deixe como está" if others == 1 else "deixe como estão"
    return f"{free} de {of} sessões {'pode' if free == 1 else 'podem'} mudar. {rest}, escolha outro horário, ou {stay}."


def moved(count: int, asked: bool = False) -> str:
    """As "3 sessões mudaram"; `asked`: the doctor answers first."""
    if asked:
        return f"{sessions(count)} com mudança pedida: o médico precisa aceitar"
    return f"{sessions(count)} {'mudou' if count == 1 else 'mudaram'}"


def stay(count: int) -> str:
    """That so many were not moved; "" for none."""
    if not count:
        return ""
    return "1 sessão ficou onde estava." if count == 1 else f"{count} sessões ficaram onde estavam."


def taken_back(count: int) -> str:
    """That so many are again as they were."""
    what = "a consulta voltou ao que era" if count == 1 else f"{count} sessões voltaram ao que eram"
    return f"Desfeito: {what}."


def too_late(count: int, moved: bool) -> str:
    """That they are no more to be taken back."""
    act, them = "mude" if moved else "marque", "a consulta" if count == 1 else f"as {count} sessões"
    return f"Passou o tempo de desfazer. Para voltar atrás, {act} {them} de novo."


def sessions(count: int) -> str:
    """As "1 sessão", "3 sessões"."""
    return "1 sessão" if count == 1 else f"{count} sessões"


def booked(count: int) -> str:
    """As "3 sessões marcadas"."""
    return f"{sessions(count)} {'marcada' if count == 1 else 'marcadas'}"
