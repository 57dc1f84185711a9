"""What log-in needs to send: a new password, first access, an address to confirm, and what has been changed; by mail,
and by SMS to who has no e-mail on file.

Everything happens behind the caller's back, found or not found, sent or not: whoever asks learns nothing.
"""

import logging
import re
import secrets
import threading
from collections.abc import Callable

from clinic.audit import AuditTrail
from clinic.identities import Identity
from clinic.mailed_links import EnoughSent, MailedLinks, Purpose
from clinic.media.email import Mail, MailNotSent, Sender
from clinic.media.outgoing import Medium, NotSent, Outgoing
from clinic.profile import Profiles
from clinic.users import Account, Users

log = logging.getLogger(__name__)
PATHS: dict[Purpose, str] = {"reset": "/senha/nova", "invite": "/senha/nova", "confirm": "/entrar/confirmar"}
RESET = """Olá{name}.

Recebemos um pedido de senha nova para a sua conta na {clinic}. Para escolher a senha, abra:

{link}

O endereço vale por uma hora e funciona uma vez. Se não foi você que pediu, ignore este e-mail: nada muda.
"""
INVITE = """Olá{name}.

A {clinic} criou uma conta para você. Para escolher sua senha e entrar, abra:

{link}

O endereço vale por três dias e funciona uma vez. Depois disso, peça outro em "Esqueci minha senha".
"""
CONFIRM = """Olá{name}.

Para confirmar que este e-mail é seu, abra:

{link}

O endereço vale por dois dias. Se você não tem conta na {clinic}, ignore este e-mail.
"""
CHANGED = """Olá{name}.

{what} na {clinic}. Se foi você, não precisa fazer nada.

Se não foi, escolha outra senha já em {link} e avise a clínica.
"""
SUBJECTS: dict[Purpose, str] = {
    "reset": "Sua senha nova", "invite": "Sua conta na clínica", "confirm": "Confirme seu e-mail",
}  # fmt: skip
TEXTS: dict[Purpose, str] = {"reset": RESET, "invite": INVITE, "confirm": CONFIRM}
SHORT = "{clinic}: escolha sua senha do portal (vale {lasts}). Não pediu? Ignore. {link}"
"""For an SMS: no name, as numbers get new owners, and not a word of what is done at the clinic."""
LASTING: dict[Purpose, str] = {"reset": "1 hora", "invite": "3 dias", "confirm": "2 dias"}

NO_NAME = re.compile(r"[:/@<>\n\r]|www\.|\.com|\d{3}", re.IGNORECASE)
LONGEST_NAME = 80


def is_name(text: str) -> bool:
    """Whether it may be one: no address, no number, not a speech."""
    return not NO_NAME.search(text) and len(text) <= LONGEST_NAME


def called(name: str) -> str:
    """A name as a greeting takes it; nothing where it is no name: whoever registers could have us mail their words."""
    return f", {name}" if is_name(name) else ""


def in_background(work: Callable[[], None]) -> None:
    """Do it while the caller goes on: a mail server may take seconds, and an answer's time tells nothing."""
    threading.Thread(target=work, daemon=True).start()


