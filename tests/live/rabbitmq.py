"""A real RabbitMQ on loopback for the tests, with an epmd, a cookie and ports of its own.

broker = start_rabbitmq()           # the session's
url = broker.vhost("mine")          # a part of it that nobody else sees
broker.control("stop_app")          # rabbitmqctl
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.live import session

CONF = """listeners.tcp.1 = 127.0.0.1:{port}
log.console = true
log.file = false
disk_free_limit.absolute = 1MB
"""


@dataclass(frozen=True)
class RabbitMq:
    """One running broker."""

    place: str
    root: str
    port: int
    epmd: int
    node: int

    @property
    def environment(self) -> dict[str, str]:
        """What its programs must be told to find nobody but each other."""
        place, erlang = self.place, f"{self.root}/usr/lib/erlang"
        return {
            "PATH": f"{erlang}/bin:{os.environ['PATH']}", "HOME": place, "LC_ALL": "C.UTF-8",
            "ERL_EPMD_PORT": str(self.epmd), "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"alo-{self.port}@localhost", "RABBITMQ_DIST_PORT": str(self.node),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_CTL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_ALLOW_INPUT": "1", "RABBITMQ_SERVER_START_ARGS": "-noinput",
            "RABBITMQ_CONF_ENV_FILE": "/dev/null", "RABBITMQ_CONFIG_FILE": f"{place}/rabbitmq.conf",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{place}/plugins", "RABBITMQ_MNESIA_BASE": f"{place}/mnesia",
            "RABBITMQ_LOG_BASE": f"{place}/logs", "RABBITMQ_SCHEMA_DIR": f"{place}/schema",
            "RABBITMQ_GENERATED_CONFIG_DIR": f"{place}/generated",
        }  # fmt: skip

    def program(self, name: str) -> str:
        """rabbitmq-server, rabbitmqctl."""
        [found] = Path(self.root).glob(f"usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/{name}")
        return str(found)

    def control(self, *words: str) -> str:
        """What rabbitmqctl answers."""
        command = [self.program("rabbitmqctl"), "--quiet", *words]
        done = subprocess.run(command, env=self.environment, check=False, capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, (words, done.stdout[-1000:], done.stderr[-1000:])
        return done.stdout

    def vhost(self, name: str) -> str:
        """The address of a part of the broker, which is made."""
        self.control("add_vhost", name)
        self.control("set_permissions", "--vhost", name, "guest", ".*", ".*", ".*")
        return f"amqp://guest:guest@127.0.0.1:{self.port}/{name}"

    def go_away(self) -> None:
        """Close the door; what it keeps on disk stays."""
        self.control("stop_app")

    def come_back(self) -> None:
        """As it was."""
        self.control("start_app")

    def memory(self, share: float) -> None:
        """From so much of the machine's memory on, the broker takes connections and answers nothing."""
        self.control("set_vm_memory_high_watermark", f"{share:f}")


def start_rabbitmq() -> RabbitMq:
    """The session's broker; who stops it, or fills its memory, wants one of their own: see `own_rabbitmq`."""
    return RabbitMq(**session.once("rabbitmq", _started))


def own_rabbitmq(name: str) -> RabbitMq:
    """One that nobody else uses."""
    return RabbitMq(**session.once(name, _started))


def _started(place: Path) -> dict[str, Any]:
    root = session.provisioned("rabbitmq")
    found = RabbitMq(str(place), str(root), session.free_port(), session.free_port(), session.free_port())
    (place / "rabbitmq.conf").write_text(CONF.format(port=found.port))
    (place / "plugins").write_text("[].")
    [epmd] = root.glob("usr/lib/erlang/erts-*/bin/epmd")
    session.keep(place, [str(epmd)], found.environment)
    assert session.eventually(lambda: session.answers(found.epmd))
    session.keep(place, [found.program("rabbitmq-server")], found.environment)
    up = session.eventually(lambda: session.answers(found.port), within=240)
    assert up, (place / "log").read_text()[-3000:]
    return vars(found)
