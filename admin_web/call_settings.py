"""/ajustes: how the clinic answers: the call, the rules of booking, the texts."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin_web import leaving
from admin_web.access import MANAGERS, Doors, viewer
from admin_web.fields import Field, differences, read, shown
from admin_web.replanning import told
from clinic.practice import Visit
from clinic.profile import ChangedMeanwhile, Profile

if TYPE_CHECKING:
    from clinic.services import Clinic

LOGIN = "required"
STALE = "Outra pessoa guardou os ajustes enquanto você escrevia. Confira e guarde de novo para valer o seu."
SECTIONS: tuple[tuple[str, tuple[Field, ...]], ...] = (
    ("A clínica", (
        Field("name", "Nome da clínica", required=True, missing="A clínica precisa de um nome."),
        Field("spoken_name", "Como se pronuncia", hint="Só se o nome for lido errado ao telefone."),
        Field("registration", "Inscrição no CRM", hint="Como “CRM-SP 987654”; fica ao pé de cada página.", longest=60),
        Field("technical_director", "Direção técnica", hint="Como “Dra. Helena Prado, CRM-SP 54321”."),
    )),
    ("A ligação", (
        Field("recording_notice", "Avisar que a ligação pode ser gravada", "tick"),
        Field("known_numbers", "Número conhecido: pedir só a data de nascimento", "tick",
              "Encurta a ligação de quem liga do próprio telefone. Nada sobre o paciente é dito antes."),
        Field("ask_unit", "Perguntar em que unidade", "tick", "Só quando há mais de uma."),
        Field("ask_payer", "Perguntar quem paga", "tick", "Só quando há convênios."),
        Field("ask_modality", "Perguntar se é presencial ou por vídeo", "tick", "Só onde há os dois."),
        Field("rating", "Pedir uma nota de 1 a 5 no fim", "tick"),
        Field("operadora", "A clínica é operadora de plano de saúde", "tick",
              "Decreto 11.034/2022: protocolo no começo, cancelamento do plano entre as primeiras opções, "
              "gravações guardadas."),
        Field("trunk_number", "Número do tronco", "phone",
              "O que a operadora manda quando o número de quem liga não vem; não identifica ninguém."),
        Field("max_bookings_per_number", "Marcações por número e dia", "number",
              "Um mesmo número não marca mais que isso por dia.", required=True, least=1, most=50),
    )),
    ("Marcar e desmarcar", (
        Field("booking_days", "Dias à frente", "number", "Até quantos dias à frente há vagas.", required=True,
              least=1, most=365),
        Field("min_notice_minutes", "Antecedência para marcar", "number",
              "Em minutos: vagas mais próximas que isso não são oferecidas.", required=True, most=10_080),
        Field("notice_hours", "Aviso para desmarcar", "number",
              "Em horas: quem desmarca mais tarde ouve o que a clínica pede.", required=True, most=240),
        Field("max_future_appointments", "Consultas futuras por paciente", "number", "Ao mesmo tempo.", required=True,
              least=1, most=20),
        Field("no_shows", "Faltas até marcar só com a recepção", "number",
              "Depois de tantas faltas, o portal e o telefone levam o paciente à recepção, que marca com ele. "
              "Zero: não há esta regra.", required=True, most=20),
        Field("no_show_months", "Contar as faltas dos últimos meses", "number",
              "Faltas mais antigas, ou abonadas, não contam.", required=True, least=1, most=36),
        Field("return_notice_days", "Lembrar do retorno", "number",
              "Quantos dias antes do fim do prazo: uma mensagem a quem não marcou. Para desligar: Textos.",
              required=True, least=1, most=90),
        Field("hold_minutes", "Minutos para decidir", "number",
              "Por quanto tempo o horário fica guardado enquanto alguém decide.", required=True, least=1, most=30),
        Field("noon", "A tarde começa às", "time", required=True),
        Field("optional_holidays", "Fechar nos pontos facultativos", "tick", "Carnaval, Corpus Christi e semelhantes."),
    )),
    ("Textos", (
        Field("portal_welcome", "Boas-vindas", "area", "O que o paciente lê primeiro no site.", longest=600),
        Field("privacy_notice", "Aviso de privacidade", "area",
              "Vazio: o texto que acompanha o sistema. Cada mudança é uma versão nova, que todos leem de novo.",
              longest=20_000),
    )),
)  # fmt: skip
FIELDS = tuple(field for _, fields in SECTIONS for field in fields)
LABELS = {field.name: field.label for field in FIELDS}


class CallSettings:
    """The page and its form."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def page(self) -> str:
        """The settings as they stand."""
        seen, profile = self._now()
        return self._shown(shown(FIELDS, profile.model_dump()), {}, seen)

    def save(self) -> str | Response | tuple[str, int]:
        """Keep them, unless somebody else has meanwhile; what was typed stays in any case."""
        values, errors = read(FIELDS, request.form)
        seen = request.form.get("seen", "")
        if errors:
            return self._shown(request.form, errors, seen), 422
        hits = leaving.by_optional(self._clinic, self._clinic.profile.get(), values)
        if not leaving.were_told(hits):
            return self._shown(request.form, {}, seen, hits=hits)
        try:
            self._clinic.profile.change({name: _or_none_said(name, value) for name, value in values.items()}, seen)
        except ChangedMeanwhile:
            now, profile = self._now()
            theirs = differences(FIELDS, profile.model_dump(), values)
            return self._shown(request.form, {"": STALE}, now, theirs), 409
        self._clinic.audit.add(viewer().ref, "profile.changed", "profile", 1)
        leaving.offer(self._clinic, hits, "feriado")
        flash("Ajustes guardados. Valem a partir da próxima ligação.", "good")
        return redirect(url_for("call_settings.page"), 303)

    def _now(self) -> tuple[str, Profile]:
        """The stamp and then the settings: what is saved between the two is a conflict, and never written over."""
        profiles = self._clinic.profile
        seen = profiles.stamp()
        profiles.forget()  # another process may have saved since they were read
        return seen, profiles.get()

    def _shown(
        self,
        values: Mapping[str, str],
        errors: Mapping[str, str],
        seen: str,
        theirs: Sequence[tuple[str, str]] = (),
        hits: Sequence[Visit] = (),
    ) -> str:
        return render_template(
            "call_settings/page.html", sections=SECTIONS, values=values, errors=errors, seen=seen, labels=LABELS,
            theirs=theirs, **told(self._clinic),
            **(leaving.told(self._clinic, "profile", 1, list(hits), closing=True) if hits else {}),
        )  # fmt: skip


def _or_none_said(name: str, value: object) -> object:
    """An empty field is what the profile has where nothing was ever said."""
    return Profile.model_fields[name].default if value is None else value


def blueprint(clinic: "Clinic") -> Blueprint:
    """The page /ajustes, for managers."""
    page = Blueprint("call_settings", __name__, url_prefix="/ajustes")
    views, doors = CallSettings(clinic), Doors(page)
    doors.rule("", "page", views.page, allow=MANAGERS)
    doors.rule("", "save", views.save, allow=MANAGERS, methods=("POST",))
    return page
