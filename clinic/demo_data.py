"""The demo clinic's places, people and terms, as constants; invented, any likeness is chance. See clinic.demo."""

from dataclasses import dataclass
from datetime import date, time

from clinic.kinds import NO_MARGIN, Margin
from clinic.testphone import TryPatient

CLINIC = "Clínica Vila Aurora"
PROFILE = {
    "name": CLINIC,
    "registration": "CRM-SP 1022334",
    "technical_director": "Dra. Helena Sampaio, CRM-SP 132908",
    "portal_welcome": "Marque, mude e acompanhe suas consultas aqui, a qualquer hora. Se preferir, ligue.",
}
ZONE = "America/Sao_Paulo"


@dataclass(frozen=True)
class Place:
    """A unit; `phone` is what callers dial, E.164 without '+'."""

    name: str
    street: str
    district: str
    city: str
    phone: str


CENTRO = Place("Centro", "Rua Sete de Abril, 237", "República", "São Paulo", "551130014000")
VILA_MARIANA = Place("Vila Mariana", "Rua Joaquim Távora, 945", "Vila Mariana", "São Paulo", "551130014100")
CAMPINAS = Place("Campinas", "Avenida Barão de Itapura, 1530", "Guanabara", "Campinas", "551930014200")
PLACES = (CENTRO, VILA_MARIANA, CAMPINAS)
OPEN = {weekday: (time(7), time(19)) for weekday in range(5)} | {5: (time(8), time(12))}

GENERAL, HEART, SKIN, WOMEN = "Clínica médica", "Cardiologia", "Dermatologia", "Ginecologia e obstetrícia"
CHILDREN, BONES, GLANDS, ULTRASOUND = "Pediatria", "Ortopedia", "Endocrinologia", "Ultrassonografia"
SPECIALTIES = (GENERAL, HEART, SKIN, WOMEN, CHILDREN, BONES, GLANDS, ULTRASOUND)
WITHOUT_RQE = (GENERAL,)
EXAMS = (ULTRASOUND,)

PRIVATE = "Particular"
PLANS = ("Aurora Saúde", "Bem Paulista", "Vida Plena")

KINDS = (
    ("first", "Primeira consulta", 40, "Traga um documento com foto e os exames que tiver.", NO_MARGIN),
    ("consultation", "Consulta", 20, None, NO_MARGIN),
    ("return", "Retorno", 20, "Traga os resultados dos exames.", NO_MARGIN),
    (
        "exam", "Exame", 40, "Faça jejum de seis horas. Água pode. Traga o pedido médico e um documento com foto.",
        Margin(after=10),
    ),
)  # fmt: skip

MORNING, AFTERNOON = (time(8), time(12)), (time(13), time(17))
SLOT_MINUTES = 20


@dataclass(frozen=True)
class Shift:
    """Weekly hours at a place: the weekdays (0 is Monday), from when to when."""

    place: Place
    weekdays: tuple[int, ...]
    hours: tuple[time, time]
    modality: str = "in_person"


@dataclass(frozen=True)
class Physician:
    """A doctor. `rqe` by specialty; None: practises it, but may not be announced for it."""

    name: str
    title: str
    crm: str
    rqe: dict[str, str | None]
    shifts: tuple[Shift, ...]
    plans: tuple[str, ...] = PLANS
    price: int = 38_000
    spoken: str | None = None
    approves: bool = False
    return_days: int = 30


def _both(place: Place, *weekdays: int) -> tuple[Shift, ...]:
    return (Shift(place, weekdays, MORNING), Shift(place, weekdays, AFTERNOON))


