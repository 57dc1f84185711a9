"""Reckoning with moments inside a query, meaning the same on SQLite, MariaDB and MySQL."""

from datetime import date
from typing import Any

from sqlalchemy import Date, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class LocalDate(FunctionElement[date]):
    """The date of a moment by a clock so many minutes ahead of UTC: `LocalDate(column, minutes)`."""

    type = Date()
    inherit_cache = True


class MinutesBetween(FunctionElement[int]):
    """Whole minutes from one moment to a later one: `MinutesBetween(earlier, later)`."""

    type = Integer()
    inherit_cache = True


def _parts(element: FunctionElement[Any], compiler: Any, more: dict[str, Any]) -> list[str]:
    return [compiler.process(one, **more) for one in element.clauses]


@compiles(LocalDate)
def _local_date(element: LocalDate, compiler: Any, **more: Any) -> str:
    moment, minutes = _parts(element, compiler, more)
    return f"date({moment}, ({minutes}) || ' minutes')"


@compiles(LocalDate, "mysql")
@compiles(LocalDate, "mariadb")
def _local_date_mysql(element: LocalDate, compiler: Any, **more: Any) -> str:
    moment, minutes = _parts(element, compiler, more)
    return f"DATE(DATE_ADD({moment}, INTERVAL ({minutes}) MINUTE))"


@compiles(MinutesBetween)
def _minutes_between(element: MinutesBetween, compiler: Any, **more: Any) -> str:
    earlier, later = _parts(element, compiler, more)
    return f"((strftime('%s', {later}) - strftime('%s', {earlier})) / 60)"


@compiles(MinutesBetween, "mysql")
@compiles(MinutesBetween, "mariadb")
def _minutes_between_mysql(element: MinutesBetween, compiler: Any, **more: Any) -> str:
    earlier, later = _parts(element, compiler, more)
    return f"TIMESTAMPDIFF(MINUTE, {earlier}, {later})"
