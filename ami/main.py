"""`alo ami`: the process that watches Asterisk. asyncio for the network, one thread for the database, never patched."""

import asyncio
import signal
from collections.abc import Callable

from ami.connection import Connection
from ami.wire import Address
from ami.writer import LiveCalls, Outlet, Stands, Writer
from clinic.clock import Clock
from clinic.settings import Settings
from clinic.terminal import Trouble


def address(settings: Settings) -> Address:
    """Where this installation's Asterisk is. Raises ValueError for a user or secret that is not one line."""
    return Address(settings.ami_host, settings.ami_port, settings.ami_user, settings.ami_secret.get_secret_value())


def watch(settings: Settings, calls: LiveCalls, clock: Clock) -> int:
    """Watch until SIGTERM or SIGINT; then say that nobody watches any more. Returns the exit code."""
    asterisk = address(settings)
    outlet = Outlet()
    writer = Writer(outlet, calls, str(asterisk))
    writer.start()
    try:
        asyncio.run(_until_told(Connection(asterisk, outlet, clock)))
    finally:
        outlet.put(Stands(up=False, note="o acompanhamento foi desligado"))
        writer.stop()
    return 0


def run(settings: Settings, ready: Callable[[], None]) -> int:
    """`watch` with a clinic of its own; Trouble where there is nothing to watch."""
    from clinic.clock import utc_now
    from clinic.services import open_clinic

    if not settings.ami_user:
        raise Trouble("O AMI não está configurado: defina ALO_AMI_USER e ALO_AMI_SECRET.", 2)
    ready()
    return watch(settings, open_clinic(settings).live_calls, utc_now)


async def _until_told(connection: Connection) -> None:
    staying = asyncio.ensure_future(connection.stay())
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, staying.cancel)
    await asyncio.wait({staying})
    if not staying.cancelled():
        staying.result()