PHYSICIANS = (
    Physician(
        "Marina Corrêa", "doutora", "118234", {HEART: "47211"},
        (*_both(CENTRO, 0, 2, 3), Shift(VILA_MARIANA, (1,), MORNING)), price=52_000,
    ),
    Physician(
        "Otávio Brandão", "doutor", "94571", {HEART: "38820", GENERAL: None},
        (*_both(VILA_MARIANA, 0, 1, 4), Shift(CENTRO, (2,), AFTERNOON, "any")), PLANS[:2], 48_000,
    ),
    Physician(
        "Helena Sampaio", "doutora", "132908", {GENERAL: None, GLANDS: None},
        (*_both(CENTRO, 0, 1, 2, 4), Shift(CENTRO, (3,), MORNING, "video")), price=32_000,
    ),
    Physician("Rafael Nogueira", "doutor", "150377", {GENERAL: None}, _both(VILA_MARIANA, 0, 2, 3, 4), price=30_000),
    Physician(
        "Beatriz Yamashita", "doutora", "141662", {SKIN: "60514"},
        (Shift(CENTRO, (0, 2), AFTERNOON), *_both(VILA_MARIANA, 3, 4)), PLANS[1:], 45_000, "Beatriz Iamachita",
    ),
    Physician("Lucas Antunes", "doutor", "163045", {SKIN: "71190"}, _both(CAMPINAS, 1, 2, 4), PLANS[:1], 40_000),
    Physician(
        "Patrícia Lacerda", "doutora", "109816", {WOMEN: "41277"},
        (*_both(CENTRO, 1, 3), Shift(VILA_MARIANA, (2,), MORNING)), price=46_000,
    ),
    Physician("Renata Figueiredo", "doutora", "127453", {WOMEN: "52306"}, _both(CAMPINAS, 0, 3), PLANS[:2], 42_000),
    Physician(
        "Camila Duarte", "doutora", "155920", {CHILDREN: "66045"},
        (*_both(VILA_MARIANA, 0, 1, 3), Shift(VILA_MARIANA, (5,), (time(8), time(11)))), price=36_000,
    ),
    Physician(
        "André Monteiro", "doutor", "101338", {CHILDREN: "39754"},
        (*_both(CENTRO, 2, 4), Shift(CAMPINAS, (1,), MORNING)), PLANS[1:], 36_000,
    ),
    Physician(
        "Eduardo Pacheco", "doutor", "88104", {BONES: "33019"},
        (*_both(CENTRO, 0, 3), Shift(CENTRO, (4,), MORNING)), PLANS[:2], 50_000, approves=True, return_days=45,
    ),
    Physician("Sílvia Prado", "doutora", "136771", {BONES: "58463"}, _both(CAMPINAS, 2, 4), price=44_000),
    Physician(
        "Fernando Kowalski", "doutor", "119560", {GLANDS: "48992"}, _both(CENTRO, 1, 4), price=50_000,
        spoken="Fernando Covalsqui",
    ),
    Physician("Juliana Teles", "doutora", "147285", {ULTRASOUND: "63377"}, _both(VILA_MARIANA, 1, 2, 4), price=28_000),
)  # fmt: skip
ON_LEAVE = "Fernando Kowalski"
"""Away for the whole booking window, so that one specialty has nothing free."""


@dataclass(frozen=True)
class Visitor:
    """A patient whom somebody who tries the demo may play."""

    name: str
    cpf: str
    birth_date: date
    phone: str
    email: str
    hint: str


ANA = Visitor(
    "Ana Paula Ribeiro",
    "11144477735",
    date(1980, 4, 5),
    "5511987654321",
    "ana.ribeiro@example.com",
    "tem uma consulta nos próximos dias, a confirmar",
)
JOAO = Visitor(
    "João Batista Moreira",
    "52998224725",
    date(1955, 9, 12),
    "5511976543210",
    "joao.moreira@example.com",
    "foi atendido há pouco e tem um retorno a marcar",
)
VISITORS = (ANA, JOAO)


def visitors() -> list[TryPatient]:
    """The patients somebody who tries the demo may play, as pages show them."""
    return [TryPatient(one.name, one.cpf, one.birth_date, one.hint) for one in VISITORS]
