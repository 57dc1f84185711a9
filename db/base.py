"""The metadata every table hangs on."""

from datetime import date, datetime, time
from typing import Annotated, Any

from sqlalchemy import BigInteger, Date, Integer, MetaData, Time
from sqlalchemy.orm import DeclarativeBase, mapped_column

from db.types import BinText, UtcDateTime

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

OPTIONS = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}

# SQLite counts only INTEGER primary keys up by itself.
Id = Annotated[int, mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)]
Ref = BigInteger().with_variant(Integer, "sqlite")


class Table(DeclarativeBase):
    """Base of all tables; queries name columns (Core), so no object is tracked."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: dict[Any, Any] = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: UtcDateTime,
        date: Date,
        time: Time,
        str: BinText(255),
    }
    __table_args__: Any = (OPTIONS,)
