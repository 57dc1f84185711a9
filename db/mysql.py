"""PyMySQL's connection with an ear of its own: an answer is taken in whole and read in one go.

PyMySQL fetches every packet of an answer (one a column, one a row) in two reads through three layers of files, and
learns the same columns anew each time. What is hot is replaced here; logging in, errors and cursors are its own.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from struct import unpack_from
from typing import Any, NoReturn

from pymysql import connections
from pymysql.connections import MySQLResult
from pymysql.constants import CR, SERVER_STATUS
from pymysql.converters import convert_datetime
from pymysql.err import NotSupportedError, OperationalError, raise_mysql_exception

RECEIVE_BYTES = 65_536
SHAPES = 1000
"""Kinds of answers whose columns a connection remembers."""
HEADER = 4
TOO_LONG = 0xFFFFFF
END_BYTES = 9
OK, NULL, END, ERROR = 0x00, 0xFB, 0xFE, 0xFF
MORE = SERVER_STATUS.SERVER_MORE_RESULTS_EXISTS

_PyMySQL: Any = connections.Connection  # its stubs know nothing of what is below the surface
Reader = Callable[[bytes], Any]
Columns = tuple[list[Reader], Any]


class Answer:
    """What came of a statement, as PyMySQL's cursors take it."""

    __slots__ = ("affected_rows", "description", "has_next", "insert_id", "rows", "warning_count")
    unbuffered_active = False

    def __init__(self) -> None:
        self.affected_rows = self.insert_id = self.warning_count = self.has_next = 0
        self.description: Any = None
        self.rows: tuple[tuple[Any, ...], ...] | None = None


class Connection(_PyMySQL):  # type: ignore[misc]
    """A connection with PyMySQL's own cursors."""

    def connect(self, sock: Any = None) -> None:
        """Log in; what an earlier connection had received is forgotten."""
        self._data, self._at = b"", 0  # received, and how far it has been read
        self._shapes: dict[bytes, Columns] = {}
        super().connect(sock)

    def escape(self, obj: Any, mapping: Any = None) -> str:
        """A value as it stands in a statement."""
        kind = type(obj)
        if kind is str:
            return f"'{self._escape_string(obj)}'"
        write = _WRITE.get(kind)
        return write(obj) if write else str(super().escape(obj, mapping))

    def commit(self) -> None:
        """End the transaction; the answer is read as any other."""
        self.query("COMMIT")

    def _write_bytes(self, data: bytes) -> None:
        """In one go where there is room, without asking first how much there is."""
        try:
            sent = self._sock.send(data)
        except OSError as error:
            self._lost(CR.CR_SERVER_GONE_ERROR, error)
        if sent < len(data):
            super()._write_bytes(data[sent:])

    def _read_bytes(self, num_bytes: int) -> bytes:
        """For all that is not hot."""
        while len(self._data) < self._at + num_bytes:
            self._receive()
        begin, self._at = self._at, self._at + num_bytes
        return self._data[begin : self._at]

    def _read_query_result(self, unbuffered: bool = False) -> int:  # noqa: ARG002 - nobody asks for that
        self._result = None
        self._result = answer = self._answer()
        return answer.affected_rows

    def _answer(self) -> Answer:
        size = self._packet()
        if self._data[self._at + 3] != self._next_seq_id:  # a word of farewell, from before we asked
            self._lost(CR.CR_SERVER_LOST, None)
        answer = Answer()
        kind = self._data[self._at + HEADER]
        if kind in (OK, ERROR, NULL):
            self._read_done(answer, self._taken(size))
            return answer
        columns, _ = _number(self._data, self._at + HEADER)
        self._taken(size)
        readers, answer.description = self._columns(columns)
        answer.rows = tuple(self._rows(readers, answer))
        answer.affected_rows = len(answer.rows)
        return answer

    def _read_done(self, answer: Answer, packet: bytes) -> None:
        """A statement without rows: done, or refused."""
        if packet[0] == ERROR:
            raise_mysql_exception(packet)
        if packet[0] == NULL:
            raise NotSupportedError("no file is ever handed over")
        answer.affected_rows, at = _number(packet, 1)
        answer.insert_id, at = _number(packet, at)
        self.server_status, answer.warning_count = unpack_from("<HH", packet, at)
        answer.has_next = self.server_status & MORE

    def _columns(self, count: int) -> Columns:
        """How to read each column. Who asks the same again is told the same of them, byte for byte."""
        size = 0
        for _ in range(count + 1):
            size = self._packet(size)
        told = self._data[self._at : self._at + size]
        known = self._shapes.get(told)
        if known is None:
            return self._learnt(count, told)
        self._at += size
        return known

    def _learnt(self, count: int, told: bytes) -> Columns:
        """As PyMySQL understands it."""
        result: Any = MySQLResult(self)
        result.field_count = count
        self._next_seq_id = told[3]
        result._get_descriptions()  # reads the same packets again
        found = [_reader(*one) for one in result.converters], result.description
        if len(self._shapes) < SHAPES:
            self._shapes[told] = found
        return found

    def _rows(self, readers: list[Reader], answer: Answer) -> list[tuple[Any, ...]]:
        rows = []
        while True:
            size = self._packet()
            kind = self._data[self._at + HEADER]
            if kind == ERROR or (kind == END and size < HEADER + END_BYTES):
                break
            rows.append(_row(readers, self._data, self._at + HEADER))
            self._at += size
        packet = self._taken(size)
        if kind == ERROR:
            raise_mysql_exception(packet)
        answer.warning_count, status = unpack_from("<HH", packet, 1)
        answer.has_next = status & MORE
        return rows

    def _packet(self, skip: int = 0) -> int:
        """Wait until the next packet (after `skip` bytes) is here; how many bytes it is to its end."""
        while True:
            data, at = self._data, self._at + skip
            if len(data) >= at + HEADER:
                size: int = data[at] + (data[at + 1] << 8) + (data[at + 2] << 16)
                if size == TOO_LONG:
                    raise NotSupportedError("an answer of more than 16 MB")
                if len(data) >= at + HEADER + size:
                    return skip + HEADER + size
            self._receive()

    def _taken(self, size: int) -> bytes:
        """What is in the next packet, which has that size; the one after it counts on."""
        begin, self._at = self._at, self._at + size
        self._next_seq_id = (self._data[begin + 3] + 1) % 256
        return self._data[begin + HEADER : self._at]

    def _receive(self) -> None:
        """More of the answer; what has been read is let go."""
        try:
            data = self._sock.recv(RECEIVE_BYTES)
        except OSError as error:
            self._lost(CR.CR_SERVER_LOST, error)
        except BaseException:
            self._force_close()
            raise
        if not data:
            self._lost(CR.CR_SERVER_LOST, None)
        self._data, self._at = self._data[self._at :] + data, 0

    def _lost(self, code: int, error: OSError | None) -> NoReturn:
        self._force_close()
        raise OperationalError(code, f"Lost connection to MySQL server ({error!r})") from error


