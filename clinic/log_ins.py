"""Logging in with a password, a code, or a provider's word.

Whoever has no account, a wrong password or no access any more learns the same.
"""

from dataclasses import dataclass

from clinic.audit import AuditTrail
from clinic.demo_accounts import PUBLISHED
from clinic.devices import Devices
from clinic.identities import Identity
from clinic.login_limits import LoginLimits, source_of
from clinic.passwords import Passwords
from clinic.second_factor import SecondFactor
from clinic.sessions import Awaits, HalfWay, Sessions
from clinic.users import Account, Users


class WrongLogIn(Exception):
    """It is not told what was wrong."""


class SessionOver(Exception):
    """The first step was too long ago, or never taken: log in again."""


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
        second: SecondFactor,
        audit: AuditTrail,
        demo: bool,
    ) -> None:
        """`demo`: nobody's data, so nobody has to set codes up."""
        self._users, self._passwords, self._sessions = users, passwords, sessions
        self._devices, self._limits, self._second = devices, limits, second
        self._audit, self._demo = audit, demo

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
        return self._let_in(account, browser, "password")

    def by_subject(self, identity: Identity, browser: Browser) -> LoggedIn:
        """Log in somebody an OpenID provider has vouched for. Raises WrongLogIn."""
        account = self._users.find(identity)
        if not (account and account.active):
            self._audit.add("system", "login.failed", "user", account.id if account else None, "oidc")
            raise WrongLogIn
        return self._let_in(account, browser, "oidc")

    def by_code(self, token: str, code: str, browser: Browser) -> LoggedIn:
        """The second step: the code. Raises SessionOver, WrongLogIn, TooManyTries."""
        half = self._half_way(token, "code")
        if not self._second.check(half.user_id, code, self._devices.known(browser.device, half.user_id)):
            raise WrongLogIn
        return self._complete(token, half, browser)

    def setting_up(self, token: str) -> Account:
        """Who has to set codes up before anything else. Raises SessionOver."""
        return self._users.account(self._half_way(token, "setup").user_id)

    def after_setup(self, token: str, browser: Browser) -> LoggedIn:
        """Codes are set up. Raises SessionOver."""
        return self._complete(token, self._half_way(token, "setup"), browser)

    def _let_in(self, account: Account, browser: Browser, how: str) -> LoggedIn:
        awaits = self._still_asked_for(account, how)
        token = self._sessions.open(account.id, how=how, agent=browser.agent, address=browser.address, awaits=awaits)
        return LoggedIn(account.id, token, "" if awaits else self._arrived(account.id, browser, how), awaits)

    def _complete(self, token: str, half: HalfWay, browser: Browser) -> LoggedIn:
        """A new token for a session that counts: the old one was known before it did."""
        self._sessions.leave(token)
        new = self._sessions.open(half.user_id, how=half.how, agent=browser.agent, address=browser.address)
        return LoggedIn(half.user_id, new, self._arrived(half.user_id, browser, half.how), None)

    def _half_way(self, token: str, awaits: Awaits) -> HalfWay:
        half = self._sessions.half_way(token)
        if half is None or half.awaits != awaits:
            raise SessionOver
        return half

    def _arrived(self, user_id: int, browser: Browser, how: str) -> str:
        """Nothing more is asked for: note it, and remember the browser; its token."""
        self._audit.add(f"user:{user_id}", "login", "user", user_id, how)
        return self._devices.remember(user_id, browser.device)

    def _still_asked_for(self, account: Account, how: str) -> Awaits | None:
        if account.has_totp:
            return "code"
        must = account.is_staff and how == "password" and self._second.available and not self._demo
        return "setup" if must else None
