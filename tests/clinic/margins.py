"""Kinds of visit with a margin, for tests."""

from clinic.editing import stamp
from clinic.kinds import KindInfo
from tests.clinic.small_clinic import SmallClinic


def with_margin(clinic: SmallClinic, before: int = 0, after: int = 10, code: str = "consultation") -> KindInfo:
    """Give a kind of visit a margin; the kind as it is then."""
    record = clinic.editing.record("kind", clinic.at.kinds[code])
    seen, record_id = stamp(record), record.pop("id")
    clinic.editing.save("kind", record_id, {**record, "before_minutes": before, "after_minutes": after}, seen)
    return clinic.directory.kind(code)
