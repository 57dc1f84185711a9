"""How patients found their visit: one answer each, by the link of the message that asked; what managers make of it.

Nobody is asked about their health, and who answered what is shown to managers alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from clinic.audit import AuditTrail
from clinic.clock import Clock
from db.retry import taken
from db.session import Database
from db.tables import Appointment, CallRecord, SurveyAnswer

SCORES = range(11)
PROMOTERS, DETRACTORS = 9, 6
"""From here up, and up to here: as the Net Promoter Score has them."""
LONGEST = 1000
CHANGEABLE = timedelta(days=1)
OPEN = timedelta(days=30)
"""After the visit nobody remembers it well enough."""
MOST_COMMENTS = 200


class NotAsked(Exception):
    """The visit did not take place, or was long ago."""


class Settled(Exception):
    """It was answered more than a day ago."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody said, and until when they may say otherwise."""

    score: int
    comment: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """Of one doctor or unit (`id`; None: of all): how many answered, who would recommend, who would not."""

    id: int | None
    n: int
    total: int
    promoters: int
    detractors: int

    @property
    def mean(self) -> float:
        """Of the scores, 0 to 10."""
        return self.total / self.n if self.n else 0.0

    @property
    def nps(self) -> int:
        """Share of promoters less share of detractors, -100 to 100."""
        return round(100 * (self.promoters - self.detractors) / self.n) if self.n else 0


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote."""

    score: int
    text: str
    at: datetime
    doctor_id: int
    unit_id: int


@dataclass(frozen=True, slots=True)
class Results:
    """All of a period, by when it was answered; `calls`: how many rated their call, 1 to 5."""

    all: Result
    doctors: Sequence[Result]
    units: Sequence[Result]
    comments: Sequence[Comment]
    calls: int
    calls_mean: float


_S, _A = SurveyAnswer, Appointment
_FIGURES = (
    func.count(), func.coalesce(func.sum(_S.score), 0),
    func.coalesce(func.sum(case((_S.score >= PROMOTERS, 1), else_=0)), 0),
    func.coalesce(func.sum(case((_S.score <= DETRACTORS, 1), else_=0)), 0),
)  # fmt: skip


class Surveys:
    """Keeps answers, and counts them."""

    def __init__(self, database: Database, audit: AuditTrail, clock: Clock) -> None:
        self._database, self._audit, self._clock = database, audit, clock

    def of(self, appointment_id: int) -> Answer | None:
        """What was said of a visit; None where nothing was yet."""
        row = self._database.first(
            select(_S.score, _S.comment, _S.answered_at).where(_S.appointment_id == appointment_id)
        )
        return Answer(row[0], row[1], row[2] + CHANGEABLE) if row else None

    def is_open(self, appointment_id: int) -> bool:
        """Whether one may still say how it was."""
        row = self._database.first(select(_A.status, _A.ends_at).where(_A.id == appointment_id))
        return row is not None and row[0] == "fulfilled" and self._clock() < row[1] + OPEN

    def answer(self, appointment_id: int, score: int, comment: str, via: str) -> None:
        """Keep it; within a day it may be changed. Raises ValueError for no such score, NotAsked, Settled."""
        if score not in SCORES:
            raise ValueError(score)
        if not self.is_open(appointment_id):
            raise NotAsked
        said = {"score": score, "comment": comment[:LONGEST], "via": via[:10], "changed_at": self._clock()}
        try:
            self._database.write(lambda connection: self._keep(connection, appointment_id, said))
        except IntegrityError as error:  # the same form, twice at once
            if not taken(error):
                raise
            self._database.write(lambda connection: self._keep(connection, appointment_id, said))

    def _keep(self, connection: Connection, appointment_id: int, said: dict[str, Any]) -> None:
        mine, now = _S.appointment_id == appointment_id, self._clock()
        since = connection.scalar(select(_S.answered_at).where(mine).with_for_update())
        if since is None:
            connection.execute(insert(_S).values(appointment_id=appointment_id, answered_at=now, **said))
        elif now < since + CHANGEABLE:
            connection.execute(update(_S).where(mine).values(**said))
        else:
            raise Settled

    def results(self, since: datetime, until: datetime, by: str) -> Results:
        """What was answered in that time; that the words were read is written down (`by`)."""
        within = (_S.answered_at >= since, _S.answered_at < until)
        joined = select(*_FIGURES).join(_A, _A.id == _S.appointment_id).where(*within)
        everything = self._database.first(joined)
        comments = self._comments(within)
        if comments:
            self._audit.add(by, "survey.read", "survey", note=str(len(comments)))
        rated = select(func.count(CallRecord.rating), func.avg(CallRecord.rating))
        calls = self._database.first(rated.where(CallRecord.started_at >= since, CallRecord.started_at < until))
        return Results(
            Result(None, *map(int, everything or (0, 0, 0, 0))),
            self._grouped(joined, _A.doctor_id),
            self._grouped(joined, _A.unit_id),
            comments,
            calls[0] if calls else 0,
            float(calls[1] or 0) if calls else 0.0,
        )

    def _grouped(self, joined: Any, by: Any) -> list[Result]:
        rows = self._database.rows(joined.add_columns(by).group_by(by).order_by(func.count().desc(), by))
        return [Result(row[4], *map(int, row[:4])) for row in rows]

    def _comments(self, within: Iterable[Any]) -> list[Comment]:
        wanted = select(_S.score, _S.comment, _S.answered_at, _A.doctor_id, _A.unit_id)
        said = wanted.join(_A, _A.id == _S.appointment_id).where(*within, _S.comment != "")
        return [Comment(*row) for row in self._database.rows(said.order_by(_S.answered_at.desc()).limit(MOST_COMMENTS))]
