"""/entrar/oidc: in with the company's account; it opens only accounts the clinic already has."""

import base64
import binascii
import json
import logging
from datetime import timedelta
from hmac import compare_digest
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, request

from admin_web import access, cookies
from admin_web.access import Doors, Public
from admin_web.login import back_of, browser, let_in, to
from clinic.log_ins import WrongLogIn
from clinic.oidc import Begun, NotVouched, Provider, ProviderAway

if TYPE_CHECKING:
    from clinic.services import Clinic

log = logging.getLogger(__name__)
WHY = Public("another service shows who it is; without its word nothing opens")
WHYS = {"away": "empresa-fora", "refused": "empresa-recusou", "unknown": "empresa-sem-conta"}
UNDER_WAY, LASTS = "alo_oidc", timedelta(minutes=10)


class CompanyLogIn:
    """To the provider and back."""

    def __init__(self, clinic: "Clinic", provider: Provider) -> None:
        self._clinic, self._provider = clinic, provider

    def begin(self) -> Response:
        """To the provider; what the browser must bring back stays in a cookie of its own."""
        try:
            begun = self._provider.begin()
        except ProviderAway as gone:
            log.warning("the OpenID provider is away: %s", gone)
            return _sorry("away")
        reply: Response = redirect(begun.url, 303)  # type: ignore[assignment]
        kept = [begun.state, begun.nonce, begun.verifier, back_of(request.args.get("next"))]
        cookies.keep(request, reply, UNDER_WAY, base64.urlsafe_b64encode(json.dumps(kept).encode()).decode(), LASTS)
        return reply

    def finish(self) -> Response:
        """Back from the provider: whoever it vouches for is let in, if the clinic knows them."""
        begun, back = _under_way()
        code = request.args.get("code", "")
        if begun is None or not code or not compare_digest(begun.state, request.args.get("state", "")):
            return _sorry("refused")
        try:
            vouched = self._provider.finish(code, begun, request.args.get("iss"))
            identity = self._clinic.company_accounts.identity_of(vouched)
            reply = let_in(self._clinic.log_ins.by_subject(identity, browser()), back)
        except ProviderAway as gone:
            log.warning("the OpenID provider is away: %s", gone)
            return _sorry("away")
        except NotVouched as why:
            log.warning("the OpenID provider's word was not taken: %s", why)
            return _sorry("refused")
        except WrongLogIn:
            return _sorry("unknown")
        cookies.drop(request, reply, UNDER_WAY)
        return reply


def _under_way() -> tuple[Begun | None, str]:
    """What this browser began with, and where it wanted to go."""
    try:
        kept = json.loads(base64.urlsafe_b64decode(cookies.read(request, UNDER_WAY) or ""))
        state, nonce, verifier, back = map(str, kept)
    except (binascii.Error, ValueError, TypeError):
        return None, "/"
    return Begun("", state, nonce, verifier), back_of(back)


def _sorry(why: str) -> Response:
    """Back to the log-in, which says why: by its address, as a browser that comes from elsewhere brings no notices."""
    reply = to(f"{access.LOG_IN}?aviso={WHYS[why]}")
    cookies.drop(request, reply, UNDER_WAY)
    return reply


def blueprint(clinic: "Clinic", provider: Provider) -> Blueprint:
    """The two addresses of the company's account."""
    page = Blueprint("oidc", __name__, url_prefix="/entrar/oidc")
    doors, views = Doors(page), CompanyLogIn(clinic, provider)
    doors.rule("", "begin", views.begin, allow=WHY)
    doors.rule("/retorno", "finish", views.finish, allow=WHY)
    return page
