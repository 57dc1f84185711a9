"""The picture of a day as the grid draws it: blocks in rows of five minutes, with their words and marks. Pure."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from clinic.days import AwayTime, Column, Opening, Visit
from clinic.kinds import NO_MARGIN
from clinic.roster import KindInfo, UnitInfo
from clinic.waiting.rows import FOR_WHO_WAITS

STEP = 5
FIRST_HOUR, LAST_HOUR = 8, 18
"""Hours always shown, also on a day without anything."""
SHORTEST = 15 // STEP
MEDIUM = {
    "telephone": ("phone", "telefone"),
    "web": ("globe", "portal"),
    "video": ("video", "vídeo"),
    "new": ("star", "1ª vez"),
    "extra": ("plus", "encaixe"),
    "confirmed": ("badge-check", "confirmada"),
    "pre": ("user-plus", "sem cadastro"),
}
STATUS = {
    "pending": ("hourglass", "aguarda o médico"),
    "booked": ("calendar-check", "marcada"),
    "arrived": ("user-check", "chegou"),
    "fulfilled": ("circle-check", "atendida"),
    "noshow": ("user-x", "faltou"),
}
BEFORE, AFTER = "preparo", "arrumação"
KEPT = "para quem espera"
UNFINISHED = "Pré-cadastro"
Mark = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a column: where it stands, what it says, and what it is (visit, margin, free, held, away …)."""

    what: str
    row: int
    rows: int
    time: str
    until: str
    id: int = 0
    name: str = ""
    status: str = ""
    marks: tuple[Mark, ...] = ()
    words: str = ""
    lane: int = 0
    ours: bool = True
    past: bool = False
    movable: bool = False
    extra: bool = False
    unit: str = ""

    @property
    def label(self) -> str:
        """What is read out."""
        said = [f"{self.time} às {self.until}", self.name, self.words, *(words for _, words in self.marks), self.unit]
        return ", ".join(part for part in said if part)


