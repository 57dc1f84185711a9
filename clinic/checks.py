"""What `alo check` looks at from here: settings, database, spool, disk, clock. Each finding says the remedy."""

import ast
import difflib
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol

from clinic.settings import Settings, variable
from clinic.terminal import why

LITTLE_SPACE = 2 * 1024**3
NO_SPACE = 200 * 1024**2
KEY_LENGTH = 32
CLOCKS_MAY_DIFFER = timedelta(seconds=2)
MARKS = {"ok": "✔", "warning": "!", "wrong": "✘"}


@dataclass(frozen=True)
class Finding:
    """One line of the report; `remedy` is what to do about it, "" when nothing is to be done."""

    name: str
    state: Literal["ok", "warning", "wrong"]
    text: str
    remedy: str = ""


class Reach(Protocol):
    """What the database checks need of a database."""

    def version(self) -> str:
        """Its name and version for people; raises when it cannot be reached."""

    def revision(self) -> str | None:
        """The migration it is at; None without tables."""

    def now(self) -> datetime:
        """Its clock, aware."""


Check = Callable[[], Iterable[Finding]]


def run(checks: Mapping[str, Check]) -> Iterator[Finding]:
    """The findings of all checks in turn; a check that breaks is a finding too."""
    for name, check in checks.items():
        try:
            yield from check()
        except Exception as error:
            yield Finding(name, "wrong", f"não foi possível verificar ({type(error).__name__})", "Veja o registro.")


def line(finding: Finding) -> str:
    """A finding as the terminal shows it."""
    remedy = f"\n    → {finding.remedy}" if finding.remedy else ""
    return f"{MARKS[finding.state]} {finding.name}: {finding.text}{remedy}"


def as_data(findings: Iterable[Finding]) -> dict[str, Any]:
    """Findings for `--json`."""
    listed = [asdict(finding) for finding in findings]
    return {"ok": all(one["state"] != "wrong" for one in listed), "findings": listed}


def variables(env: Mapping[str, str]) -> Iterator[Finding]:
    """Variables that look like one of ours, misspelt: they would be ignored in silence."""
    known = {variable(name) + suffix for name in Settings.model_fields for suffix in ("", "_FILE")}
    unknown = sorted(name for name in env if name.startswith("ALO_") and name not in known)
    wrong = [(name, close[0]) for name in unknown if (close := difflib.get_close_matches(name, known, 1, 0.85))]
    for name, meant in wrong:
        yield Finding("configuração", "warning", f"{name} não existe", f"Quis dizer {meant}?")
    if not wrong:
        yield Finding("configuração", "ok", "variáveis ALO_ conferidas")


def database(reach: Reach, heads: Iterable[str]) -> Iterator[Finding]:
    """Whether the database answers, and whether its tables are those of this version."""
    try:
        version, revision = reach.version(), reach.revision()
    except Exception as error:
        yield _no_database(error)
        return
    yield Finding("banco de dados", "ok", version)
    if revision in set(heads):
        yield Finding("migrações", "ok", f"em dia ({revision})")
    else:
        yield Finding("migrações", "wrong", f"o banco está em {revision or 'nenhuma'}", "Execute: alo db upgrade")


def access(settings: Settings) -> Iterator[Finding]:
    """Whether people can log in as they should: codes for staff, mails that arrive and lead to the right place."""
    if settings.demo:
        yield Finding("acesso", "ok", "clínica de demonstração, com contas de todos conhecidas")
        return
    short = len(settings.secret_key.get_secret_value()) < KEY_LENGTH
    missing = [
        (short, "ALO_SECRET_KEY falta ou é curta: a equipe entra só com a senha",
         'Crie uma e guarde-a: python3 -c "import secrets; print(secrets.token_hex(32))"'),
        (not settings.smtp_url.get_secret_value(), f"sem ALO_SMTP_URL os e-mails ficam em {settings.mail_dir}",
         "Defina ALO_SMTP_URL e ALO_MAIL_FROM."),
        (not settings.public_url, "sem ALO_PUBLIC_URL os e-mails levam a um endereço que só existe aqui",
         "Defina ALO_PUBLIC_URL=https://o endereço da clínica."),
    ]  # fmt: skip
    for wrong, text, remedy in missing:
        if wrong:
            yield Finding("acesso", "warning", text, remedy)
    if not any(wrong for wrong, _, _ in missing):
        yield Finding("acesso", "ok", f"e-mails e códigos configurados, páginas em {settings.public_url}")


