"""/c/…: what a link in a message leads to. Opening it only shows: programs that look for viruses open links too."""

import secrets
from datetime import timedelta, tzinfo
from typing import TYPE_CHECKING, NoReturn

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for

from admin_web import portal_words
from admin_web.access import Doors, Public
from admin_web.address import day_near
from admin_web.messages_move import Mover, NotNow
from admin_web.portal_visits import faults_of
from clinic.bookings import NotYours, Overlaps, SlotTaken, WrongStatus
from clinic.login_limits import source_of
from clinic.messages.answers import Asked, LinkExpired
from clinic.programs import TooManyRequests
from clinic.quotas import QuotaFull
from clinic.surveys import LONGEST, SCORES, NotAsked, Settled
from clinic.written import one_line

if TYPE_CHECKING:
    from clinic.services import Clinic

WHY = "whoever got the message holds its signed link; it shows no more than the message said"
PER_MINUTE = 40
TOO_LATE = "Passou o tempo de desfazer. Para voltar atrás, marque de novo ou ligue para a clínica."
CHANGED = "Esta consulta mudou enquanto você olhava. Veja abaixo como está agora."
Answer = Response | str | tuple[str, int]


class Replies:
    """One appointment, known by the link, and what can be done with it."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic, self._times = clinic, Mover(clinic)

    def page(self, token: str) -> Answer:
        """How it stands, and what can be done."""
        return self._shown(token, self._asked(token))

    def confirm(self, token: str) -> Answer:
        """They will come; twice is no harm."""
        asked = self._asked(token)
        try:
            self._clinic.messages.answers.confirm(asked)
        except (WrongStatus, NotYours):
            return self._shown(token, self._asked(token), said=CHANGED), 409
        flash("Presença confirmada. Até lá!", "good")
        return _to("message_reply.page", token)

    def cancel(self, token: str) -> Answer:
        """They will not come, and say why."""
        asked = self._asked(token)
        if asked.status == "cancelled":  # the same form again: what it wanted is so
            return _to("message_reply.page", token, desfazer=1)
        reason, note = request.form.get("reason", ""), one_line(request.form.get("note", ""))
        if errors := faults_of(reason, note):
            return self._shown(token, asked, errors), 422
        try:
            self._clinic.messages.answers.cancel(asked, reason, note)
        except (WrongStatus, NotYours):
            return self._shown(token, self._asked(token), said=CHANGED), 409
        said = "Consulta desmarcada. Obrigado por avisar: outra pessoa poderá usar o horário."
        flash(portal_words.GAVE_UP_ASKING if asked.status == "pending" else said, "good")
        return _to("message_reply.page", token, desfazer=1)

    def undo(self, token: str) -> Answer:
        """As it was before they cancelled."""
        try:
            self._clinic.messages.answers.undo(self._asked(token))
        except (SlotTaken, Overlaps, WrongStatus, NotYours, QuotaFull) as error:
            flash(portal_words.QUOTA_TAKEN if isinstance(error, QuotaFull) else TOO_LATE, "error")
        else:
            flash("Desfeito: a consulta voltou ao que era.", "good")
        return _to("message_reply.page", token)

    def times(self, token: str) -> Answer:
        """Other times with the same doctor."""
        asked = self._asked(token)
        if not asked.open or asked.slot_id is None:
            return _to("message_reply.page", token)
        return self._other_times(token, asked)

    def move(self, token: str) -> Answer:
        """To the time that was chosen; the old one is kept until then. The same form sent twice moves once."""
        asked = self._asked(token)
        try:
            new = self._times.move(asked)
        except NotNow as not_now:
            return self._other_times(token, asked, not_now.said), 409
        except (WrongStatus, NotYours):
            return self._shown(token, self._asked(token), said=CHANGED), 409
        if new.status == "pending":
            flash("Pedido de mudança enviado: o horário antigo vale até a resposta.", "news")
        else:
            flash("Pronto: a consulta mudou de horário.", "good")
        return _to("message_reply.page", token)

    def wishes(self, token: str) -> Answer:
        """Whether they get reminders."""
        asked = self._asked(token, ever=True)
        return self._render("messages/link_wishes.html", token, asked, wish=self._clinic.messages.answers.wishes(asked))

    def wish(self, token: str) -> Answer:
        """Reminders or none; also as one click of a mail program, which wants no page."""
        asked = self._asked(token, ever=True)
        wanted = request.form.get("lembretes") == "1"
        self._clinic.messages.answers.remind(asked, wanted)
        if request.form.get("List-Unsubscribe") == "One-Click":
            return Response("Pronto.", mimetype="text/plain")
        flash("Você volta a receber lembretes." if wanted else "Pronto: não enviaremos mais lembretes.", "good")
        return _to("message_reply.wishes", token)

    def score(self, token: str) -> Answer:
        """How was it? What was said already may be said otherwise for a day."""
        return self._scored(token, self._asked(token, ever=True))

    def keep_score(self, token: str) -> Answer:
        """One answer for each visit."""
        asked, typed = self._asked(token, ever=True), request.form.get("score", "")
        comment = request.form.get("comment", "").strip()
        errors = {} if typed in map(str, SCORES) else {"score": "Escolha uma nota de 0 a 10."}
        if len(comment) > LONGEST:
            errors["comment"] = f"Cabe até {LONGEST} letras."
        if errors:
            return self._scored(token, asked, errors), 422
        try:
            self._clinic.messages.surveys.answer(asked.id, int(typed), comment, asked.link.via)
        except (NotAsked, Settled):
            return self._scored(token, asked), 409
        flash("Obrigado! Sua nota foi guardada.", "good")
        return _to("message_reply.score", token)

    def ask_no_more(self, token: str) -> Answer:
        """Whether they may be asked again after other visits."""
        wanted = request.form.get("pesquisas") == "1"
        self._clinic.messages.answers.asks(self._asked(token, ever=True), wanted)
        flash("Você pode voltar a receber pesquisas." if wanted else "Pronto: não perguntaremos mais.", "good")
        return _to("message_reply.score", token)

    def _scored(self, token: str, asked: Asked, errors: dict[str, str] | None = None) -> str:
        surveys = self._clinic.messages.surveys
        said = surveys.of(asked.id)
        may = surveys.is_open(asked.id) and (said is None or self._clinic.clock() < said.until)
        known = {"score": str(said.score), "comment": said.comment} if said else {}
        return self._render(
            "messages/link_score.html", token, asked, errors=errors or {}, values=request.form or known, said=said,
            may=may, scores=SCORES, wish=self._clinic.messages.answers.wishes(asked),
        )  # fmt: skip

    def _asked(self, token: str, *, ever: bool = False) -> Asked:
        """What the link is for; a page that says why where it leads nowhere, or where somebody asks too often."""
        try:
            self._clinic.programs.count(f"link:{source_of(request.remote_addr or '')}", PER_MINUTE)
            asked = self._clinic.messages.answers.read(token, ever=ever)
        except TooManyRequests as many:
            self._nowhere("wait", 429, seconds=many.seconds)
        except LinkExpired:
            self._nowhere("expired", 410)
        return asked or self._nowhere("unknown", 404)

    def _nowhere(self, why: str, status: int, **more: object) -> NoReturn:
        phones = [unit.phone for unit in self._clinic.units.all() if unit.phone]
        abort(make_response(render_template("messages/link_nowhere.html", why=why, phones=phones[:1], **more), status))

    def _shown(self, token: str, asked: Asked, errors: dict[str, str] | None = None, said: str = "") -> str:
        if asked.patient_id and asked.patient:
            self._clinic.audit.add("link", "patient.read", "patient", asked.patient_id, f"appointment:{asked.id}")
        until = self._clinic.portal.visits.undo_until(asked.id, asked.link.via) if "desfazer" in request.args else None
        return self._render(
            "messages/link.html", token, asked, errors=errors or {}, values=request.form, said=said, until=until,
            reasons=portal_words.REASONS, protocol=self._clinic.desk.protocols.last_of(asked.id),
            may_move=asked.open and asked.slot_id is not None,
        )  # fmt: skip

    def _other_times(self, token: str, asked: Asked, said: str = "") -> str:
        zone = self._zone(asked)
        today = self._clinic.clock().astimezone(zone).date()
        since = max(day_near(request.args.get("dia"), today), today)
        return self._render(
            "messages/link_times.html", token, asked, said=said, days=self._times.by_day(asked, since),
            since=since, today=today, latest=today + timedelta(days=self._clinic.profile.get().booking_days),
            once=request.form.get("once") or secrets.token_urlsafe(12),
        )  # fmt: skip

    def _render(self, template: str, token: str, asked: Asked, **more: object) -> str:
        roster = self._clinic.desk.roster()
        return render_template(
            template, token=token, asked=asked, doctor=roster.doctors[asked.doctor_id], units=roster.unit,
            unit=roster.unit[asked.unit_id], zone=self._zone(asked), **more,
        )  # fmt: skip

    def _zone(self, asked: Asked) -> tzinfo:
        return self._clinic.units.get(asked.unit_id).tz


def _to(endpoint: str, token: str, **more: object) -> Response:
    return redirect(url_for(endpoint, token=token, **more), 303)  # type: ignore[return-value,arg-type]


def blueprint(clinic: "Clinic") -> Blueprint:
    """The pages below /c, for who holds a link."""
    page = Blueprint("message_reply", __name__, url_prefix="/c/<token>")
    views, doors, open_to_all = Replies(clinic), Doors(page), Public(WHY)
    doors.rule("", "page", views.page, allow=open_to_all)
    doors.rule("/remarcar", "times", views.times, allow=open_to_all)
    doors.rule("/avisos", "wishes", views.wishes, allow=open_to_all)
    doors.rule("/nota", "score", views.score, allow=open_to_all)
    for words, name, view in (
        ("confirmar", "confirm", views.confirm), ("desmarcar", "cancel", views.cancel),
        ("desfazer", "undo", views.undo), ("remarcar", "move", views.move), ("avisos", "wish", views.wish),
        ("nota", "keep_score", views.keep_score), ("pesquisas", "ask_no_more", views.ask_no_more),
    ):  # fmt: skip
        doors.rule(f"/{words}", name, view, allow=open_to_all, methods=("POST",))
    return page
