"""/integracoes: programs that are told of appointments, and their log."""

import html
import re
import time

import pytest

from clinic.webhooks.service import open_programs
from clinic.webhooks.subscriptions import MOST, Wish
from tests.admin_web.forms import as_shown, send
from tests.admin_web.site import make_site
from tests.clinic.media import web_server
from tests.clinic.outbox.posts import Post, worker
from tests.clinic.small_clinic import same_clinic

PAGE = "/integracoes"
NEW = f"{PAGE}/nova"
FORM = {"label": "Painel", "url": "https://painel.example/avisos", "scope": "all"}
SAMPLE = re.compile(r'<pre class="sample"[^>]*>(.*?)</pre>', re.DOTALL)


@pytest.fixture
def small(clinic):
    """The demo's settings: secrets can be kept, and programs on this machine told."""
    url = clinic.database.url.render_as_string(hide_password=False)
    there = same_clinic(clinic, url, demo=True)
    yield there
    there.database.close()


@pytest.fixture
def here(small, tmp_path):
    return make_site(small, tmp_path)


@pytest.fixture
def manager(here):
    browser = here.client("manager")
    browser.get(PAGE)
    return browser


@pytest.fixture
def programs(small):
    return small.messages.programs


def made(programs, url=FORM["url"], label="Painel", **wish):
    return programs.subscriptions.create(Wish(label, url, **wish), "user:1")


@pytest.fixture
def one(programs):
    return made(programs)[0]


def secret_of(page):
    return html.unescape(re.search(r'value="(whsec_[^"]+)"', page)[1])


def test_an_empty_list_says_what_it_is_for(manager):
    assert "Nenhuma integração ainda" in manager.get(PAGE).text


def test_the_managers_pages_lead_there(manager):
    assert f'href="{PAGE}"' in manager.get("/ajustes").text


def test_a_new_one_shows_its_secret_once_and_how_to_check(manager, programs):
    reply = send(manager, NEW, FORM)
    assert (reply.status_code, "hmac" in reply.text) == (201, True)
    assert secret_of(reply.text) not in manager.get(f"{PAGE}/{programs.subscriptions.all()[0].id}").text
    assert "Painel" in manager.get(PAGE).text