def _row(readers: list[Reader], data: bytes, at: int) -> tuple[Any, ...]:
    row: list[Any] = []
    for read in readers:
        size = data[at]
        at += 1
        if size == NULL:
            row.append(None)
            continue
        if size > NULL:
            size, at = _number(data, at - 1)
        row.append(read(data[at : at + size]))
        at += size
    return tuple(row)


def _number(data: bytes, at: int) -> tuple[int, int]:
    """An integer of the protocol's own length, and where it ends."""
    first = data[at]
    if first < NULL:
        return first, at + 1
    end = at + 1 + {0xFC: 2, 0xFD: 3, 0xFE: 8}[first]
    return int.from_bytes(data[at + 1 : end], "little"), end


def _reader(encoding: str | None, converter: Callable[[Any], Any] | None) -> Reader:
    """PyMySQL decodes, then converts; what can be had in one step is."""
    if converter is convert_datetime:
        return _moment
    if converter in (int, float):
        return converter
    if encoding is None:
        return converter or bytes
    if converter is None:
        return bytes.decode if encoding in ("utf8", "ascii") else partial(str, encoding=encoding)
    return lambda data: converter(data.decode(encoding))


def _moment(data: bytes) -> Any:
    try:
        return datetime.fromisoformat(data.decode())
    except ValueError:  # "0000-00-00 00:00:00"
        return convert_datetime(data.decode())


_WRITE: dict[type, Callable[[Any], str]] = {
    int: str,
    bool: lambda value: "1" if value else "0",
    type(None): lambda _none: "NULL",
    date: lambda day: f"'{day.isoformat()}'",
    datetime: lambda moment: f"'{moment.isoformat(' ')}'",
}
