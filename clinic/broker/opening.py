"""Who sends what is due in this installation: `alo worker` itself, or consumers, whom a broker brings what is due."""

from collections.abc import Callable, Sequence

from clinic.broker.probe import INSTALL
from clinic.broker.publisher import Publisher
from clinic.broker.relay import Relay
from clinic.broker.routes import Routes
from clinic.media.opening import open_media
from clinic.outbox.handing import Handing
from clinic.outbox.sending import Sending
from clinic.services import Clinic
from clinic.settings import Settings
from clinic.terminal import Trouble
from clinic.webhooks.fanout import LANE
from clinic.worker import Carriers
from db.session import Database


def consume(settings: Settings, processes: int, queues: Sequence[str], ready: Callable[[], None]) -> int:
    """Send what the broker brings, until SIGTERM. Raises Trouble where there is no broker, or no Celery."""
    if not settings.broker_url.get_secret_value():
        raise Trouble("Sem ALO_BROKER_URL não há filas: `alo worker` sozinho envia as mensagens.", 2)
    try:
        from clinic.broker import consumer
    except ImportError:
        raise Trouble(f"Falta o Celery: {INSTALL}", 2) from None
    return consumer.consume(settings, processes, queues, ready)


def open_carriers(settings: Settings, clinic: Clinic) -> Carriers:
    """What a worker does about messages; opens no connection yet. Each has a connection to the broker of its own."""
    messages, programs = clinic.messages.sending, clinic.messages.programs.sending
    url = settings.broker_url.get_secret_value()
    if not url:
        return Carriers(messages, programs)
    database, media = Database(settings.database_url), open_media(settings, clinic.profile, clinic.clock)

    def relay(lane: int, otherwise: Sending) -> Relay:
        hands = Handing(database, clinic.clock, lane=lane)
        return Relay(hands, Routes(database, media).of, Publisher(url), otherwise)

    return Carriers(relay(0, messages), relay(LANE, programs))
