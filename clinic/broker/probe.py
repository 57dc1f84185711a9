"""What `alo check` says of the broker."""

from collections.abc import Iterator

from clinic.broker.publisher import Publisher
from clinic.broker.queues import DEAD, LONGEST, Away
from clinic.checks import Finding
from clinic.settings import Settings

NAME = "RabbitMQ"
INSTALL = "pip install --require-hashes -r requirements/worker.txt"
WHY_AWAY = {
    "no-celery": ("falta o Celery", INSTALL),
    "AccessRefused": ("recusa o usuário ou a senha", "Confira usuário e senha em ALO_BROKER_URL."),
    "NotAllowed": ("não deixa entrar neste vhost", "Confira o vhost em ALO_BROKER_URL e as permissões do usuário."),
    "PreconditionFailed": (
        "tem filas de outra versão com outros limites",
        "Com as tarefas paradas, apague as filas alo.*; as mensagens estão no banco e vão de novo.",
    ),
}
UNKNOWN = (
    "não responde: as mensagens esperam no banco, e depois de um minuto `alo worker` as envia ele mesmo",
    "Ele está no ar? Confira máquina e porta em ALO_BROKER_URL, o firewall, e a memória e o disco do RabbitMQ.",
)


def findings(settings: Settings) -> Iterator[Finding]:
    """Whether the broker answers, somebody listens, and nothing piles up; nothing where there is none."""
    url = settings.broker_url.get_secret_value()
    if not url:
        return
    post = Publisher(url)
    try:
        post.knock()
        yield from _queues(post.listeners(), post.dead())
    except Away as away:
        text, remedy = WHY_AWAY.get(away.why, UNKNOWN)
        yield Finding(NAME, "wrong", text, remedy)
    finally:
        post.close()


def _queues(found: dict[str, tuple[int, int]], dead: int) -> Iterator[Finding]:
    deaf = [name for name, (_, listeners) in found.items() if not listeners]
    full = [name for name, (waiting, _) in found.items() if waiting >= LONGEST]
    if deaf:
        text = f"ninguém escuta {', '.join(deaf)}"
        yield Finding(NAME, "wrong", text, "Ligue quem envia: alo worker --consume")
    if full:
        text = f"{', '.join(full)} com {LONGEST} mensagens, o máximo: as outras esperam no banco"
        yield Finding(NAME, "warning", text, "Ligue mais processos: alo worker --consume --processes 8")
    if dead:
        text = f"{dead} mensagens que ninguém entendeu em {DEAD}"
        yield Finding(NAME, "warning", text, f"De quem são? Para apagar: rabbitmqctl purge_queue {DEAD}")
    if not (deaf or full or dead):
        waiting = sum(one for one, _ in found.values())
        yield Finding(NAME, "ok", f"responde, todas as filas são escutadas, {waiting} mensagens nelas")
