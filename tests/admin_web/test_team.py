"""/equipe: who may log in, and who changes what about whom."""

import re

import pytest

from clinic.editing import stamp
from clinic.identities import Identity
from tests.admin_web.forms import as_shown, send

BIA = {"name": "Bia Nunes", "email": "bia@example.com", "role": ["attendant"]}


@pytest.fixture
def admin(site):
    return browser_of(site, "admin")


def browser_of(site, who):
    browser = site.client(who)
    browser.get("/equipe")
    return browser


def keep(browser, user_id, **fields):
    """The person's form sent back with these values."""
    seen = re.search(r'name="seen" value="(\w+)"', browser.get(f"/equipe/{user_id}").text)
    return send(browser, f"/equipe/{user_id}", {"seen": seen[1] if seen else ""} | fields)


def invited(clinic, browser, **more):
    reply = send(browser, "/equipe/convidar", BIA | more)
    assert reply.status_code == 303, reply.text
    return clinic.users.find(Identity("email", BIA["email"])).id


def test_the_team_is_listed_with_roles_and_without_patients(site, manager):
    site.user("patient"), site.user("centro_attendant")
    page = manager.get("/equipe").text
    assert all(words in page for words in ("Manager", "gerente", "Centro_attendant", "atendente", "Centro"))
    assert "Patient" not in page
    assert "Patient" in manager.get("/equipe?papel=patient").text


def test_somebody_is_found_by_name_or_mail(site, manager):
    site.user("attendant"), site.user("admin")
    assert "Admin<" not in manager.get("/equipe?q=ATTEND").text
    assert "Attendant<" in manager.get("/equipe?q=attendant@exam").text
    assert "Ninguém encontrado" in manager.get("/equipe?q=%25").text


def test_who_is_invited_gets_a_mail_and_the_page_says_where_it_lies(clinic, manager):
    bia = invited(clinic, manager, unit=[str(clinic.at.units["norte"])])
    assert clinic.users.viewer(bia).unit_ids == {clinic.at.units["norte"]}
    assert [entry.entity_id for entry in clinic.audit.latest(action="user.invited")] == [bia]
    page = manager.get("/equipe").text
    assert "bia@example.com" in page
    assert "a mensagem não sai da clínica" in page and clinic.letters.lies_in not in page
    assert "convidada" in page


def test_an_administrator_is_led_to_the_mails_that_go_nowhere(clinic, admin):
    invited(clinic, admin)
    for path in ("/equipe", "/equipe/convidar"):
        assert 'Nenhum e-mail sai daqui ainda: <a href="/correio">veja em Correio</a>.' in admin.get(path).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "Falta o nome."),
        ({"name": "x" * 10_000}, "Cabe até 120 letras."),
        ({"email": "bia"}, "Escreva um e-mail"),
        ({"email": ""}, "Escreva um e-mail"),
        ({"role": []}, "Escolha ao menos uma função."),
        ({"role": ["doctor"]}, "Diga qual médico"),
        ({"role": ["patient"]}, "Escolha ao menos uma função."),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(clinic, manager, wrong, said):
    reply = send(manager, "/equipe/convidar", BIA | wrong)
    assert (reply.status_code, said in reply.text) == (422, True)
    assert (BIA["name"] in reply.text) is ("name" not in wrong)
    assert clinic.users.find(Identity("email", "bia@example.com")) is None


def test_an_address_belongs_to_one_account(clinic, manager):
    invited(clinic, manager)
    assert "Já há uma conta com este e-mail" in send(manager, "/equipe/convidar", BIA).text


def test_a_manager_cannot_make_managers(clinic, manager, admin):
    reply = send(manager, "/equipe/convidar", BIA | {"role": ["manager", "admin"]})
    assert reply.status_code == 422
    bia = invited(clinic, admin, role=["manager"])
    assert clinic.users.viewer(bia).roles == {"manager"}


@pytest.mark.parametrize("what", ["", "/acesso", "/codigos", "/situacao"])
def test_a_manager_cannot_change_who_manages(site, manager, what):
    assert send(manager, f"/equipe/{site.user('admin')}{what}", BIA).status_code == 403


def test_roles_units_name_and_mail_are_changed(clinic, manager):
    bia = invited(clinic, manager)
    centro = str(clinic.at.units["centro"])
    reply = keep(manager, bia, name="Bia Melo", email="melo@example.com", role=["attendant"], unit=[centro])
    assert reply.status_code == 303
    now = clinic.users.viewer(bia)
    assert (now.name, now.unit_ids) == ("Bia Melo", {clinic.at.units["centro"]})
    assert clinic.letters.email_of(bia) == "melo@example.com"


def test_an_invitation_to_a_wrong_address_opens_nothing_once_it_is_corrected(clinic, site, manager):
    bia = invited(clinic, manager)
    wrong = clinic.mailed_links.make(bia, "invite", BIA["email"])
    keep(manager, bia, **BIA | {"email": "certa@example.com"})
    page = manager.get(f"/equipe/{bia}").text
    assert site.client(None).get(f"/senha/nova/{wrong}").status_code == 410
    assert "mande o endereço de acesso a certa@example.com" in page


