"""One's own data on the portal, and what the desk does with what is asked about it."""

import json

import pytest
from sqlalchemy import select

from clinic.identities import Identity
from clinic.letters import Letters
from clinic.messages.preferences import Preference
from clinic.own_data import OwnData
from clinic.portal import Portal
from clinic.registrations import Registrations
from db.tables import Appointment, Patient
from tests.admin_web.forms import as_shown, send
from tests.admin_web.site import make_site
from tests.admin_web.test_password import URL, Post
from tests.clinic.outbox import posts

PAGE = "/portal/meus-dados"


class BusyPost(Post):
    """A letter takes a while; something happens meanwhile."""

    def __init__(self):
        super().__init__()
        self.meanwhile = list

    def send(self, mail):
        self.meanwhile()
        super().send(mail)


@pytest.fixture
def post():
    return BusyPost()


@pytest.fixture
def site(clinic, tmp_path, post):
    """The pages of a clinic whose letters are kept, written before the page is answered."""
    c, p = clinic, clinic.portal
    letters = Letters(post, c.mailed_links, c.users, c.profile, c.audit, URL, later=lambda work: work())
    data = OwnData(c.database, c.desk.cards, c.desk.intake, c.users, letters, c.audit, c.clock)
    made = Registrations(c.database, c.desk.intake, c.users, letters, p.requests, c.profile, c.clock)
    portal = Portal(**{**vars(p), "registrations": made, "own_data": data})
    return make_site(type(c)(**{**vars(c), "letters": letters, "portal": portal}), tmp_path)


@pytest.fixture
def alice(site):
    browser = site.client("patient")
    browser.get("/portal")
    return browser


@pytest.fixture
def desk(site):
    browser = site.client("attendant")
    browser.get("/pedidos")
    return browser


def keep(browser, **fields):
    """The contact form as it is shown, with these values."""
    return send(browser, f"{PAGE}/contato", as_shown(browser.get(PAGE).text) | fields)


def exported(browser, **query):
    return json.loads(browser.get(f"{PAGE}/exportar", query_string=query).text)


def requests(site, who="alice"):
    return site.clinic.portal.requests.of(site.clinic.people[who].id)


def test_one_sees_what_is_kept(alice):
    page = alice.get(PAGE).text
    for said in ("Alice Ferreira", "***.982.247-**", "(11) 98765-4321", "alice@example.com", "Davi Ferreira"):
        assert said in page


def test_reading_leaves_a_trace(site, alice):
    alice.get(PAGE)
    trace = site.clinic.audit.latest(action="patient.read")[0]
    assert (trace.entity_id, trace.actor) == (site.clinic.people["alice"].id, f"user:{site.user('patient')}")


def test_contact_is_corrected_at_once(site, alice):
    assert keep(alice, phones="(11) 97777-6666", email="alice@example.com").status_code == 303
    assert site.clinic.desk.cards.patient(site.clinic.people["alice"].id).phones == ("5511977776666",)


def test_contact_that_changed_meanwhile_is_not_written_over(site, alice):
    before, mine = as_shown(alice.get(PAGE).text), "(11) 97777-6666"
    keep(alice, phones="(11) 95555-4444")
    reply = send(alice, f"{PAGE}/contato", before | {"phones": mine})
    assert reply.status_code == 409
    assert f'value="{mine}"' in reply.text and "(11) 95555-4444" in reply.text
    assert send(alice, f"{PAGE}/contato", as_shown(reply.text)).status_code == 303
    assert site.clinic.desk.cards.patient(site.clinic.people["alice"].id).phones == ("5511977776666",)


def test_a_new_address_is_confirmed_and_the_old_one_told(site, alice, post):
    user = site.user("patient")
    site.clinic.users.add_identity(user, Identity("email", "alice@example.com"), by="system", verified=True)
    keep(alice, phones="", email="nova@example.com")
    assert [mail.to for mail in post.sent] == ["alice@example.com", "nova@example.com"]
    known = {one.identity.value: one.verified for one in site.clinic.users.known_by(user)}
    assert known["nova@example.com"] is False and "alice@example.com" not in known


@pytest.mark.parametrize("roles", [["patient"], ["patient", "attendant"]])
def test_a_link_to_the_address_given_up_opens_nothing(site, alice, roles):
    user = site.user("patient")
    site.clinic.users.add_identity(user, Identity("email", "alice@example.com"), by="system", verified=True)
    site.clinic.users.set_roles(user, roles, by="system")
    token = site.clinic.mailed_links.make(user, "reset", "alice@example.com")
    keep(alice, phones="", email="nova@example.com")
    assert site.client(None).get(f"/senha/nova/{token}").status_code == 410


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"phones": "", "email": ""}, "pelo menos um telefone ou um e-mail"),
        ({"phones": "12", "email": "a@example.com"}, "Escreva com DDD"),
        ({"phones": "", "email": "alice"}, "Escreva um e-mail"),
    ],
)
def test_contact_that_is_wrong_is_said_at_the_field(alice, fields, said):
    reply = keep(alice, **fields)
    assert (reply.status_code, said in reply.text) == (422, True)


