"""The patients of the demo clinic: invented, and the same whenever they are made."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from clinic.demo_data import ANA, JOAO, PLACES, PLANS, PRIVATE, VISITORS, Visitor

ADULTS, CHILDREN = 276, 24
SEED = 4000
SAO_PAULO = 8
"""Ninth digit of a CPF: the fiscal region that issued it."""


def _listed(words: str) -> list[str]:
    return words.split()


WOMEN = _listed(
    "Adriana Aline Amanda Beatriz Bruna Carla Carolina Cláudia Cristina Daniela Débora Eliane Elisa Fernanda Flávia "
    "Gabriela Isabel Jéssica Joana Larissa Letícia Lúcia Luciana Márcia Mariana Natália Paula Priscila Raquel Regina "
    "Rosana Sandra Simone Sônia Tatiana Teresa Vanessa Vera Verônica Viviane"
)
MEN = _listed(
    "Alexandre Antônio Augusto Bruno Caio Carlos César Cláudio Daniel Diego Eduardo Fábio Felipe Flávio Francisco "
    "Gabriel Gustavo Henrique Igor Jorge José Júlio Leandro Leonardo Luís Marcelo Márcio Mário Maurício Nelson Otávio "
    "Paulo Pedro Renato Ricardo Roberto Rodrigo Sérgio Tiago Vinícius"
)
GIRLS = _listed("Alice Ana Clara Helena Júlia Laura Lívia Luísa Manuela Sofia Valentina Yasmin")
BOYS = _listed("Arthur Bernardo Davi Enzo Gael Heitor João Lorenzo Miguel Noah Samuel Théo")
SURNAMES = _listed(
    "Almeida Alves Amaral Andrade Araújo Barbosa Barros Batista Borges Campos Cardoso Carvalho Castro Coelho Correia "
    "Costa Cunha Dias Farias Fernandes Ferreira Fonseca Freitas Gomes Gonçalves Leite Lima Lopes Machado Marques "
    "Martins Melo Mendes Miranda Moraes Moreira Nakamura Nascimento Neves Nunes Oliveira Pereira Pinto Ramos Reis "
    "Ribeiro Rocha Rodrigues Rossi Santana Santos Silva Souza Tavares Teixeira Vasconcelos Vieira"
)


@dataclass(frozen=True)
class DemoPatient:
    """A patient by the numbers of the list: `guardian` is the place of the guardian in it; `born` counts days back."""

    name: str
    cpf: str | None
    born: date | timedelta
    phone: str | None
    email: str | None
    plan: str
    place: str
    social_name: str | None = None
    guardian: int | None = None
    slow: bool = False

    def birth_date(self, today: date) -> date:
        """The day of birth, seen from today."""
        return self.born if isinstance(self.born, date) else today - self.born


def people(seed: int = SEED) -> list[DemoPatient]:
    """Those whom visitors play first, then grown-ups, then the children of some of them."""
    random = Random(seed)  # noqa: S311 - nothing secret, and it must be the same every time
    found = [_visitor(one) for one in VISITORS]
    found += (_grown_up(random) for _ in range(ADULTS - len(found)))
    guardians = random.sample(range(len(VISITORS), ADULTS), CHILDREN)
    found += (_child(random, guardian, found[guardian]) for guardian in guardians)
    return found


def dependants() -> Iterator[str]:
    """The names a guardian hears."""
    return (one.name for one in people() if one.guardian is not None)


def cpf_of(nine: str) -> str:
    """The eleven digits of a CPF from its first nine (weights 10…2, then 11…2; remainder of 11 below 2 gives 0)."""
    digits = [int(digit) for digit in nine]
    for _ in range(2):
        rest = sum(w * d for w, d in zip(range(len(digits) + 1, 1, -1), digits, strict=True)) % 11
        digits.append(0 if rest < 2 else 11 - rest)
    return "".join(map(str, digits))


def _visitor(one: Visitor) -> DemoPatient:
    plan, place = {ANA: (PLANS[0], PLACES[0]), JOAO: (PRIVATE, PLACES[1])}[one]
    return DemoPatient(one.name, one.cpf, one.birth_date, one.phone, one.email, plan, place.name)


def _grown_up(random: Random) -> DemoPatient:
    first = random.choice(random.choice((WOMEN, MEN)))
    years = random.triangular(18, 92, 45)
    called = random.choice(random.choice((WOMEN, MEN))) if random.random() < 0.01 else None
    surname = " ".join(random.sample(SURNAMES, 2))
    number = f"55{random.choice((11, 11, 11, 19))}9{random.randrange(70000000, 99999999)}"
    return DemoPatient(
        name=f"{first} {surname}",
        social_name=called and f"{called} {surname}",
        cpf=cpf_of(f"{random.randrange(10**8):08d}{SAO_PAULO}"),
        born=timedelta(days=int(years * 365.25)),
        phone=number if random.random() < 0.95 else None,
        email=f"paciente{random.randrange(10**6)}@example.com" if random.random() < 0.5 else None,
        plan=random.choice((PRIVATE, *PLANS, *PLANS)),
        place=random.choice(PLACES).name,
        slow=years > 85,
    )


def _child(random: Random, guardian: int, adult: DemoPatient) -> DemoPatient:
    return DemoPatient(
        name=f"{random.choice(random.choice((GIRLS, BOYS)))} {adult.name.partition(' ')[2]}",
        cpf=cpf_of(f"{random.randrange(10**8):08d}{SAO_PAULO}") if random.random() < 0.7 else None,
        born=timedelta(days=random.randrange(60, 15 * 365)),
        phone=None,
        email=None,
        plan=adult.plan,
        place=adult.place,
        guardian=guardian,
    )
