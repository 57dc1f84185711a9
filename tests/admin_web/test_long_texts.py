"""Ten thousand letters in any field of a manager's, a doctor's and the desk's forms: told at the field, all kept."""

import re

import pytest

from tests.admin_web.forms import as_shown, send

LONG = "x" * 10_000
FORMS = {
    "/ajustes": "manager", "/feriados": "manager", "/unidades/{centro}": "manager",
    "/especialidades/{general}": "manager", "/convenios/{saude}": "manager", "/tipos/{exam}": "manager",
    "/cadastro/medicos/{marina}": "manager", "/equipe/convidar": "manager", "/equipe/{attendant}": "manager",
    "/medico/{marina}/ausencias": "doctor", "/medico/{marina}/precos": "doctor", "/medico/{marina}/horarios": "doctor",
    "/pacientes/novo": "attendant", "/integracoes/nova": "manager",
}  # fmt: skip
"""Pages whose main form is sent to the page itself, and who uses them."""
ROOMY = {"privacy_notice"}
"""What takes more than that; its own limit is tested beside it."""
NOT_TYPED = {"seen", "before", "csrf_token", "q", "takes", "specialty", "role", "unit", "offer", "slot", "horario"}
TYPED = re.compile(r'<(?:input|textarea) [^>]*?name="([^"]+)"[^>]*>')


def typed_fields(page: str) -> list[str]:
    """What people write themselves; ticks and choices cannot be long."""
    main = page[page.index("<main") :]
    tags = [tag for tag in TYPED.finditer(main) if not re.search('type="(hidden|checkbox|radio|file)"', tag[0])]
    return list(dict.fromkeys(tag[1] for tag in tags if tag[1] not in NOT_TYPED | ROOMY))


@pytest.fixture
def ids(clinic, site):
    at = clinic.at
    return at.units | at.specialties | at.payers | at.kinds | at.doctors | {"attendant": site.user("attendant")}


@pytest.mark.parametrize("form", FORMS)
def test_ten_thousand_letters_are_told_at_their_field(site, ids, form):
    browser, path = site.client(FORMS[form]), form.format(**ids)
    page = browser.get(path).text
    found = typed_fields(page)
    assert found
    for name in found:
        ticked = {"specialty": [name.removeprefix("rqe-")]} if name.startswith("rqe-") else {}
        reply = send(browser, path, as_shown(page) | ticked | {name: LONG})
        assert (name, reply.status_code == 422, LONG in reply.text) == (name, True, True)
        assert 'aria-invalid="true"' in reply.text, name