def test_a_name_is_corrected_by_the_desk(site, alice, desk):
    assert {send(alice, f"{PAGE}/correcao", text=said).status_code for said in ("", "\x00\u202e")} == {422}
    assert send(alice, f"{PAGE}/correcao", text="x" * 10_000).status_code == 422
    send(alice, f"{PAGE}/correcao", text="Meu nome é Alice <b>Ferreyra</b>")
    page = desk.get("/pedidos").text
    assert "Alice &lt;b&gt;Ferreyra" in page and "até ter., 8 dez." in page
    [asked] = requests(site)
    send(desk, f"/pedidos/{asked.id}/feito")
    assert requests(site)[0].status == "done"
    assert "atendido" in alice.get(PAGE).text


def test_the_desk_says_why_it_does_not(site, alice, desk):
    send(alice, f"{PAGE}/correcao", text="Sou mais jovem")
    [asked] = requests(site)
    for note in (" ", "x" * 10_000):
        reply = send(desk, f"/pedidos/{asked.id}/recusar", note=note)
        assert (reply.status_code, note.strip() in reply.text, 'aria-invalid="true"' in reply.text) == (422, True, True)
    assert requests(site)[0].status == "open"
    send(desk, f"/pedidos/{asked.id}/recusar", note="Traga o documento")
    assert "Traga o documento" in alice.get(PAGE).text
    send(desk, f"/pedidos/{asked.id}/feito")
    assert "Outra pessoa já respondeu" in desk.get("/pedidos").text


def test_everything_is_taken_along(site, alice):
    clinic = site.clinic
    booked = clinic.book("alice")
    clinic.bookings.cancel(clinic.people["alice"], booked.id, "cannot_attend", "web", note="viajo")
    clinic.waiting_list.join(clinic.people["alice"], clinic.at.specialties["general"], "web", protocol="261123000009")
    clinic.portal.privacy.acknowledge(clinic.people["alice"].id, 1, "user:1")
    clinic.portal.privacy.agree(clinic.people["alice"].id, {"marketing": True}, "user:1")
    found = exported(alice)
    assert found["paciente"]["cpf"] == "52998224725"
    [visit] = found["consultas"]
    assert (visit["codigo"], [one["o_que"] for one in visit["historico"]]) == (booked.code, ["booked", "cancelled"])
    assert (visit["historico"][-1]["observacao"], found["lista_de_espera"][0]["protocolo"]) == ("viajo", "261123000009")
    assert (found["aviso_de_privacidade"][0]["versao"], found["autorizacoes"][0]["para"]) == (1, "marketing")
    assert found["dependentes"][0]["nome"] == "Davi Ferreira"


def test_what_was_written_to_somebody_is_taken_along_with_their_wishes(site, alice):
    clinic = site.clinic
    clinic.messages.preferences.set(clinic.people["alice"].id, Preference(reminders=False), by="patient")
    clinic.book("alice")
    posts.worker(clinic, posts.Post()).drain()
    found = exported(alice)
    assert [(one["tipo"], one["canal"], one["situacao"]) for one in found["mensagens"]][:1] == [
        ("booked", "email", "sent")
    ]
    assert found["como_quer_ser_avisado"][0]["lembretes"] is False


def test_calls_are_taken_along_with_their_protocol(site, alice):
    calls, alice_id = site.clinic.calls, site.clinic.people["alice"]
    calls.started("u1", "u1", "5511987654321", "1133334444", None)
    calls.identified("u1", alice_id)
    protocol = calls.protocol("u1")
    assert exported(alice)["ligacoes"][0]["protocolo"] == protocol


def test_a_dependants_data_too_and_nobody_elses(site, alice):
    assert exported(alice, para=site.clinic.people["davi"].id)["paciente"]["nome"] == "Davi Ferreira"
    bruno = site.clinic.people["bruno"].id
    assert alice.get(f"{PAGE}/exportar?para={bruno}").status_code == 404
    assert alice.get(f"{PAGE}?para={bruno}").status_code == 404
    assert send(alice, f"{PAGE}/apagar", para=bruno, sure="1").status_code == 404


def test_the_notice_is_acknowledged_in_its_version(site, alice):
    assert "ainda não leu" in alice.get("/portal").text
    send(alice, f"{PAGE}/aviso", version="1")
    assert "ainda não leu" not in alice.get("/portal").text
    profile = site.clinic.profile
    profile.change({"privacy_notice": "Texto novo."}, profile.stamp())
    assert "ainda não leu" in alice.get("/portal").text
    send(alice, f"{PAGE}/aviso", version="1")
    assert site.clinic.portal.privacy.acknowledged(site.clinic.people["alice"].id) == 1
    assert "Texto novo." in alice.get(PAGE).text


def test_consents_go_on_and_off(site, alice):
    alice_id = site.clinic.people["alice"].id
    for training in ("1", ""):
        send(alice, f"{PAGE}/autorizacoes", training=training)
        assert site.clinic.portal.privacy.consents(alice_id)["training"] is bool(training)
    assert len(exported(alice)["autorizacoes"]) == 2  # both words are kept


