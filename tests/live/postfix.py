"""A real mail server for the tests: Postfix on loopback, with mailboxes, TLS, and reports of what came back.

    server = start_postfix()
    server.mails("ana")                 # what lies in ana@example.com's mailbox, as bytes, the oldest first

Mail to anybody@gone.example is taken and handed on to `server.next_hop`, where a test puts a server that refuses it:
then Postfix itself writes the report (RFC 3464) to who sent it.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.clinic.media.mail_server import certificates
from tests.live import session

SAFE = "127.0.0.2"
"""Also this machine, but not by a name that goes without encryption; whoever comes by it hands on nothing."""
MAIN = """compatibility_level = 3.6
queue_directory = {place}/queue
command_directory = {root}/usr/sbin
daemon_directory = {root}/usr/lib/postfix/sbin
shlib_directory = {root}/usr/lib/postfix
data_directory = {place}/data
mail_owner = daemon
setgid_group = mail
default_privs = nobody
import_environment = MAIL_CONFIG LANG=C LD_LIBRARY_PATH={libraries}
maillog_file = {place}/mail.log
maillog_file_prefixes = {place}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.example.com
mydestination =
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = example.com
virtual_mailbox_base = {place}/mail
virtual_mailbox_maps = inline:{{
  {{ana@example.com=ana/}} {{clinica@example.com=clinica/}} {{volta@example.com=volta/}} }}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 100
transport_maps = inline:{{ {{gone.example=smtp:[127.0.0.1]:{next_hop}}} }}
alias_maps =
alias_database =
local_recipient_maps =
message_size_limit = 100000
smtputf8_enable = no
smtpd_tls_cert_file = {place}/cert.pem
smtpd_tls_key_file = {place}/key.pem
smtpd_tls_security_level = may
"""
MASTER = """127.0.0.1:{port} inet n - n - - smtpd
{safe}:{port} inet n - n - - smtpd
 -o mynetworks=192.0.2.1/32 -o smtpd_relay_restrictions=permit_mynetworks,reject_unauth_destination
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
QUEUES = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace")


@dataclass(frozen=True)
class Postfix:
    """One running server: where it listens, where it keeps mail, and where it hands on what is for gone.example."""

    place: str
    port: int
    next_hop: int

    @property
    def url(self) -> str:
        """As ALO_SMTP_URL names it, without encryption."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def safe_url(self) -> str:
        """The same where everything has to be encrypted."""
        return f"smtp://{SAFE}:{self.port}"

    @property
    def certificate(self) -> Path:
        """What vouches for it."""
        return Path(self.place) / "cert.pem"

    def mails(self, mailbox: str) -> list[bytes]:
        """What lies there, the oldest first."""
        found = Path(self.place, "mail", mailbox, "new").glob("*")
        return [one.read_bytes() for one in sorted(found, key=lambda one: one.stat().st_mtime_ns)]

    def await_mail(self, mailbox: str, holding: bytes) -> bytes:
        """The mail there that holds these words; waits for it."""
        session.eventually(lambda: any(holding in one for one in self.mails(mailbox)), 60)
        found = [one for one in self.mails(mailbox) if holding in one]
        assert found, Path(self.place, "mail.log").read_text()[-3000:]
        return found[0]


def start_postfix() -> Postfix:
    """The session's Postfix."""
    return Postfix(**session.once("postfix", _started))


def _started(place: Path) -> dict[str, Any]:
    root = session.provisioned("postfix")
    found = Postfix(str(place), session.free_port(), session.free_port())
    libraries = os.pathsep.join(str(one) for one in (root / "usr/lib/postfix", *root.glob("usr/lib/*-linux-gnu")))
    _folders(place)
    certificates(place, SAFE)
    values = {"place": place, "root": root, "libraries": libraries, "next_hop": found.next_hop}
    (place / "etc/main.cf").write_text(MAIN.format(**values))
    (place / "etc/master.cf").write_text(MASTER.format(port=found.port, safe=SAFE))
    command = [str(root / "usr/lib/postfix/sbin/master"), "-c", str(place / "etc"), "-d"]
    session.keep(place, command, {"LD_LIBRARY_PATH": libraries})
    up = session.eventually(lambda: session.answers(found.port))
    assert up, "".join(one.read_text()[-3000:] for one in (place / "log", place / "mail.log") if one.exists())
    return vars(found)


def _folders(place: Path) -> None:
    """As Postfix's own installation makes them; its parts run as users that every system has."""
    for name in ("etc", "queue", "data", "mail"):
        (place / name).mkdir()
    shutil.chown(place / "data", "daemon")
    shutil.chown(place / "mail", 65534, 65534)
    for name in QUEUES:
        _folder(place / "queue" / name, 0o700)
    _folder(place / "queue/maildrop", 0o730, "mail")
    _folder(place / "queue/public", 0o710, "mail")
    (place / "queue/pid").mkdir()


def _folder(path: Path, mode: int, group: str = "daemon") -> None:
    path.mkdir()
    shutil.chown(path, "daemon", group)
    path.chmod(mode)