def test_nobody_writes_over_what_he_has_not_seen(clinic, manager):
    bia = invited(clinic, manager)
    reply = send(manager, f"/equipe/{bia}", BIA | {"seen": "older", "name": "Outro Nome"})
    assert (reply.status_code, "Outro Nome" in reply.text) == (409, True)
    assert clinic.users.viewer(bia).name == "Bia Nunes"


def test_nobody_is_left_without_a_role_before_a_closed_door(clinic, manager):
    bia = invited(clinic, manager)
    reply = keep(manager, bia, name="Bia", email="bia@example.com")
    assert (reply.status_code, "Para a pessoa não entrar mais, desative a conta." in reply.text) == (422, True)
    assert clinic.users.viewer(bia).roles == {"attendant"}


def test_a_doctors_account_is_known_by_the_crm(clinic, manager):
    rita = str(clinic.at.doctors["rita"])
    bia = invited(clinic, manager, role=["doctor"], doctor=rita)
    assert clinic.users.find(Identity("crm", "SP/103")).id == bia
    keep(manager, bia, name="Bia", email="bia@example.com", role=["attendant"], doctor="")
    assert clinic.users.find(Identity("crm", "SP/103")) is None
    keep(manager, bia, name="Bia", email="bia@example.com", role=["doctor"], doctor=rita)
    assert clinic.users.viewer(bia).doctor_id == clinic.at.doctors["rita"]


def test_a_doctor_has_one_account(clinic, site, manager):
    site.user("doctor")
    reply = send(manager, "/equipe/convidar", BIA | {"role": ["doctor"], "doctor": str(clinic.at.doctors["marina"])})
    assert (reply.status_code, "Diga qual médico" in reply.text) == (422, True)


def test_who_is_deactivated_is_out_at_once(clinic, site, manager):
    attendant = site.client("attendant")
    assert attendant.get("/agenda").status_code == 200
    send(manager, f"/equipe/{site.user('attendant')}/situacao", {"active": ""})
    assert attendant.get("/agenda").status_code == 302
    send(manager, f"/equipe/{site.user('attendant')}/situacao", {"active": "1"})
    assert clinic.users.account(site.user("attendant")).active


def test_nobody_deactivates_oneself(clinic, site, admin):
    send(admin, f"/equipe/{site.user('admin')}/situacao", {"active": ""})
    assert clinic.users.account(site.user("admin")).active


def test_the_last_administrator_stays_one(clinic, site, admin):
    me = site.user("admin")
    reply = keep(admin, me, name="Admin", email="admin@example.com", role=["manager"])
    assert (reply.status_code, "última pessoa na administração" in reply.text) == (422, True)
    assert clinic.users.viewer(me).roles == {"admin"}


def test_codes_are_reset_with_audit_and_sessions_end(clinic, site, manager):
    attendant = site.client("attendant")
    send(manager, f"/equipe/{site.user('attendant')}/codigos")
    [entry] = clinic.audit.latest(action="codes.off")
    assert (entry.actor, entry.entity_id) == (site.viewer("manager").ref, site.user("attendant"))
    assert attendant.get("/agenda").status_code == 302


def test_who_may_not_enter_gets_no_link(clinic, site, manager):
    path = f"/equipe/{site.user('attendant')}"
    assert "Mandar endereço de acesso" in manager.get(path).text
    send(manager, f"{path}/situacao")
    assert "Mandar endereço de acesso" not in manager.get(path).text
    send(manager, f"{path}/acesso")
    assert "Reative a conta antes de mandar o endereço de acesso." in manager.get(path).text
    assert not clinic.audit.latest(action="user.invited")


def test_what_was_done_with_an_account_is_asked_for_in_words(site, manager):
    page = manager.get(f"/equipe/{site.user('attendant')}").text
    assert f'href="/auditoria?de_quem=conta+{site.user("attendant")}"' in page


def test_the_link_is_sent_again(clinic, site, manager):
    send(manager, f"/equipe/{site.user('attendant')}/acesso")
    assert clinic.audit.latest(action="user.invited")[0].entity_id == site.user("attendant")
    send(manager, f"/equipe/{site.user('doctor')}/acesso")
    assert "não tem e-mail" in manager.get(f"/equipe/{site.user('doctor')}").text


def test_a_patient_who_works_here_stays_a_patient(clinic, site, manager):
    keep(manager, site.user("patient"), name="Patient", email="", role=["attendant"])
    assert clinic.users.viewer(site.user("patient")).roles == {"patient", "attendant"}


def test_a_hostile_name_is_text(clinic, manager):
    invited(clinic, manager, name='<script>alert("x")</script>')
    assert "<script>alert" not in manager.get("/equipe").text


def test_who_works_at_a_unit_out_of_use_works_not_everywhere_for_that(clinic, site, manager):
    user, norte = site.user("attendant"), clinic.at.units["norte"]
    clinic.users.set_units(user, [norte], by="test")
    clinic.editing.save("unit", norte, {"active": False}, stamp(clinic.editing.record("unit", norte)))
    path = f"/equipe/{user}"
    assert send(manager, path, as_shown(manager.get(path).text)).status_code == 303
    assert clinic.team.member(user).unit_ids == {norte}
