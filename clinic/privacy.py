"""The privacy notice, who has read which version of it, and what patients agreed to beside their care.

Care rests on LGPD art. 11, II, f (health care by professionals), not on consent; only what care does not need is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, func, insert, select

from clinic.clock import Clock
from clinic.profile import Profiles
from db.session import Database
from db.tables import Acknowledgement, Consent

Purpose = Literal["marketing", "training"]
PURPOSES: tuple[Purpose, ...] = ("marketing", "training")
SHIPPED = """Quem cuida dos seus dados: {clinic}.

O que guardamos: seu nome, CPF, data de nascimento, telefone, e-mail, suas consultas e o que aconteceu com elas, e as ligações que você faz para a clínica.

Para quê: marcar e realizar suas consultas. A lei permite isso para cuidar da sua saúde (LGPD, art. 11, II, f), sem depender de consentimento. Não vendemos seus dados e não os usamos para outra coisa sem perguntar.

Quem vê: a recepção e os médicos que atendem você. Cada acesso fica registrado.

Por quanto tempo: o prontuário e o que o comprova ficam guardados por 20 anos depois do último registro, como manda a Lei 13.787/2018. Gravações e mensagens ficam pelo tempo que a lei pede.

Seus direitos: ver, corrigir e baixar seus dados, pedir que seu contato seja apagado e mudar de ideia sobre o que autorizou, em "Meus dados" ou na recepção. Respondemos em até 15 dias."""  # noqa: E501 - a paragraph is a line


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice as it stands; who acknowledged an older version is shown this one."""

    version: int
    text: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What was acknowledged and agreed to at registration, and when."""

    version: int
    at: datetime
    marketing: bool = False
    training: bool = False


class Privacy:
    """Reads and writes; nothing is ever overwritten: each word is kept with its time."""

    def __init__(self, database: Database, profiles: Profiles, clock: Clock) -> None:
        self._database, self._profiles, self._clock = database, profiles, clock

    def notice(self) -> Notice:
        """The clinic's own notice, or the one we ship."""
        profile = self._profiles.get()
        return Notice(profile.privacy_version, profile.privacy_notice or SHIPPED.format(clinic=profile.name))

    def acknowledged(self, patient_id: int) -> int:
        """The newest version this patient has acknowledged; 0 for none."""
        newest = select(func.max(Acknowledgement.version)).where(Acknowledgement.patient_id == patient_id)
        row = self._database.first(newest)
        return (row[0] if row else None) or 0

    def acknowledge(self, patient_id: int, version: int, by: str) -> None:
        """They have read this version; twice is no harm."""
        if self.acknowledged(patient_id) < version:
            row = {"patient_id": patient_id, "version": version, "at": self._clock(), "by": by}
            self._database.change(insert(Acknowledgement).values(**row))

    def consents(self, patient_id: int) -> dict[str, bool]:
        """What they agree to now; nothing until they say so."""
        said = select(Consent.purpose, Consent.given).where(Consent.patient_id == patient_id).order_by(Consent.id)
        given: Any = self._database.rows(said)
        return dict.fromkeys(PURPOSES, False) | {row.purpose: row.given for row in given}

    def agree(self, patient_id: int, wanted: Mapping[str, bool], by: str) -> None:
        """Write down what has changed."""
        known, now = self.consents(patient_id), self._clock()
        rows = [
            {"patient_id": patient_id, "purpose": one, "given": wanted.get(one, False), "at": now, "by": by}
            for one in PURPOSES
            if wanted.get(one, False) != known[one]
        ]
        if rows:
            self._database.write(lambda connection: connection.execute(insert(Consent), rows))


def write_choices(connection: Connection, patient_id: int, choices: Choices, by: str) -> None:
    """What was said at registration, with the time it was said."""
    at = {"patient_id": patient_id, "at": choices.at, "by": by}
    connection.execute(insert(Acknowledgement).values(version=choices.version, **at))
    for purpose, given in (("marketing", choices.marketing), ("training", choices.training)):
        if given:
            connection.execute(insert(Consent).values(purpose=purpose, given=True, **at))