def test_what_was_ticked_is_kept(manager, programs):
    send(manager, NEW, {**FORM, "scope": [], "event": ["booked", "cancelled"], "with_patient": "1"})
    [found] = programs.subscriptions.all()
    assert (found.events, found.with_patient) == (("booked", "cancelled"), True)
    shown = as_shown(manager.get(f"{PAGE}/{found.id}").text)
    assert (shown["event"], shown.get("scope"), shown["with_patient"]) == (["booked", "cancelled"], None, ["1"])


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"label": " "}, "label", "Falta o nome"), ({"label": "x" * 10_000}, "label", "Cabe até 80 letras"),
        ({"url": ""}, "url", "Falta o endereço"), ({"url": "https://a.example/" + "x" * 10_000}, "url", "Cabe até"),
        ({"url": "http://a.example/"}, "url", "https://"), ({"url": "https://u:p@a.example/"}, "url", "usuário"),
        ({"url": "https://10.0.0.1/"}, "url", "rede interna"), ({"url": "https://[::1"}, "url", "não é um endereço"),
        ({"url": "data:text/html,x"}, "url", "não é um endereço"), ({"scope": []}, "event", "Escolha ao menos"),
        ({"scope": [], "event": ["born"]}, "event", "Escolha ao menos"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field(manager, programs, typed, field, says):
    reply = send(manager, NEW, {**FORM, **typed})
    assert (reply.status_code, says in reply.text, programs.subscriptions.all()) == (422, True, [])
    assert f'href="#f-{field}"' in reply.text and f'id="f-{field}"' in reply.text


def test_what_was_typed_stays(manager):
    shown = as_shown(send(manager, NEW, {**FORM, "label": "", "scope": [], "event": ["booked"]}).text)
    assert (shown["url"], shown["event"]) == ([FORM["url"]], ["booked"])


def test_the_same_form_sent_twice_makes_one(manager, programs):
    again = [send(manager, NEW, FORM) for _ in range(2)][1]
    assert (again.status_code, len(programs.subscriptions.all())) == (422, 1)
    assert "Já existe uma integração com este nome" in again.text


def test_there_is_an_end_to_how_many(manager, programs):
    for number in range(MOST):
        made(programs, label=str(number))
    reply = send(manager, NEW, FORM)
    assert (reply.status_code, "Apague as que ninguém usa" in reply.text) == (409, True)


def test_without_a_key_it_is_said_who_can_help(clinic, tmp_path):
    site = make_site(clinic, tmp_path)
    browser = site.client("manager")
    assert "ALO_SECRET_KEY" in browser.get(NEW).text
    assert send(browser, NEW, FORM).status_code == 422


def test_a_change_is_kept(manager, programs, one):
    path = f"{PAGE}/{one}"
    fields = as_shown(manager.get(path).text) | {"label": "Outro"}
    assert send(manager, path, fields).status_code == 303
    assert programs.subscriptions.get(one).label == "Outro"


def test_what_somebody_else_saved_is_not_written_over(manager, programs, one):
    path = f"{PAGE}/{one}"
    mine = as_shown(manager.get(path).text) | {"label": "Meu"}
    programs.subscriptions.save(one, Wish("Dela", FORM["url"]), 1, "user:9")
    reply = send(manager, path, mine)
    assert (reply.status_code, programs.subscriptions.get(one).label) == (409, "Dela")
    assert as_shown(reply.text)["label"] == ["Meu"] and "Dela" in reply.text
    assert send(manager, path, as_shown(reply.text) | {"label": "Meu"}).status_code == 303


def test_a_secret_is_changed_once_by_two_clicks(manager, programs, one):
    path = f"{PAGE}/{one}"
    seen = as_shown(manager.get(path).text)["seen"]
    first, second = (send(manager, f"{path}/segredo", {"seen": seen[0]}) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 409)
    assert secret_of(first.text) and "O segredo antigo também assina" in first.text


def test_until_when_the_old_secret_signs_is_told_as_long_as_it_does(here, small, programs, one):
    programs.subscriptions.rotate(one, 1, "user:1")
    said = []
    for hours in (0, 25):
        small.clock.move(hours=hours)
        said.append("O segredo antigo vale até" in here.client("manager").get(f"{PAGE}/{one}").text)
    assert said == [True, False]


def test_it_is_paused_and_runs_again(manager, programs, one):
    path = f"{PAGE}/{one}"
    send(manager, f"{path}/pausar")
    assert "pausada" in manager.get(PAGE).text
    assert "Pausada por alguém da equipe" in manager.get(path).text
    send(manager, f"{path}/retomar")
    assert programs.subscriptions.get(one).paused_at is None


def test_it_is_deleted_after_a_question_and_twice_is_no_harm(manager, programs, one):
    path = f"{PAGE}/{one}/apagar"
    assert "Apagar “Painel”?" in manager.get(path).text
    assert [send(manager, path).status_code for _ in range(2)] == [303, 303]
    assert programs.subscriptions.all() == []
    assert "já não existia" in manager.get(PAGE).text


@pytest.mark.parametrize("who", ["patient", "attendant", "doctor"])
def test_it_is_for_managers(here, one, who):
    browser = here.client(who)
    for path in (PAGE, NEW, f"{PAGE}/{one}", f"{PAGE}/{one}/entregas"):
        assert browser.get(path).status_code == 403


@pytest.fixture
def server():
    with web_server.running(body=b"<script>hello</script>") as found:
        yield found


@pytest.fixture
def told(small, programs, server):
    """A program that was told of a booking; its number and secret."""
    number, secret = made(programs, server.url)
    small.book("alice")
    worker(small, Post()).drain()
    programs.sending.drain()
    return number, secret


def test_the_example_of_the_page_knows_what_is_ours(manager, small, server):
    """As it stands on the page it is run, against requests that really came."""
    clock = small.clock
    clock.move(seconds=time.time() - clock().timestamp())
    reply = send(manager, NEW, {**FORM, "url": server.url})
    programs, found = small.messages.programs, {}
    exec(html.unescape(SAMPLE.search(reply.text)[1]), found)
    found["SEGREDO"] = secret_of(reply.text)
    programs.deliveries.ping(1, "user:1")
    programs.sending.drain()
    [asked] = server.asked
    assert found["confere"](asked.headers, asked.body)
    assert not found["confere"](asked.headers, asked.body + b" ")
    assert not found["confere"]({**asked.headers, "webhook-timestamp": "1"}, asked.body)
    found["SEGREDO"] = "whsec_" + "A" * 32
    assert not found["confere"](asked.headers, asked.body)


def test_the_log_says_what_was_told_and_how_it_was_answered(manager, told):
    page = manager.get(f"{PAGE}/{told[0]}/entregas").text
    assert all(said in page for said in ("Marcada", "entregue", "200", "ms"))


def test_one_of_them_shows_the_body_and_nothing_of_it_runs(manager, programs, told):
    [line] = programs.deliveries.page(told[0])
    page = manager.get(f"{PAGE}/{told[0]}/entregas/{line.line.id}").text
    assert "appointment.booked" in page and "&lt;script&gt;" in page
    assert "Alice" not in page


def test_who_reads_what_names_a_patient_is_in_the_trail(manager, small, programs, server):
    number, _ = made(programs, server.url, with_patient=True)
    small.book("alice")
    worker(small, Post()).drain()
    programs.sending.drain()
    [line] = programs.deliveries.page(number)
    assert "Alice" in manager.get(f"{PAGE}/{number}/entregas/{line.line.id}").text
    assert small.audit.latest(action="patient.read")[0].note == f"webhook:{number}"


def test_one_is_sent_again(manager, programs, told, server):
    [line] = programs.deliveries.page(told[0])
    send(manager, f"{PAGE}/{told[0]}/entregas/{line.line.id}/reenviar")
    programs.sending.drain()
    assert len(server.asked) == 2


def test_what_failed_is_sent_again_at_once(manager, small, programs, told, server):
    programs.subscriptions.pause(told[0], "user:1")
    small.book("bruno")
    worker(small, Post()).drain()
    programs.subscriptions.resume(told[0], "user:1")
    log = f"{PAGE}/{told[0]}/entregas"
    assert "a integração estava pausada" in manager.get(f"{log}?situacao=failed").text
    send(manager, f"{log}/reenviar", {"de": "2099-01-01"})
    assert "Nada falhou" in manager.get(log).text
    send(manager, f"{log}/reenviar", {"de": ""})
    programs.sending.drain()
    assert len(server.asked) == 2


def test_a_trial_is_sent(manager, programs, told, server):
    send(manager, f"{PAGE}/{told[0]}/teste")
    programs.sending.drain()
    assert "Teste" in manager.get(f"{PAGE}/{told[0]}/entregas?tipo=ping").text
    assert b'"ping"' in server.asked[-1].body


@pytest.mark.parametrize("query", ["?situacao=x&tipo=y&antes=z", "?antes=-1", "?antes=99999999999999999999"])
def test_filters_that_nobody_made_are_no_harm(manager, told, query):
    assert manager.get(f"{PAGE}/{told[0]}/entregas{query}").status_code == 200


def test_a_log_that_has_nothing_offers_a_trial(manager, one):
    page = manager.get(f"{PAGE}/{one}/entregas").text
    assert "Nada foi avisado ainda" in page and "Enviar um teste" in page


def test_another_programs_delivery_is_not_here(manager, programs, told):
    one, _ = made(programs, label="Outro")
    [line] = programs.deliveries.page(told[0])
    assert manager.get(f"{PAGE}/{one}/entregas/{line.line.id}").status_code == 404


def test_a_wrong_key_is_told_in_the_log(small, manager, programs, one):
    from clinic.settings import Settings

    other = open_programs(Settings(secret_key="x" * 32), small.database, small.audit, small.clock)
    other.deliveries.ping(one, "user:1")
    other.sending.drain()
    assert "não existe mais" in manager.get(f"{PAGE}/{one}/entregas").text