# Erasure


def contact(site, who="alice"):
    patient = site.clinic.desk.cards.patient(site.clinic.people[who].id)
    return patient.phones, patient.email


def test_erasing_wants_a_tick(site, alice):
    assert send(alice, f"{PAGE}/apagar").status_code == 422
    assert contact(site)[1] == "alice@example.com"


def test_contact_goes_at_once_and_what_the_law_keeps_stays(site, alice):
    booked = site.clinic.book("alice", caller="5511987654321")
    site.clinic.bookings.cancel(site.clinic.people["alice"], booked.id, "cannot_attend", "web")
    assert send(alice, f"{PAGE}/apagar", sure="1").location == "/entrar"
    assert contact(site) == ((), None)
    kept = site.clinic.database.first(select(Appointment.code, Appointment.caller, Patient.cpf).join(Patient))
    assert tuple(kept) == (booked.code, None, "52998224725")
    assert alice.get("/portal").location.startswith("/entrar")


def test_who_is_still_expected_is_erased_by_the_desk_later(site, alice, desk):
    booked = site.clinic.book("alice")
    send(alice, f"{PAGE}/apagar", sure="1")
    [asked] = requests(site)
    send(desk, f"/pedidos/{asked.id}/apagar")
    assert "Há consulta ou espera em aberto" in desk.get("/pedidos").text
    site.clinic.bookings.cancel(site.clinic.people["alice"], booked.id, "cannot_attend", "desk")
    send(desk, f"/pedidos/{asked.id}/apagar")
    assert (contact(site), requests(site)[0].status) == (((), None), "done")


def test_whoever_works_here_keeps_the_account(site):
    clinic, bruno = site.clinic, site.clinic.people["bruno"]
    user = clinic.users.create(
        "Bruno", ["patient", "attendant"], [Identity("email", "b@example.com")], by="x", patient_id=bruno.id
    )  # fmt: skip
    clinic.portal.requests.anonymise(bruno.id, "user:1")
    assert clinic.users.viewer(user).roles == {"attendant"}


# Access by the desk


def test_the_desk_lets_in_whom_it_has_verified(site, desk, post):
    bruno = site.clinic.people["bruno"].id
    asked = site.clinic.portal.requests.ask(bruno, "access", "Bruno · bruno@example.com")
    send(desk, f"/pedidos/{asked}/acesso")
    assert "Falta na ficha um contato" in desk.get("/pedidos").text
    site.clinic.portal.own_data.set_contact(bruno, "", "bruno@example.com", "user:1")
    send(desk, f"/pedidos/{asked}/acesso")
    assert [mail.to for mail in post.sent] == ["bruno@example.com"]
    assert site.clinic.portal.requests.get(asked).status == "done"


@pytest.mark.parametrize("act", ["acesso", "recusar"])
def test_who_was_refused_is_not_let_in_by_a_page_that_is_old(site, desk, post, act):
    bruno, portal = site.clinic.people["bruno"].id, site.clinic.portal
    portal.own_data.set_contact(bruno, "", "bruno@example.com", "user:1")
    asked = portal.requests.ask(bruno, "access", "Thief")
    send(desk, f"/pedidos/{asked}/recusar", note="Não é a pessoa")
    assert send(desk, f"/pedidos/{asked}/{act}", note="x" * 10_000).status_code == 303
    assert "Outra pessoa já respondeu" in desk.get("/pedidos").text
    assert (post.sent, portal.requests.get(asked).note) == ([], "Não é a pessoa")


def test_who_is_let_in_is_not_refused_in_the_same_instant(site, desk, post):
    bruno, portal = site.clinic.people["bruno"].id, site.clinic.portal
    portal.own_data.set_contact(bruno, "", "bruno@example.com", "user:1")
    asked, refused = portal.requests.ask(bruno, "access", "Bruno"), []
    post.meanwhile = lambda: refused.append(portal.requests.settle(asked, "refused", "user:9", "Não é a pessoa"))
    send(desk, f"/pedidos/{asked}/acesso")
    assert (len(post.sent), refused, portal.requests.get(asked).status) == (1, [False], "done")


def test_contact_given_anew_is_not_erased_by_a_page_that_is_old(site, desk):
    alice = site.clinic.people["alice"].id
    asked, before = site.clinic.portal.requests.ask(alice, "erasure"), contact(site)
    for act in ("recusar", "apagar"):
        send(desk, f"/pedidos/{asked}/{act}", note="Desistiu")
    assert "Outra pessoa já respondeu" in desk.get("/pedidos").text
    assert contact(site) == before


@pytest.mark.parametrize("act", ["feito", "recusar", "acesso", "apagar"])
def test_a_request_that_is_none_is_not_there(desk, act):
    assert send(desk, f"/pedidos/999/{act}").status_code == 404


def test_an_empty_list_says_so(desk):
    assert "Nenhum pedido à espera" in desk.get("/pedidos").text
