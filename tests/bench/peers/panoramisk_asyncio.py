"""The recorded dialogue on panoramisk's FastAGI, one asyncio loop: no menus, no rules, no models.

    python -m tests.bench.peers.panoramisk_asyncio PORT DATABASE TAPE PIPE [sqlalchemy]

The database by asyncmy alone, or through SQLAlchemy's asyncio. panoramisk is changed in the one place without which a
single port scan stops all calls for ever (its loop over the header never ends at end of file).
"""

import asyncio
from collections import OrderedDict
from functools import cache
from typing import Any

import asyncmy
from panoramisk import fast_agi

from tests.bench.peers.tape import POOL_SIZE, Tape, arguments, by_name, database, deadlocked, filled, named, tell_ready

ISOLATION = "SET SESSION tx_isolation='READ-COMMITTED'"


class Application(fast_agi.Application):
    """The header is read to its end, or to the end of the connection."""

    async def handler(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            await self._request(await reader.readuntil(b"\n\n"), reader, writer)
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    async def _request(self, header: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = header[:-2].decode(self.default_encoding).split("\n")
        headers = OrderedDict(line.split(": ", 1) for line in lines if ": " in line)
        request = fast_agi.Request(self, headers, reader, writer, self.default_encoding)
        await self._route[headers["agi_network_script"]](request)


class Bare:
    """asyncmy's own pool."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    @classmethod
    async def made(cls, url: str, autocommit: bool) -> "Bare":
        """Connections are opened when needed."""
        return cls(
            await asyncmy.create_pool(
                minsize=1, maxsize=POOL_SIZE, init_command=ISOLATION, autocommit=autocommit, **database(url)
            )
        )

    async def take(self) -> Any:
        """One that nobody else has."""
        return await self._pool.acquire()

    async def give(self, connection: Any) -> None:
        """It is free again."""
        await self._pool.release(connection)

    @staticmethod
    async def run(connection: Any, statement: str, values: list[Any]) -> int:
        """One statement, all its rows; the id that was given."""
        async with connection.cursor() as cursor:
            await cursor.execute(statement, values)
            await cursor.fetchall()
            return int(cursor.lastrowid or 0)


class Core:
    """The same through SQLAlchemy, set up as ours is."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    @classmethod
    async def made(cls, url: str, autocommit: bool) -> "Core":
        """Connections are opened when needed."""
        from sqlalchemy.ext.asyncio import create_async_engine

        return cls(
            create_async_engine(
                url.replace("+pymysql", "+asyncmy"), isolation_level="AUTOCOMMIT" if autocommit else "READ COMMITTED",
                pool_size=POOL_SIZE, skip_autocommit_rollback=autocommit, pool_reset_on_return=None,
            )
        )  # fmt: skip

    async def take(self) -> Any:
        """One that nobody else has."""
        return await self._engine.connect()

    async def give(self, connection: Any) -> None:
        """It is free again."""
        await connection.close()

    @staticmethod
    async def run(connection: Any, statement: str, values: list[Any]) -> int:
        """One statement, all its rows; the id that was given."""
        result = await connection.execute(textual(statement), by_name(values))
        if result.returns_rows:
            result.all()
        return int(result.lastrowid or 0)


@cache
def textual(statement: str) -> Any:
    """The statement as SQLAlchemy has it."""
    from sqlalchemy import text

    return text(named(statement))


class Replay:
    """Says everything again, in order."""

    def __init__(self, tape: Tape, single: Any, transactions: Any) -> None:
        self._tape, self._single, self._transactions = tape, single, transactions

    async def greeting(self, request: Any) -> None:
        """One call."""
        steps, after = self._tape.call(request.headers["agi_uniqueid"])
        ids: dict[int, int] = {}
        await self._all(request, steps, ids)
        request.writer.close()
        await self._all(request, after, ids)

    async def _all(self, request: Any, steps: list[Any], ids: dict[int, int]) -> None:
        for step in steps:
            if step[0] == "a":
                result = await request.send_command(step[1])
                if "error" in result:
                    raise RuntimeError(result)
            elif step[0] == "t":
                while not await self._committed(step[1], ids):
                    pass
            else:
                connection = await self._single.take()
                ids[step[4]] = await self._single.run(connection, step[1], filled(step[2], step[3], ids))
                await self._single.give(connection)

    async def _committed(self, statements: list[Any], ids: dict[int, int]) -> bool:
        """Run a transaction; False when it was a deadlock's victim."""
        connection = await self._transactions.take()
        try:
            for _kind, statement, values, given, number in statements:
                ids[number] = await self._transactions.run(connection, statement, filled(values, given, ids))
            await connection.commit()
        except Exception as error:
            await connection.rollback()
            if not deadlocked(error):
                raise
            return False
        finally:
            await self._transactions.give(connection)
        return True


async def main() -> None:
    """Serve until ended."""
    port, url, tape, pipe, with_sqlalchemy = arguments()
    pool = Core if with_sqlalchemy else Bare
    application = Application(loop=asyncio.get_running_loop())
    replay = Replay(tape, await pool.made(url, True), await pool.made(url, False))
    application.add_route("greeting", replay.greeting)
    server = await asyncio.start_server(application.handler, "127.0.0.1", port, backlog=1024)
    tell_ready(pipe)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
