"""/correio: the mails that went nowhere, because no mail server is set; in the demo the mailbox of everybody."""

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, render_template, request, url_for

from admin_web import security
from admin_web.access import ADMINS, Doors, Public, somebody
from admin_web.address import number
from clinic.media.email import calendar
from clinic.media.email.folder import MailFolder

if TYPE_CHECKING:
    from clinic.services import Clinic

WHY = "the demo's mails are to made-up people, and only this machine may ask"
PAGE = 25
INSIDE = "; ".join(
    (
        "sandbox allow-popups allow-popups-to-escape-sandbox",
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "base-uri 'self'",
        "frame-ancestors 'self'",
    )
)
"""A mail shows itself and its links open elsewhere; it runs nothing, fetches nothing and is nobody's page."""
ELSEWHERE = '<base target="_blank">'
DEEDS = {"REQUEST": "Põe a consulta no calendário", "CANCEL": "Tira a consulta do calendário"}


class MailCatcher:
    """The list, and one mail with its parts."""

    def __init__(self, clinic: "Clinic", mails: MailFolder) -> None:
        self._clinic, self._mails = clinic, mails

    def page(self) -> str:
        """The newest first."""
        after = number(request.args.get("depois")) or 0
        found = self._mails.newest(PAGE + 1, after)
        self._seen("mail.listed")
        return render_template(
            "mail_catcher/page.html",
            mails=found[:PAGE],
            newer=url_for("mail_catcher.page", depois=max(0, after - PAGE)) if after else "",
            older=url_for("mail_catcher.page", depois=after + PAGE) if len(found) > PAGE else "",
            zone=self._clinic.units.clock_zone(),
        )

    def mail(self, mail_id: str) -> Response:
        """One of them: as a mail program shows it, as text, and its appointment."""
        found = self._mails.open(mail_id) or abort(404)
        self._seen("mail.read")
        shown = render_template(
            "mail_catcher/mail.html",
            mail=found,
            entry=calendar.read(found.calendar) if found.calendar else None,
            deeds=DEEDS,
            zone=self._clinic.units.clock_zone(),
        )
        return Response(shown, headers={security.POLICY: f"{security.of_page()}; frame-src 'self'"})

    def inside(self, mail_id: str) -> Response:
        """Its HTML, shut in."""
        found = self._mails.open(mail_id) or abort(404)
        html = found.html.replace("<head>", f"<head>{ELSEWHERE}", 1)
        return Response(html, headers={security.POLICY: INSIDE, "X-Frame-Options": "SAMEORIGIN"})

    def _seen(self, what: str) -> None:
        looking = somebody()
        if looking:
            self._clinic.audit.add(looking.ref, what)


def blueprint(clinic: "Clinic", mails: MailFolder, *, demo: bool = False) -> Blueprint:
    """The page /correio; outside of the demo for admins alone, as mails carry ways to log in."""
    page = Blueprint("mail_catcher", __name__, url_prefix="/correio")
    doors, views = Doors(page), MailCatcher(clinic, mails)
    allow = Public(WHY) if demo else ADMINS
    if demo:
        page.before_request(security.local_only())
    doors.rule("", "page", views.page, allow=allow)
    doors.rule("/<mail_id>", "mail", views.mail, allow=allow)
    doors.rule("/<mail_id>/conteudo", "inside", views.inside, allow=allow)
    return page
