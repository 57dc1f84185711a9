"""OpenID Connect: another service (the clinic's company account) vouches for who somebody is.

Code flow with PKCE, state and nonce; the token's signature, issuer, audience and times are checked with the keys the
provider publishes. No page and no account is known here.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from clinic.clock import Clock
from clinic.settings import Settings

PATIENCE_S = 10
KNOWN_FOR_S = 3600.0
LEEWAY_S = 60
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
SCOPES = "openid email profile"
RETURN_PATH = "/entrar/oidc/retorno"


class ProviderAway(Exception):
    """The provider does not answer, or not as one."""


class NotVouched(Exception):
    """What came back does not show who it is; the text says why, for the log, and names nobody."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A log-in under way: where to send the browser, and what it must bring back."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Vouched:
    """Who the provider says it is. `email` is None unless the provider says it checked it."""

    issuer: str
    subject: str
    email: str | None


class Provider:
    """One OpenID provider; what it says of itself is fetched when first needed, and again every hour."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str,
        return_to: str,
        clock: Clock,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer, self._client_id, self._secret = issuer, client_id, client_secret
        self._return_to, self._clock, self._ticks = return_to, clock, ticks
        self._known: tuple[float, dict[str, Any], KeySet] | None = None
        self._lock = Lock()

    def begin(self) -> Begun:
        """Begin a log-in. Raises ProviderAway."""
        told, _ = self._told()
        nonce, verifier = generate_token(32), generate_token(64)
        with self._session() as session:
            url, state = session.create_authorization_url(
                told["authorization_endpoint"], nonce=nonce, code_verifier=verifier
            )
        return Begun(url, state, nonce, verifier)

    def finish(self, code: str, begun: Begun, issuer: str | None = None) -> Vouched:
        """Trade the code that came back for who it is. Raises NotVouched, ProviderAway.

        `issuer`: what came back as "iss", so that no other provider's code is taken for this one's (RFC 9207).
        """
        told, keys = self._told()
        if issuer is not None and issuer != told["issuer"]:
            raise NotVouched("another issuer")
        try:
            with self._session() as session:
                token = session.fetch_token(
                    told["token_endpoint"], code=code, code_verifier=begun.verifier, timeout=PATIENCE_S
                )
                claims = self._checked(token, told, keys, begun.nonce)
                return self._vouched(claims, told, session)
        except requests.RequestException as error:
            raise ProviderAway(type(error).__name__) from None
        except (AuthlibBaseError, JoseError, KeyError, ValueError) as error:
            raise NotVouched(type(error).__name__) from None

    def _checked(self, token: dict[str, Any], told: dict[str, Any], keys: KeySet, nonce: str) -> CodeIDToken:
        offered = told.get("id_token_signing_alg_values_supported") or ["RS256"]
        found = jwt.decode(token["id_token"], keys, algorithms=[one for one in offered if one in ALGORITHMS])
        wanted = {
            "iss": {"essential": True, "value": told["issuer"]},
            "aud": {"essential": True, "value": self._client_id},
        }
        params = {"nonce": nonce, "client_id": self._client_id, "access_token": token.get("access_token")}
        claims = CodeIDToken(found.claims, found.header, wanted, params)
        claims.validate(now=int(self._clock().timestamp()), leeway=LEEWAY_S)
        return claims

    def _vouched(self, claims: CodeIDToken, told: dict[str, Any], session: OAuth2Session) -> Vouched:
        subject, more = str(claims["sub"]), dict(claims)
        if "email" not in more and told.get("userinfo_endpoint"):
            more = session.get(told["userinfo_endpoint"], timeout=PATIENCE_S).json()
            if more.get("sub") != subject:
                raise NotVouched("another subject")
        email = str(more.get("email") or "") if more.get("email_verified") is True else ""
        return Vouched(told["issuer"], subject, email or None)

    def _session(self) -> OAuth2Session:
        return OAuth2Session(
            self._client_id,
            self._secret or None,
            scope=SCOPES,
            redirect_uri=self._return_to,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if self._secret else "none",
        )

    def _told(self) -> tuple[dict[str, Any], KeySet]:
        """What the provider says of itself, and its keys."""
        with self._lock:
            if self._known is None or self._ticks() - self._known[0] > KNOWN_FOR_S:
                self._known = (self._ticks(), *self._asked())
            return self._known[1], self._known[2]

    def _asked(self) -> tuple[dict[str, Any], KeySet]:
        try:
            told = requests.get(f"{self._issuer}/.well-known/openid-configuration", timeout=PATIENCE_S).json()
            if str(told["issuer"]).rstrip("/") != self._issuer:
                raise ProviderAway("another issuer")
            keys = KeySet.import_key_set(requests.get(told["jwks_uri"], timeout=PATIENCE_S).json())
        except (requests.RequestException, KeyError, TypeError, ValueError, JoseError) as error:
            raise ProviderAway(type(error).__name__) from None
        return told, keys


def provider_of(settings: Settings, clock: Clock) -> Provider | None:
    """The provider of the settings, or None."""
    if not settings.oidc_issuer:
        return None
    secret = settings.oidc_client_secret.get_secret_value()
    return_to = f"{settings.pages_url}{RETURN_PATH}"
    return Provider(settings.oidc_issuer, settings.oidc_client_id, secret, return_to, clock)
