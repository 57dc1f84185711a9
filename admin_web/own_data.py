"""/portal/meus-dados: what is kept of oneself: seeing, correcting, taking along, and asking for it to be erased."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for

from admin_web import access, desk_words
from admin_web.access import PATIENTS, Doors, viewer
from admin_web.address import number
from admin_web.fields import visible
from admin_web.patient_typed import seen
from admin_web.portal_own import people_of, person_of
from admin_web.words import phone
from clinic.cards import PatientData
from clinic.patient_forms import Invalid
from clinic.people import Person
from clinic.profile import ChangedMeanwhile

if TYPE_CHECKING:
    from clinic.services import Clinic

LONGEST = 1000
LABELS = {"phones": "Telefones", "email": "E-mail", "text": "O que corrigir", "sure": "Apagar meu contato"}
KINDS = {"access": "Acesso ao portal", "correction": "Correção", "erasure": "Apagar contato"}
STATES = {"open": "à espera da recepção", "done": "atendido", "refused": "não pôde ser atendido"}
CHANGED = "O contato mudou enquanto você escrevia. Confira e guarde de novo para valer o seu."
NO_WAY = "Deixe pelo menos um telefone ou um e-mail: é por ele que a clínica avisa de mudanças."
Answer = Response | str | tuple[str, int]


class OwnData:
    """The page, and what its forms do; everything also for dependants."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def page(self) -> str:
        """All of it."""
        return self._page(self._person(request.args))

    def contact(self) -> Answer:
        """Telephones and e-mail, corrected at once."""
        person, given = self._person(request.form), request.form
        try:
            self._clinic.portal.own_data.set_contact(
                person.id, given.get("phones", ""), given.get("email", ""), viewer().ref,
                lambda now: seen(_contact(now)) == given.get("seen"),
            )  # fmt: skip
        except ChangedMeanwhile:
            return self._page(person, {"": CHANGED}, {**given, "seen": ""}, self._theirs(person, given)), 409
        except Invalid as wrong:
            errors = desk_words.problems(wrong.problems) | ({"phones": NO_WAY} if "none" in _why(wrong) else {})
            return self._page(person, errors, given), 422
        return _done("Contato atualizado. Se o e-mail mudou, confirme pelo endereço que enviamos.", person)

    def _theirs(self, person: Person, given: Mapping[str, str]) -> list[tuple[str, str]]:
        """What somebody else has saved where something else was typed."""
        now = _contact(self._clinic.desk.cards.patient(person.id))
        return [(LABELS[name], said or "nada") for name, said in now.items() if said != given.get(name, "").strip()]

    def correct(self) -> Answer:
        """Name, CPF, birth date: the desk looks at a document first."""
        person, text = self._person(request.form), visible(request.form.get("text", "")).strip()
        if not text or len(text) > LONGEST:
            said = f"Use até {LONGEST} letras." if text else "Escreva o que está errado e como é o certo."
            return self._page(person, {"text": said}, request.form), 422
        self._clinic.portal.requests.ask(person.id, "correction", text)
        return _done("Pedido enviado. A recepção confere e responde em até 15 dias.", person)

    def agree(self) -> Answer:
        """What care does not need, on or off."""
        person = self._person(request.form)
        wanted = {one: request.form.get(one) == "1" for one in ("marketing", "training")}
        self._clinic.portal.privacy.agree(person.id, wanted, viewer().ref)
        return _done("Suas escolhas foram guardadas.", person)

    def read(self) -> Answer:
        """The notice as it stands was read."""
        person, version = self._person(request.form), self._clinic.portal.privacy.notice().version
        if request.form.get("version") != str(version):
            flash("O aviso mudou agora há pouco. Leia a versão nova.", "error")
        else:
            self._clinic.portal.privacy.acknowledge(person.id, version, viewer().ref)
            flash("Obrigado. Registramos que você leu o aviso.", "good")
        return _back(person)

    def erase(self) -> Answer:
        """Contact goes at once where nobody has to be reached any more; else the desk sees to it."""
        person = self._person(request.form)
        if request.form.get("sure") != "1":
            return self._page(person, {"sure": "Marque que entendeu o que acontece."}, request.form), 422
        requests, by = self._clinic.portal.requests, viewer().ref
        request_id = requests.ask(person.id, "erasure")
        if requests.needs_contact(person.id):
            return _done("Pedido registrado. Há consulta ou espera em aberto: a recepção apaga depois delas.", person)
        own = person.id == viewer().patient_id
        requests.anonymise(person.id, by)
        requests.settle(request_id, "done", by)
        flash("Seu contato foi apagado. O que a lei manda guardar fica guardado.", "good")
        return redirect(access.LOG_IN, 303) if own else _back(person)  # type: ignore[return-value]

    def export(self) -> Response:
        """Everything, as a file."""
        person = self._person(request.args)
        try:
            found = self._clinic.portal.own_data.export(person.id, viewer().ref)
        except KeyError:
            abort(404)
        reply = make_response(json.dumps(found, ensure_ascii=False, indent=2))
        reply.mimetype = "application/json"
        reply.headers["Content-Disposition"] = 'attachment; filename="meus-dados.json"'
        return reply

    def _person(self, given: Mapping[str, str]) -> Person:
        return person_of(self._clinic, number(given.get("para")))

    def _page(
        self,
        person: Person,
        errors: dict[str, str] | None = None,
        typed: Mapping[str, str] | None = None,
        theirs: Sequence[tuple[str, str]] = (),
    ) -> str:
        portal, patient = self._clinic.portal, self._clinic.desk.cards.patient(person.id)
        self._clinic.audit.add(viewer().ref, "patient.read", "patient", person.id)
        people, contact = people_of(self._clinic), _contact(patient)
        return render_template(
            "own_data/page.html", person=person, patient=patient, people=people, errors=errors or {}, labels=LABELS,
            values={**contact, **(typed or {})}, seen=(typed or {}).get("seen") or seen(contact), theirs=theirs,
            notice=portal.privacy.notice(),
            acknowledged=portal.privacy.acknowledged(person.id), consents=portal.privacy.consents(person.id),
            asked=portal.requests.of(person.id), kinds=KINDS, states=STATES, zone=self._clinic.units.all()[0].tz,
            tabs=[(one.name, url_for("own_data.page", para=one.id), one.id == person.id) for one in people],
        )  # fmt: skip


def _contact(patient: PatientData) -> dict[str, str]:
    return {"phones": ", ".join(phone(one) for one in patient.phones), "email": patient.email or ""}


def _why(wrong: Invalid) -> list[str]:
    return list(wrong.problems.values())


def _done(said: str, person: Person) -> Response:
    flash(said, "good")
    return _back(person)


def _back(person: Person) -> Response:
    own = person.id == viewer().patient_id
    return redirect(url_for("own_data.page", para=None if own else person.id), 303)  # type: ignore[return-value]


def blueprint(clinic: "Clinic") -> Blueprint:
    """The page /portal/meus-dados."""
    page = Blueprint("own_data", __name__, url_prefix="/portal/meus-dados")
    views, doors = OwnData(clinic), Doors(page)
    doors.rule("", "page", views.page, allow=PATIENTS)
    doors.rule("/exportar", "export", views.export, allow=PATIENTS)
    for words, name, view in (
        ("contato", "contact", views.contact), ("correcao", "correct", views.correct),
        ("autorizacoes", "agree", views.agree), ("aviso", "read", views.read), ("apagar", "erase", views.erase),
    ):  # fmt: skip
        doors.rule(f"/{words}", name, view, allow=PATIENTS, methods=["POST"])
    return page