UNSENT = {
    "login": ("recusa o usuário ou a senha", "Confira usuário e senha em ALO_SMTP_URL."),
    "sender": ("não aceita o remetente", "Confira ALO_MAIL_FROM, e o usuário em ALO_SMTP_URL."),
    "bad": (
        "não aceitaria o remetente, que não é um endereço",
        "Defina ALO_MAIL_FROM=nao-responda@o domínio da clínica.",
    ),
    "not": ("não cifra, ou não conhece log-in", "Use smtps://…:465 em ALO_SMTP_URL, ou outra porta."),
    "no": ("tem um certificado que não é dele", "Confira o nome do servidor em ALO_SMTP_URL."),
}
"""By the first word of why nothing can be sent."""


def mail(settings: Settings) -> Iterator[Finding]:
    """Whether the mail server lets us in and takes our sender, where one is set; nothing is sent."""
    from clinic.media.email import address
    from clinic.media.email.smtp import SmtpCarrier
    from clinic.media.outgoing import NotSent

    url = settings.smtp_url.get_secret_value()
    if not url:
        return
    try:
        SmtpCarrier(url).knock(address.read(settings.mail_from))
    except (NotSent, address.BadAddress) as error:
        unknown = ("não responde", "O servidor está no ar? Confira máquina e porta em ALO_SMTP_URL, e o firewall.")
        reason = error.reason if isinstance(error, NotSent) else "bad-sender"
        text, remedy = UNSENT.get(reason.partition("-")[0], unknown)
        yield Finding("e-mail", "wrong", f"o servidor {text}", remedy)
    else:
        yield Finding("e-mail", "ok", f"o servidor responde e aceita {settings.mail_from}")


UNREAD = {
    "login-refused": ("recusa o usuário ou a senha", "Confira usuário e senha em ALO_IMAP_URL."),
    "no-folder": ("não tem essa pasta", "Confira a pasta no fim de ALO_IMAP_URL, assim: imaps://…/INBOX."),
    "no-tls": ("não tem conexão segura", "Confira o nome do servidor em ALO_IMAP_URL; imaps:// usa a porta 993."),
}
"""Why the mailbox of returned mail cannot be read."""


def returned_mail(settings: Settings) -> Iterator[Finding]:
    """Whether somebody finds out which letters came back; nothing is read but the folder's name."""
    from clinic.media.email.mailbox import NoMailbox
    from clinic.media.opening import open_mailbox

    mailbox = open_mailbox(settings)
    if mailbox is None:
        if settings.smtp_url.get_secret_value():
            remedy = "Defina ALO_IMAP_URL com a caixa de ALO_MAIL_FROM: imaps://usuario:senha@servidor/INBOX."
            yield Finding("e-mails devolvidos", "warning", "ninguém vê os e-mails que voltam", remedy)
        return
    try:
        with mailbox.open():
            yield Finding("e-mails devolvidos", "ok", "a caixa abre")
    except NoMailbox as error:
        unknown = ("não responde", "O servidor está no ar? Confira máquina e porta em ALO_IMAP_URL, e o firewall.")
        text, remedy = UNREAD.get(error.reason, unknown)
        yield Finding("e-mails devolvidos", "wrong", f"o servidor {text}", remedy)


REFUSED = {
    1044: ("recusa este usuário neste banco", "No servidor: GRANT ALL ON banco.* TO o usuário de ALO_DATABASE_URL."),
    1045: ("recusa o usuário ou a senha", "Confira usuário e senha em ALO_DATABASE_URL."),
    1049: ("não tem esse banco", "No servidor: CREATE DATABASE alo CHARACTER SET utf8mb4 COLLATE utf8mb4_bin."),
    1698: ("recusa o usuário ou a senha", "Confira usuário e senha em ALO_DATABASE_URL."),
    2003: ("não responde", "O servidor está no ar? Confira máquina e porta em ALO_DATABASE_URL, e o firewall."),
}
"""What MySQL and MariaDB say by number."""


def _no_database(error: Exception) -> Finding:
    number = next(iter(getattr(getattr(error, "orig", error), "args", ())), None)
    unknown = (f"não responde ({type(error).__name__})", "Confira ALO_DATABASE_URL e se o servidor está no ar.")
    text, remedy = REFUSED.get(number, unknown) if isinstance(number, int) else unknown
    return Finding("banco de dados", "wrong", text, remedy)


def sounds(settings: Settings) -> Iterator[Finding]:
    """Whether the folders prompts are looked for in exist, and whether an Asterisk of another user may read them."""
    name = "pastas dos avisos"
    missing = [folder for folder in settings.prompts_dir if not folder.is_dir()]
    for folder in missing:
        yield Finding(name, "wrong", f"{folder} não é uma pasta", "Corrija ALO_PROMPTS_DIR, ou crie a pasta.")
    shut = (
        [closed for folder in settings.prompt_folders[:-1] if (closed := _closed(folder))] if settings.ami_user else []
    )
    for folder in dict.fromkeys(shut):
        remedy = f"Se o Asterisk roda com outro usuário, ele não toca os avisos: chmod o+rx {folder}"
        yield Finding(name, "warning", f"{folder} é fechada a outros usuários", remedy)
    if not missing and not shut:
        yield Finding(name, "ok", " e ".join(str(folder) for folder in settings.prompt_folders[:-1]))


