"""nginx before the real thing: granian's pages and the gevent streams behind one address, with a certificate."""

import contextlib
import datetime
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.live import session

WEB = session.REPO / "asterisk-docker" / "web"
ALO = [sys.executable, str(session.REPO / "alo.py")]
MAIN = """daemon off;
pid $place/nginx.pid;
error_log $place/error.log;
worker_processes 1;
events { worker_connections 512; }
http {
    access_log off;
    default_type application/octet-stream;
    client_body_temp_path $place/body;
    proxy_temp_path $place/proxy;
    fastcgi_temp_path $place/fastcgi;
    uwsgi_temp_path $place/uwsgi;
    scgi_temp_path $place/scgi;
    include $place/default.conf;
}
"""
"""What nginx's own image has around the part that is ours."""


@dataclass(frozen=True)
class Site:
    """Where it answers, http and https, and where it writes who asked for what."""

    http: int
    https: int
    log: Path = Path()

    @property
    def address(self) -> str:
        """As a browser is told."""
        return f"https://127.0.0.1:{self.https}"


@contextlib.contextmanager
def process(place: Path, settings: Mapping[str, str], *words: str) -> Iterator[int]:
    """An `alo` process that has said that it is ready; its pid. Ended by that."""
    ready, theirs = os.pipe()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ALO_")}
    with (place / "log").open("ab") as log:
        started = subprocess.Popen(
            [*ALO, *words, "--ready", str(theirs)], env=kept | dict(settings), stdout=log, stderr=log, pass_fds=[theirs]
        )
    os.close(theirs)
    try:
        assert os.read(ready, 1), (place / "log").read_text()[-3000:]
        yield started.pid
    finally:
        os.close(ready)
        started.terminate()
        started.wait(60)


@contextlib.contextmanager
def site(place: Path, settings: Mapping[str, str]) -> Iterator[Site]:
    """Pages, streams and nginx over a database that is ready; all ended in the end."""
    ports = [str(session.free_port()) for _ in range(4)]
    told = dict(settings) | {"ALO_WEB_PORT": ports[0], "ALO_LIVE_PORT": ports[1], "ALO_TRUSTED_PROXIES": "1"}
    _certificate(place)
    _written(place, ports)
    with contextlib.ExitStack() as all_of_them:
        all_of_them.enter_context(process(place, told, "web", "--server", "granian", "--workers", "1"))
        all_of_them.enter_context(process(place, told, "live"))
        all_of_them.enter_context(_nginx(place))
        found = Site(int(ports[2]), int(ports[3]), place / "access.log")
        assert session.eventually(lambda: session.answers(found.https)), (place / "error.log").read_text()
        yield found


def _written(place: Path, ports: list[str]) -> None:
    values = {
        "ALO_PAGES": f"127.0.0.1:{ports[0]}", "ALO_LIVE": f"127.0.0.1:{ports[1]}", "ALO_HTTP_PORT": ports[2],
        "ALO_HTTPS_PORT": ports[3], "ALO_WEB_DIR": str(WEB), "ALO_TLS_DIR": str(place),
    }  # fmt: skip
    template = Template((WEB / "https.conf.template").read_text())
    (place / "default.conf").write_text(template.safe_substitute(values))  # as nginx's image does
    (place / "nginx.conf").write_text(Template(MAIN).substitute(place=place))


@contextlib.contextmanager
def _nginx(place: Path) -> Iterator[None]:
    command = [str(session.provisioned("nginx") / "nginx"), "-p", str(place), "-c", str(place / "nginx.conf")]
    checked = subprocess.run([*command, "-t"], check=False, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    with (
        (place / "access.log").open("ab") as log,
        subprocess.Popen(command, stdout=log, stderr=subprocess.DEVNULL) as server,
    ):
        try:
            yield
        finally:
            server.terminate()


def _certificate(place: Path) -> None:
    """For 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=2))
    (place / "fullchain.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    (place / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
