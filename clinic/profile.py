"""The clinic's own settings: one row, changed by a manager while everything runs."""

import time
from collections.abc import Callable, Mapping
from datetime import time as time_of_day

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, select, update

from clinic.clock import Clock
from clinic.names import need
from clinic.replanning import close_days, due, tell, window
from db.session import Database
from db.tables import ClinicProfile

CACHE_S = 5.0
OF_SLOTS = ("booking_days", "noon", "optional_holidays")
"""What changes the slots with it."""


class Profile(BaseModel):
    """How this clinic answers. `operadora`: the rules of Decreto 11.034/2022 for health-plan operators."""

    model_config = ConfigDict(frozen=True)

    name: str = "Clínica"
    spoken_name: str | None = None
    operadora: bool = False
    recording_notice: bool = True
    known_numbers: bool = False
    ask_unit: bool = True
    ask_payer: bool = True
    ask_modality: bool = True
    rating: bool = False
    max_future_appointments: int = Field(default=3, ge=1)
    no_shows: int = Field(default=0, ge=0)
    """After so many no-shows within `no_show_months` a patient books through people; 0: there is no such rule."""
    no_show_months: int = Field(default=6, ge=1)
    max_bookings_per_number: int = Field(default=5, ge=1)
    hold_minutes: int = Field(default=5, ge=1)
    booking_days: int = Field(default=90, ge=1)
    min_notice_minutes: int = Field(default=60, ge=0)
    notice_hours: int = Field(default=24, ge=0)
    return_notice_days: int = Field(default=15, ge=1, le=90)
    """So many days before a retorno ends, who has not booked it is reminded."""
    noon: time_of_day = time_of_day(12)
    optional_holidays: bool = True
    """Carnaval, Corpus Christi and the like, which the law leaves to each place, count as holidays."""
    trunk_number: str | None = None
    """The trunk's own number: shown for callers without one, so it says nothing about who calls."""
    registration: str = ""
    """The clinic's own registration, as "CRM-SP 987654" (CFM 2.336/2023)."""
    technical_director: str = ""
    """Name and CRM of who answers for it, as "Dra. Helena Prado, CRM-SP 54321"."""
    portal_welcome: str = ""
    """What patients read first on the portal, in the clinic's own words."""
    privacy_notice: str = ""
    """The clinic's own privacy notice; "" for the one we ship."""
    privacy_version: int = 1
    """Counts up with every change of the notice: who acknowledged an older one is shown the new one."""

    @property
    def registered(self) -> str:
        """What stands at the foot of every page and letter."""
        director = f"Direção técnica: {self.technical_director}" if self.technical_director else ""
        return " · ".join(part for part in (self.registration, director) if part)

    @property
    def says(self) -> str:
        """How the name is spoken."""
        return self.spoken_name or self.name


class ChangedMeanwhile(Exception):
    """Somebody else saved the profile after it was read."""


class Profiles:
    """Reads and saves the profile; what is read may be five seconds old."""

    def __init__(self, database: Database, clock: Clock, ticks: Callable[[], float] = time.monotonic) -> None:
        self._database, self._clock, self._ticks = database, clock, ticks
        self._known: tuple[float, Profile] | None = None

    def get(self) -> Profile:
        """The profile as it stands, at most five seconds ago."""
        known = self._known  # another thread may forget it meanwhile
        if known is None or self._ticks() - known[0] > CACHE_S:
            row = self._database.first(select(ClinicProfile.data).where(ClinicProfile.id == 1))
            known = self._known = self._ticks(), Profile(**(row[0] if row else {}))
        return known[1]

    def forget(self) -> None:
        """Read again next time."""
        self._known = None

    def save(self, profile: Profile) -> None:
        """Keep a changed profile; its name is to be rendered."""
        self._database.write(lambda connection: self._write(connection, profile))
        self._known = None

    def stamp(self) -> str:
        """Names the profile as it stands; a form carries it, so that nobody writes over what he has not seen."""
        row = self._database.first(select(ClinicProfile.updated_at).where(ClinicProfile.id == 1))
        return row[0].isoformat() if row and row[0] else ""

    def change(self, changes: Mapping[str, object], seen: str) -> Profile:
        """Keep some changed settings over those `seen` names. Raises ChangedMeanwhile, pydantic's ValidationError."""

        def work(connection: Connection) -> Profile:
            connection.execute(update(ClinicProfile).where(ClinicProfile.id == 1).values(id=1))  # others wait here
            row = connection.execute(
                select(ClinicProfile.data, ClinicProfile.updated_at).where(ClinicProfile.id == 1)
            ).one()
            if (row.updated_at.isoformat() if row.updated_at else "") != seen:
                raise ChangedMeanwhile
            before = Profile(**row.data)
            profile = _changed(before, changes)
            self._write(connection, profile)
            if any(getattr(profile, name) != getattr(before, name) for name in OF_SLOTS):
                due(connection, now := self._clock())
                close_days(connection, window(now, profile.booking_days), profile.optional_holidays)
                tell(connection, now)
            return profile

        changed = self._database.write(work)
        self._known = None
        return changed

    def _write(self, connection: Connection, profile: Profile) -> None:
        need(connection, self._clock(), (profile.says,))
        changes = {"data": profile.model_dump(mode="json"), "updated_at": self._clock()}
        connection.execute(update(ClinicProfile).where(ClinicProfile.id == 1).values(**changes))


def profile_of(connection: Connection) -> Profile:
    """The profile as it stands at this moment, within a transaction."""
    return Profile(**(connection.scalar(select(ClinicProfile.data).where(ClinicProfile.id == 1)) or {}))


def _changed(profile: Profile, changes: Mapping[str, object]) -> Profile:
    """The profile with the changes; a changed privacy notice is a new version of it."""
    notice = changes.get("privacy_notice", profile.privacy_notice)
    version = profile.privacy_version + (notice != profile.privacy_notice)
    return Profile.model_validate({**profile.model_dump(), **changes, "privacy_version": version})
