"""The pages of logging in and of one's own account, put together."""

from collections.abc import Callable
from datetime import tzinfo
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from admin_web import account, login, login_codes, oidc, password, registration
from clinic.demo_accounts import ACCOUNTS
from clinic.oidc import provider_of
from clinic.settings import Settings

if TYPE_CHECKING:
    from clinic.services import Clinic


def install(app: Flask, clinic: "Clinic", settings: Settings, zone: Callable[[], tzinfo]) -> None:
    """Register them; believe what as many proxies say as are set, and not one more."""
    if hops := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    demo = ACCOUNTS if settings.demo else ()
    mails = str(settings.mail_dir) if settings.demo and not settings.smtp_url.get_secret_value() else ""
    provider = provider_of(settings, clinic.clock)
    company = settings.oidc_name if provider else ""
    app.register_blueprint(login.blueprint(clinic.log_ins, clinic.sessions, demo, company))
    if provider:
        app.register_blueprint(oidc.blueprint(clinic, provider))
    app.register_blueprint(login_codes.blueprint(clinic))
    app.register_blueprint(password.blueprint(clinic, mails))
    app.register_blueprint(registration.blueprint(clinic, mails))
    app.register_blueprint(account.blueprint(clinic, zone))
