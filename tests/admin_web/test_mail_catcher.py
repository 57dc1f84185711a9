"""/correio: what the clinic wrote while there is no mail server."""

from datetime import timedelta

import pytest

from clinic.audit import Asked
from clinic.media.email.folder import FolderCarrier
from tests.admin_web.conftest import may_run
from tests.admin_web.site import make_site
from tests.clinic.media.letters import MESSAGE, NOW, UID, but, written

AT = "20261123-120000-000000-" + UID


@pytest.fixture
def drop(tmp_path):
    """Puts a mail into the folder, some minutes after the first."""
    return lambda message=MESSAGE, later=0: FolderCarrier(
        tmp_path / "mail", lambda: NOW + timedelta(minutes=later)
    ).carry(written(message))


@pytest.fixture
def demo(clinic, tmp_path):
    return make_site(clinic, tmp_path, demo=True, mail_dir=tmp_path / "mail").client(None)


@pytest.fixture
def office(clinic, tmp_path):
    return make_site(clinic, tmp_path, mail_dir=tmp_path / "mail")


def test_an_empty_box_says_how_to_get_a_mail(demo):
    assert "Marque uma consulta" in demo.get("/correio").text


def test_the_newest_mail_comes_first(demo, drop):
    drop()
    drop(but(subject="Sua consulta mudou"), later=5)
    page = demo.get("/correio").text
    assert page.index("Sua consulta mudou") < page.index("Sua consulta está marcada")
    assert "seg., 23 nov., 09:00" in page


def test_a_long_list_has_pages(demo, drop):
    for minute in range(27):
        drop(but(subject=f"E-mail {minute}."), later=minute)
    first, second = demo.get("/correio").text, demo.get("/correio?depois=25").text
    assert ("E-mail 26." in first, "E-mail 1." in first, "depois=25" in first) == (True, False, True)
    assert ("E-mail 1." in second, "E-mail 26." in second, "depois=0" in second) == (True, False, True)


def test_a_mail_is_shown_with_its_appointment(demo, drop):
    drop()
    page = demo.get(f"/correio/{AT}").text
    for words in ("Clínica São José", "ana@example.com", "qui., 26 nov., 14:30", "Põe a consulta", "Rua São João, 10"):
        assert words in page


def test_its_html_is_shut_in(demo, drop):
    drop(but(text="<script>alert(1)</script>"))
    reply = demo.get(f"/correio/{AT}/conteudo")
    assert reply.headers["Content-Security-Policy"].startswith("sandbox allow-popups")
    assert "script-src" not in reply.headers["Content-Security-Policy"]
    assert (reply.headers["X-Frame-Options"], "<script>" in reply.text) == ("SAMEORIGIN", False)
    assert '<base target="_blank">' in reply.text


def test_only_its_own_page_may_frame_it(demo, drop):
    drop()
    shown = demo.get(f"/correio/{AT}")
    assert "frame-src 'self'" in shown.headers["Content-Security-Policy"]
    assert may_run(shown).startswith("'nonce-")
    assert "frame-src" not in demo.get("/correio").headers["Content-Security-Policy"]


@pytest.mark.parametrize("mail_id", ["x", "..%2f..%2fsetup", AT + "0", "20261123-120000-000000-..", "%2e%2e"])
def test_what_is_no_mail_is_not_there(demo, drop, mail_id):
    drop()
    assert demo.get(f"/correio/{mail_id}").status_code == 404
    assert demo.get(f"/correio/{mail_id}/conteudo").status_code == 404


def test_the_demo_shows_it_to_this_machine_alone(demo):
    assert demo.get("/correio", base_url="http://elsewhere.example").status_code == 403


def test_elsewhere_an_admin_reads_it_and_leaves_a_trace(office, drop, clinic):
    drop()
    admin = office.client("admin")
    assert admin.get(f"/correio/{AT}").status_code == 200
    assert [one.action for one in clinic.audit.search(Asked(action="mail.read"))] == ["mail.read"]


def test_with_a_mail_server_there_is_no_such_page(clinic, tmp_path):
    site = make_site(clinic, tmp_path, smtp_url="smtp://mail.example")
    assert site.client("admin").get("/correio").status_code == 404


def test_a_mail_of_text_alone_is_shown_as_text(demo, tmp_path):
    from clinic.media.email import Mail, sender_of
    from clinic.settings import Settings

    sender_of(Settings(mail_dir=tmp_path / "mail"), lambda: NOW).send(
        Mail("a@b.example", "Senha", "Abra: https://x.example/y")
    )
    [href] = {part.split('"')[0] for part in demo.get("/correio").text.split('href="/correio/')[1:]}
    assert 'href="https://x.example/y"' in demo.get(f"/correio/{href}").text


def test_elsewhere_nobody_but_an_admin_reads_mails(office, drop):
    drop()
    seen = {who: office.client(who).get(f"/correio/{AT}").status_code for who in ("manager", "attendant", "patient")}
    assert set(seen.values()) == {403}
