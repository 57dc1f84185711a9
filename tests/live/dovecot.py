"""A real mailbox server for the tests: Dovecot on loopback, over the mailboxes of the session's Postfix.

server = start_dovecot()
server.put("bia", raw)              # a mail into a mailbox, which is made where there is none
Mailbox(server.url("bia"), "Devolvidos")
server.lying("bia")                 # what lies in its inbox; in a folder of its: lying("bia", "Devolvidos")
"""

import os
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.live import session
from tests.live.postfix import start_postfix

PASSWORD, ACCENTED = "segredo", "pão-de-açúcar-€"
MAIL_USER = 65534
CONFIG = """protocols = imap
listen = 127.0.0.1
base_dir = {place}/run
state_dir = {place}/run
libexec_dir = {root}/usr/lib/dovecot
log_path = {place}/mail.log
import_environment = LD_LIBRARY_PATH
ssl = no
disable_plaintext_auth = no
default_internal_user = daemon
default_internal_group = mail
default_login_user = nobody
mail_location = maildir:{mail}/%n
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
passdb {{
  driver = static
  args = password={accented}
}}
userdb {{
  driver = static
  args = uid={user} gid={user} home={mail}/%n
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """One running server; everybody's password is PASSWORD, or ACCENTED."""

    place: str
    mail: str
    port: int

    def url(self, mailbox: str, password: str = PASSWORD, folder: str = "") -> str:
        """As ALO_IMAP_URL names a mailbox."""
        return f"imap://{mailbox}:{password}@127.0.0.1:{self.port}/{folder}"

    def put(self, mailbox: str, raw: bytes) -> None:
        """A mail, as a mail server leaves it there."""
        home = Path(self.mail, mailbox)
        for folder in (home, *(home / name for name in ("tmp", "new", "cur"))):
            if not folder.exists():
                folder.mkdir()
                shutil.chown(folder, MAIL_USER, MAIL_USER)
        written = home / "tmp" / uuid.uuid4().hex
        written.write_bytes(raw)
        shutil.chown(written, MAIL_USER, MAIL_USER)
        written.rename(home / "new" / f"{written.stat().st_mtime_ns}.{written.name}")  # in the order they came

    def lying(self, mailbox: str, folder: str = "") -> list[bytes]:
        """What lies in the inbox, or in another folder."""
        home = Path(self.mail, mailbox, f".{folder}" if folder else "")
        return [one.read_bytes() for name in ("new", "cur") for one in sorted((home / name).glob("*"))]


def start_dovecot() -> Dovecot:
    """The session's Dovecot."""
    mail = Path(start_postfix().place, "mail")
    return Dovecot(**session.once("dovecot", lambda place: _started(place, mail)))


def _started(place: Path, mail: Path) -> dict[str, Any]:
    root = session.provisioned("dovecot")
    found = Dovecot(str(place), str(mail), session.free_port())
    modules = root / "usr/lib/dovecot/modules"
    folders = (root / "usr/lib/dovecot", modules / "old-stats", *root.glob("usr/lib/*-linux-gnu"))
    (place / "run").mkdir()
    (place / "run/modules").symlink_to(modules)
    config = place / "dovecot.conf"
    config.write_text(
        CONFIG.format(
            place=place, root=root, mail=mail, port=found.port, password=PASSWORD, accented=ACCENTED, user=MAIL_USER
        )
    )
    command = [str(root / "usr/bin/doveconf"), "-c", str(config), "-m", "master", "-e", str(root / "usr/sbin/dovecot")]
    session.keep(place, [*command, "-F", "-c", str(config)], {"LD_LIBRARY_PATH": os.pathsep.join(map(str, folders))})
    up = session.eventually(lambda: session.answers(found.port))
    assert up, "".join(one.read_text()[-3000:] for one in (place / "log", place / "mail.log") if one.exists())
    return vars(found)