class Letters:
    """Writes and sends the mails of log-in."""

    def __init__(
        self,
        sender: Sender,
        links: MailedLinks,
        users: Users,
        profiles: Profiles,
        audit: AuditTrail,
        pages_url: str,
        later: Callable[[Callable[[], None]], None] = in_background,
        sms: Medium | None = None,
    ) -> None:
        """`later` runs what the caller shall not wait for; `sms`: None where none can be sent."""
        self._sms = sms
        self._sender, self._links, self._users, self._profiles = sender, links, users, profiles
        self._audit, self._url, self._later = audit, pages_url, later

    @property
    def url(self) -> str:
        """Where the pages are."""
        return self._url

    def later(self, work: Callable[[], None]) -> None:
        """Do what nobody shall wait for, nor learn from how long it takes."""
        self._later(work)

    def write(self, email: str, subject: str, text: str) -> None:
        """One mail, now."""
        self._send(Mail(email, subject, text))

    @property
    def lies_in(self) -> str:
        """The folder in which mails end where no server is set; "" where they are sent."""
        return str(self._sender.folder or "")

    @property
    def has_sms(self) -> bool:
        """Whether who has no e-mail on file can be reached."""
        return self._sms is not None

    def text(self, user_id: int, purpose: Purpose, number: str) -> bool:
        """A link by SMS, now; False where it could not be sent. A number that has had its share of today gets none."""
        if self._sms is None:
            return False
        clinic = self._profiles.get().name
        try:
            link = self.link(user_id, purpose, number)
            words = SHORT.format(clinic=clinic, lasts=LASTING[purpose], link=link)
            self._sms.send(Outgoing(secrets.token_hex(16), number, "", words))
        except EnoughSent:
            log.warning("a telephone has had its links of today: no SMS was sent")
        except NotSent as error:
            log.error("an SMS was not sent: %s", error.reason)
            return False
        return True

    def forgot(self, identity: Identity) -> None:
        """Somebody forgot a password: a link to the e-mail on file, if there is one that was shown to be theirs; else
        to such a telephone, but not to who says nothing but its number, which may have a new owner.

        Who has no password yet gets their invitation again: the clinic itself gave that address.
        """
        self._later(lambda: self._forgot(identity))

    def invite(self, user_id: int, *, by: str) -> bool:
        """First access, by the e-mail on file; False when there is none."""
        email = self.email_of(user_id)
        if email is None:
            return False
        self._audit.add(by, "user.invited", "user", user_id)
        self._later(lambda: self._send_link(self._users.account(user_id), "invite", email))
        return True

    def confirm(self, user_id: int) -> bool:
        """Ask for the e-mail on file to be confirmed; False when there is none."""
        email = self.email_of(user_id)
        if email is None:
            return False
        self._later(lambda: self._send_link(self._users.account(user_id), "confirm", email))
        return True

    def changed(self, user_id: int, what: str, at: str | None = None) -> None:
        """Tell somebody what was changed ("Sua senha foi trocada"), so that nobody changes it unseen.

        `at`: an e-mail that was theirs, if they are known by it no more.
        """
        email = at or self.email_of(user_id, verified=True)
        if email is None:
            return
        clinic, name = self._profiles.get().name, self._users.account(user_id).name
        text = CHANGED.format(name=called(name), clinic=clinic, what=what, link=f"{self._url}/senha/esqueci")
        self._later(lambda: self._send(Mail(email, f"{what} · {clinic}", text)))

    def link(self, user_id: int, purpose: Purpose, email: str) -> str:
        """The whole address of a new link; for who hands it over without a mail."""
        return f"{self._url}{PATHS[purpose]}/{self._links.make(user_id, purpose, email)}"

    def email_of(self, user_id: int, verified: bool = False) -> str | None:
        """The e-mail somebody is known by; only one shown to be theirs, if asked so."""
        known = (one for one in self._users.known_by(user_id) if one.identity.kind == "email")
        return next((one.identity.value for one in known if one.verified or not verified), None)

    def _forgot(self, identity: Identity) -> None:
        account = self._users.find(identity)
        if account is None or not account.active:
            return
        purpose: Purpose = "reset" if account.password_hash else "invite"
        email = self.email_of(account.id, verified=purpose == "reset")
        if email:
            self._audit.add("system", "password.forgotten", "user", account.id)
            self._send_link(account, purpose, email)
        elif identity.kind != "phone" and (number := self._phone_of(account.id)):
            self._audit.add("system", "password.forgotten", "user", account.id)
            self.text(account.id, purpose, number)

    def _phone_of(self, user_id: int) -> str | None:
        known = (one for one in self._users.known_by(user_id) if one.identity.kind == "phone" and one.verified)
        return next((one.identity.value for one in known), None)

    def _send_link(self, account: Account, purpose: Purpose, email: str) -> None:
        clinic = self._profiles.get().name
        link = self.link(account.id, purpose, email)
        text = TEXTS[purpose].format(name=called(account.name), clinic=clinic, link=link)
        self._send(Mail(email, f"{SUBJECTS[purpose]} · {clinic}", text))

    def _send(self, mail: Mail) -> None:
        try:
            self._sender.send(mail)
        except (MailNotSent, ValueError) as error:
            log.error("a mail was not sent: %s", error if isinstance(error, MailNotSent) else "bad address")