def _closed(folder: Path) -> Path | None:
    """The outermost folder on the way that other users may not pass; None where all is open, or nothing there."""
    way = [path for path in (*reversed(folder.absolute().parents), folder.absolute()) if path.exists()]
    return next((path for path in way if not path.stat().st_mode & stat.S_IXOTH), None)


def spool(settings: Settings) -> Iterator[Finding]:
    """Whether we can write where names go and recordings come from, and the group will be able to read it."""
    for folder in (settings.names_folder, settings.recordings_folder):
        yield _folder(folder)


def _folder(folder: Path) -> Finding:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".check-"):
            mode = folder.stat().st_mode
    except OSError as error:
        remedy = f"Crie a pasta e dê-a ao grupo do Asterisk: mkdir -p {folder} && chmod 2770 {folder}"
        return Finding("pasta comum", "wrong", f"não consigo gravar em {folder} ({why(error)})", remedy)
    if not mode & stat.S_ISGID:
        remedy = f"Se o Asterisk roda com outro usuário: chgrp alo {folder} && chmod 2770 {folder}"
        return Finding("pasta comum", "warning", f"{folder} não passa o seu grupo aos arquivos", remedy)
    return Finding("pasta comum", "ok", str(folder))


def disk(settings: Settings) -> Iterator[Finding]:
    """Whether there is room for recordings."""
    folder = next(path for path in (settings.spool.absolute(), *settings.spool.absolute().parents) if path.exists())
    free = shutil.disk_usage(folder).free
    state: Literal["ok", "warning", "wrong"] = (
        "ok" if free > LITTLE_SPACE else "warning" if free > NO_SPACE else "wrong"
    )
    remedy = "" if state == "ok" else "Libere espaço ou mude ALO_SPOOL para um disco maior."
    yield Finding("disco", state, f"{free / 1024**3:.1f} GB livres em {folder}".replace(".", ",", 1), remedy)


def dialplan(named: Set[str], entries: Set[str]) -> Iterator[Finding]:
    """Whether the menus the dialplan enters are those the server knows."""
    for name in sorted(named - entries):
        remedy = "Corrija o nome em dialplan/*.conf (e no Asterisk: dialplan reload)."
        yield Finding("dialplan", "wrong", f"chama {name}, que o servidor não conhece", remedy)
    for name in sorted(entries - named):
        yield Finding(
            "dialplan", "warning", f"nada leva ao menu {name}", "Inclua os arquivos de dialplan/ desta versão."
        )
    if named == entries:
        yield Finding("dialplan", "ok", f"{len(named)} entradas")


def processes(entries: Mapping[str, Path]) -> Iterator[Finding]:
    """Whether the processes of greenlets patch the standard library before anything else; a later patch loses calls."""
    for name, entry in entries.items():
        code = ast.parse(entry.read_text("utf-8")).body[1:3]
        if [ast.unparse(node) for node in code] != ["from gevent import monkey", "monkey.patch_all()"]:
            remedy = "Reinstale esta versão: o arquivo foi mudado."
            yield Finding("processos", "wrong", f"alo {name} não começa pelo gevent ({entry})", remedy)
            return
    yield Finding("processos", "ok", f"{' e '.join(f'alo {name}' for name in entries)} começam pelo gevent")


def clock(now: datetime, reach: Reach, newest_source: datetime) -> Iterator[Finding]:
    """Whether our clock can be right: not before our own files were made, and the same as the database's."""
    remedy = "Acerte o relógio (NTP): horários de consultas e protocolos dependem dele."
    if now < newest_source - timedelta(days=1):
        yield Finding("relógio", "wrong", f"marca {now:%d/%m/%Y %H:%M} UTC, antes deste programa existir", remedy)
        return
    with suppress(Exception):  # an unreachable database has its own line
        apart = abs(reach.now() - now)
        if apart > CLOCKS_MAY_DIFFER:
            text = f"difere {apart.total_seconds():.0f} s do relógio do banco de dados"
            yield Finding("relógio", "wrong", text, remedy)
            return
    yield Finding("relógio", "ok", f"{now:%d/%m/%Y %H:%M} UTC")


def newest(folder: Path) -> datetime:
    """When the newest module below a folder was written."""
    return datetime.fromtimestamp(max(path.stat().st_mtime for path in folder.glob("*.py")), UTC)
