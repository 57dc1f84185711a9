"""What pages are made of: fields keep what was typed, say what is wrong, and take no markup from people."""

import re
from pathlib import Path

from tests.admin_web.conftest import careful
from tests.admin_web.fakes import fake_app

FORM = '{% import "ui/form.html" as form %}{% import "ui/parts.html" as ui %}'


def made(app, text: str, **values) -> str:
    with app.test_request_context():
        return app.jinja_env.from_string(FORM + text).render(**values)


def test_the_page_shows_them_all(client):
    page = client.get("/componentes").text
    assert all(what in page for what in ("Falta corrigir 2 campos", "R$ 350,00", "MÉDICA · CRM-SP 101234", "RQE 5511"))


def test_nothing_that_pages_are_made_of_is_left_out(app):
    folder = Path(app.root_path, app.template_folder)
    shown = (folder / "components/page.html").read_text("utf-8")
    for file, called in (("parts", "ui"), ("form", "form"), ("by_fields", "described")):
        made_of = re.findall(r"{% macro ([a-z]\w*)", (folder / f"ui/{file}.html").read_text("utf-8"))
        # a form's tokens are not to be seen
        assert [one for one in made_of if f"{called}.{one}(" not in shown and one not in ("csrf", "once")] == []


def test_it_is_there_in_the_demo_alone(tmp_path):
    assert careful(fake_app(tmp_path, demo=False)).get("/componentes").status_code == 404


def test_a_field_points_to_its_fault_and_hint(app):
    field = made(
        app, "{{ form.field('cpf', 'CPF', '123', error='Falta um número.', hint='Onze.', inputmode='numeric') }}"
    )
    assert 'aria-invalid="true" aria-describedby="f-cpf-error f-cpf-hint" inputmode="numeric"' in field
    assert 'id="f-cpf-error"' in field and 'id="f-cpf-hint"' in field and 'value="123"' in field


def test_what_people_type_is_no_markup(app):
    hostile = '"><script>alert(1)</script>'
    shown = made(app, "{{ form.field('n', v, v, error=v) }}{{ form.area('a', v, v) }}{{ ui.badge(v) }}", v=hostile)
    assert "<script>" not in shown and shown.count("&lt;script&gt;") == 6


def test_a_choice_is_kept_whatever_its_type(app):
    shown = made(app, "{{ form.choose('unit', 'Unidade', [(1, 'Centro'), (2, 'Norte')], '2') }}")
    assert '<option value="2" selected>Norte</option>' in shown


def test_the_clinics_registration_is_at_the_foot_of_every_page(client):
    assert "CRM-SP 987654" in client.get("/chamadas").text