@dataclass(frozen=True, slots=True)
class Strip:
    """One column of the grid: its head and its blocks by time."""

    key: int
    title: str
    under: str
    day: date
    doctor_id: int
    blocks: tuple[Block, ...]
    free: int
    seen: int
    lanes: int
    holiday: str
    late: int
    now_row: int | None
    today: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """All strips under one axis of hours."""

    strips: tuple[Strip, ...]
    hours: tuple[tuple[int, str], ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Drawer:
    """What is needed to draw: places, kinds, the time, and the units whose patients the viewer may see."""

    units: dict[int, UnitInfo]
    kinds: dict[int, KindInfo]
    now: datetime
    ours: Collection[int]

    def grid(self, columns: Iterable[Column], title: Callable[[Column], tuple[str, str]]) -> Grid:
        """Blocks of all columns under the hours that are needed."""
        columns = list(columns)
        first, last = self._hours(columns)
        strips = tuple(self._strip(number, one, first, title(one)) for number, one in enumerate(columns))
        hours = tuple(((hour - first) * 60 // STEP, f"{hour:02d}:00") for hour in range(first, last))
        rows = (last - first) * 60 // STEP
        return Grid(tuple(_cut(strip, rows) for strip in strips), hours, rows)

    def _hours(self, columns: list[Column]) -> tuple[int, int]:
        """The first and last full hour that anything touches."""
        times = [self._between(one, column) for column in columns for one in column.visits]
        times += [self._between(one, column) for column in columns for one in column.openings]
        first = min([FIRST_HOUR, *(start // 60 for start, _ in times)])
        last = max([LAST_HOUR, *(-(-end // 60) for _, end in times)])
        return max(0, first), min(24, last)

    def _between(self, one: Visit | Opening, column: Column) -> tuple[int, int]:
        """Its first and last minute."""
        return (
            self._minute(one.starts_at, one.unit_id, column.day),
            self._minute(one.ends_at, one.unit_id, column.day),
        )

    def _minute(self, moment: datetime, unit_id: int, day: date) -> int:
        """Minutes since midnight of that day, by the unit's clock; more than a day's for what ends after it."""
        local = moment.astimezone(self.units[unit_id].tz)
        return (local.date() - day).days * 24 * 60 + local.hour * 60 + local.minute

    def _strip(self, key: int, column: Column, first: int, title: tuple[str, str]) -> Strip:
        extras = [visit for visit in column.visits if visit.extra]
        lanes = _lanes(extras)
        blocks = [
            *(self._away(one, column, first) for one in column.away),
            *(self._opening(one, column, first) for one in column.openings if one.state != "blocked"),
            *(self._visit(one, column, first, lanes.get(one.id, 0)) for one in column.visits),
            *(block for one in column.visits for block in self._beside(one, column, first)),
        ]
        unit = next(iter(column.unit_ids), None) or next(iter(self.units))
        today = self.now.astimezone(self.units[unit].tz).date() == column.day
        now_row = (self._minute(self.now, unit, column.day) - first * 60) // STEP if today else None
        seen = sum(one.status != "noshow" for one in column.visits)
        return Strip(
            key, *title, column.day, column.doctor.id, tuple(sorted(blocks, key=lambda one: (one.row, one.lane))),
            sum(one.what == "free" and not one.past for one in blocks), seen, max(lanes.values(), default=0),
            column.holiday or "", column.late.minutes if column.late else 0, now_row, today,
        )  # fmt: skip

    def _place(self, one: Visit | Opening, column: Column, first: int) -> tuple[int, int, str, str]:
        """Row, rows, and the two times."""
        start, end = self._between(one, column)
        row = start // STEP - first * 60 // STEP
        return row, max(SHORTEST, end // STEP - start // STEP), _clock(start), _clock(end)

    def _visit(self, one: Visit, column: Column, first: int, lane: int) -> Block:
        ours = one.unit_id in self.ours
        row, rows, time, until = self._place(one, column, first)
        unit = self.units[one.unit_id].name if not ours or len(column.unit_ids) > 1 else ""
        if not ours:
            return Block("elsewhere", row, rows, time, until, words=f"Em {unit}", lane=lane, ours=False)
        name = one.name or UNFINISHED
        words = STATUS[one.status][1] + (f", esperada às {_later(time, one.delay)}" if one.delay else "")
        words += "".join(f", mais {minutes} min de {what}" for what, minutes, _ in self._margins(one))
        movable = one.status in ("booked", "pending")
        return Block(
            "visit", row, rows, time, until, one.id, name, one.status, tuple(self._marks(one)), words, lane,
            past=one.ends_at <= self.now, movable=movable, extra=one.extra, unit=unit,
        )  # fmt: skip

    def _margins(self, one: Visit) -> Iterable[tuple[str, int, datetime]]:
        """What it is, minutes and begin of the time beside a visit in which nobody is booked; none beside encaixes."""
        kind, length = self.kinds[one.kind_id], one.ends_at - one.starts_at
        margin = NO_MARGIN if one.extra else kind.margin_of(int(length.total_seconds()) // 60)
        if margin.before:
            yield BEFORE, margin.before, one.starts_at - timedelta(minutes=margin.before)
        if margin.after:
            yield AFTER, margin.after, one.ends_at

    def _beside(self, one: Visit, column: Column, first: int) -> Iterable[Block]:
        for what, minutes, starts_at in self._margins(one) if one.unit_id in self.ours else ():
            start = self._minute(starts_at, one.unit_id, column.day)
            row, rows = (start - first * 60) // STEP, max(1, minutes // STEP)
            yield Block("margin", row, rows, _clock(start), _clock(start + minutes), words=what)

    def _marks(self, one: Visit) -> Iterable[Mark]:
        """What is to be seen at once, by picture and word."""
        if one.status != "booked":
            yield STATUS[one.status]
        elif one.confirmed:
            yield MEDIUM["confirmed"]
        if one.delay:
            yield "timer", f"+{one.delay} min"
        if self.kinds[one.kind_id].code == "first":
            yield MEDIUM["new"]
        if one.modality == "video":
            yield MEDIUM["video"]
        if one.extra:
            yield MEDIUM["extra"]
        if one.via in ("telephone", "web"):
            yield MEDIUM[one.via]
        if one.patient_id is None:
            yield MEDIUM["pre"]

    def _opening(self, one: Opening, column: Column, first: int) -> Block:
        row, rows, time, until = self._place(one, column, first)
        ours, past = one.unit_id in self.ours, one.starts_at <= self.now
        unit = self.units[one.unit_id].name if not ours or len(column.unit_ids) > 1 else ""
        what = one.state if ours else "elsewhere"
        held = KEPT if one.by.startswith(FOR_WHO_WAITS) else "sendo reservado"
        words = {"free": "livre", "held": held}.get(one.state, "") if ours else f"Em {unit}"
        marks = (MEDIUM["video"],) if one.modality == "video" and ours else ()
        return Block(what, row, rows, time, until, one.id, "", "", marks, words, ours=ours, past=past, unit=unit)

    def _away(self, one: AwayTime, column: Column, first: int) -> Block:
        unit = next(iter(column.unit_ids), None) or next(iter(self.units))
        start = max(first * 60, self._minute(one.starts_at, unit, column.day))
        end = min(24 * 60, self._minute(one.ends_at, unit, column.day))
        row = (start - first * 60) // STEP
        words = f"Ausente: {one.reason}" if one.reason else "Ausente"
        return Block("away", row, max(SHORTEST, (end - start) // STEP), _clock(start), _clock(end), words=words)


def _lanes(extras: Iterable[Visit]) -> dict[int, int]:
    """Beside the slots, each encaixe in the first lane that is free at its time; lanes count from 1."""
    ends: list[datetime] = []
    found: dict[int, int] = {}
    for one in sorted(extras, key=lambda visit: visit.starts_at):
        lane = next((number for number, end in enumerate(ends) if end <= one.starts_at), len(ends))
        ends[lane : lane + 1] = [one.ends_at]
        found[one.id] = min(lane + 1, 2)
    return found


def _cut(strip: Strip, rows: int) -> Strip:
    """What goes beyond the last hour ends there; what an absence takes of the night is not drawn."""
    shown = (one for one in strip.blocks if 0 <= one.row < rows)
    kept = tuple(one if one.row + one.rows <= rows else replace(one, rows=rows - one.row) for one in shown)
    now_row = strip.now_row if strip.now_row is not None and 0 <= strip.now_row < rows else None
    return replace(strip, blocks=kept, now_row=now_row)


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def _later(time: str, minutes: int) -> str:
    hour, minute = (int(part) for part in time.split(":"))
    return _clock(int(timedelta(hours=hour, minutes=minute + minutes).total_seconds()) // 60)
