"""Logging in with a password. Whoever has no account, a wrong password or no access any more learns the same."""

from dataclasses import dataclass

from clinic.audit import AuditTrail
from clinic.devices import Devices
from clinic.identities import Identity
from clinic.login_limits import LoginLimits, source_of
from clinic.passwords import PUBLISHED, Passwords
from clinic.sessions import Awaits, Sessions
from clinic.users import Account, Users


class WrongLogIn(Exception):
    """It is not told what was wrong."""


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody logs in: its words for itself, its address, and its token from an earlier log-in."""

    agent: str
    address: str
    device: str | None = None


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """What a browser gets: the session's token and its own; `awaits`: what is still asked for."""

    user_id: int
    token: str
    device: str
    awaits: Awaits | None


class LogIns:
    """Lets people in and out."""

    def __init__(
        self,
        users: Users,
        passwords: Passwords,
        sessions: Sessions,
        devices: Devices,
        limits: LoginLimits,
        audit: AuditTrail,
        demo: bool,
    ) -> None:
        """`demo`: nobody's data, so no codes are asked for."""
        self._users, self._passwords, self._sessions = users, passwords, sessions
        self._devices, self._limits, self._audit, self._demo = devices, limits, audit, demo

    def by_password(self, identity: Identity, password: str, browser: Browser) -> LoggedIn:
        """Log in. Raises WrongLogIn, TooManyTries, and TooBusy when too many passwords wait to be checked."""
        account = self._users.find(identity)
        device = self._devices.known(browser.device, account.id if account else None)
        attempt = self._limits.attempt(f"{identity.kind}:{identity.value}", source_of(browser.address, device))
        stored = account.password_hash if account else None
        fits = self._passwords.fits(password, stored) and (self._demo or password != PUBLISHED)
        if not (account and account.active and fits):
            self._audit.add("system", "login.failed", "user", account.id if account else None, "password")
            raise WrongLogIn
        self._limits.succeeded(attempt)
        if stored and self._passwords.grown_old(stored):
            self._passwords.store(account.id, self._passwords.hash(password))
        return self.let_in(account, browser, "password")

    def let_in(self, account: Account, browser: Browser, how: str) -> LoggedIn:
        """Open a session for somebody who has shown who they are."""
        awaits = self._still_asked_for(account)
        token = self._sessions.open(account.id, how=how, agent=browser.agent, address=browser.address, awaits=awaits)
        return LoggedIn(account.id, token, "" if awaits else self.arrived(account.id, browser, how), awaits)

    def arrived(self, user_id: int, browser: Browser, how: str) -> str:
        """Nothing more is asked for: note it, and remember the browser; its token."""
        self._audit.add(f"user:{user_id}", "login", "user", user_id, how)
        return self._devices.remember(user_id, browser.device)

    def _still_asked_for(self, account: Account) -> Awaits | None:
        if account.has_totp:
            return "code"
        return "setup" if account.is_staff and not self._demo else None
