"""What somebody looks for on the portal, as the address carries it from step to step; nothing else is remembered."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from admin_web.address import number
from clinic.finding import Looking

if TYPE_CHECKING:
    from clinic.services import Clinic

STEPS = ("Encontrar", "Escolher o horário", "Confirmar")
MODALITIES = (("in_person", "Presencial"), ("video", "Por vídeo"))
PRICES = (200, 300, 400, 500)


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom, where, how, who pays, how dear at most (in reais), and for whom: what is None does not matter."""

    specialty: int | None = None
    unit: int | None = None
    modality: str | None = None
    payer: int | None = None
    most: int | None = None
    patient: int | None = None
    retorno: bool = False

    @property
    def looking(self) -> Looking:
        """As the clinic understands it."""
        most = self.most * 100 if self.most else None
        return Looking(self.specialty, self.unit, self.modality, self.payer, most)

    def query(self, **changes: Any) -> dict[str, Any]:
        """As arguments of an address, with changes."""
        one = replace(self, **changes)
        named = {
            "especialidade": one.specialty, "unidade": one.unit, "modalidade": one.modality, "convenio": one.payer,
            "preco": one.most, "para": one.patient, "retorno": "1" if one.retorno else None,
        }  # fmt: skip
        return {name: value for name, value in named.items() if value is not None}


def wish_of(clinic: "Clinic", given: Mapping[str, str]) -> Wish:
    """What an address or a form says; what names nothing there is, is left out."""
    roster = clinic.desk.roster()

    def one_of(name: str, known: Any) -> int | None:
        asked = number(given.get(name))
        return asked if asked in {one.id for one in known} else None

    most, modality = number(given.get("preco")), given.get("modalidade")
    return Wish(
        one_of("especialidade", clinic.portal.finder.specialties()),
        one_of("unidade", roster.units),
        modality if modality in dict(MODALITIES) else None,
        one_of("convenio", roster.payers),
        most if most in PRICES else None,
        number(given.get("para")),
        given.get("retorno") == "1",
    )
