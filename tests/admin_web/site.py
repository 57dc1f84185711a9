"""The pages of the small clinic, with somebody of each role who may log in.

    site.client("manager").get("/chamadas")          # a browser of the manager's
    site.client(None)                                # a browser nobody logged in with

Marina is the doctor, Alice the patient (Davi's guardian), Bruno the "other_patient"; the attendant works at every unit,
"centro_attendant" at one.
"""

from dataclasses import dataclass, field

from flask import Flask

from admin_web.app import create_app
from clinic.identities import Identity
from clinic.settings import Settings
from clinic.users import Viewer
from tests.admin_web.compiled import sharing
from tests.admin_web.conftest import CarefulClient, careful
from tests.admin_web.fakes import PATIENTS, FakePhone, FakeSounds
from tests.clinic.small_clinic import CPF, SmallClinic

ROLES = ("patient", "attendant", "doctor", "manager", "admin")
EMAIL = {role: f"{role}@example.com" for role in ("attendant", "manager", "admin", "centro_attendant")}


@dataclass
class Site:
    """An app on a clinic of its own, and the accounts in it by short name."""

    clinic: SmallClinic
    app: Flask
    users: dict[str, int] = field(default_factory=dict)

    def client(self, who: str | None) -> CarefulClient:
        """A browser in which somebody is logged in, or nobody."""
        browser = careful(self.app)
        if who:
            browser.set_cookie("alo_session", self.clinic.sessions.open(self.user(who), agent="tests"))
        return browser

    def viewer(self, who: str) -> Viewer:
        """Somebody as services are told who looks."""
        found = self.clinic.users.viewer(self.user(who))
        assert found
        return found

    def user(self, who: str) -> int:
        """The id of somebody's account; made when first needed."""
        if who not in self.users:
            self.users[who] = make_user(self.clinic, who)
        return self.users[who]


def make_user(clinic: SmallClinic, who: str, password_hash: str | None = None) -> int:
    """The account of somebody by short name; see the module."""
    role, known, more = who, Identity("email", EMAIL.get(who, "")), {}
    if who == "patient":
        known, more = Identity("cpf", CPF["alice"]), {"patient_id": clinic.people["alice"].id}
    elif who == "other_patient":
        role, known, more = "patient", Identity("cpf", CPF["bruno"]), {"patient_id": clinic.people["bruno"].id}
    elif who == "doctor":
        known, more = Identity("crm", "SP/101"), {"doctor_id": clinic.at.doctors["marina"]}
    elif who == "centro_attendant":
        role, more = "attendant", {"unit_ids": [clinic.at.units["centro"]]}
    return clinic.users.create(
        who.capitalize(), [role], [known], by="system", password_hash=password_hash, verified=True, **more
    )


def make_site(clinic: SmallClinic, tmp_path, **settings) -> Site:
    """The pages of the small clinic, not in the demo unless told so."""
    app = create_app(
        clinic,
        settings=Settings(**({"demo": False, "test_phone": True} | settings)),
        phone=FakePhone(),
        sounds=FakeSounds(tmp_path),
        try_patients=lambda: PATIENTS,
    )
    app.testing = True
    return Site(clinic, sharing(app))
