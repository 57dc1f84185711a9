"""/espera/nova: what somebody at the desk may wish for a patient."""

from tests.admin_web.forms import send
from tests.admin_web.site import make_site


def test_a_wish_is_for_a_unit_where_one_works(clinic, tmp_path):
    desk, bruno = make_site(clinic, tmp_path).client("centro_attendant"), clinic.people["bruno"].id
    centro, other = clinic.at.units["centro"], clinic.at.units["norte"]
    page = desk.get(f"/espera/nova?paciente={bruno}").text
    names = [clinic.units.get(one).name in page for one in (centro, other)]
    wish = {"paciente": bruno, "especialidade": clinic.at.specialties["general"]}
    refused = send(desk, "/espera/nova", **wish, unidade=other)
    assert (names, refused.status_code, "Escolha uma das unidades." in refused.text) == ([True, False], 422, True)
    assert send(desk, "/espera/nova", **wish, unidade=centro).status_code == 303


def test_a_wish_is_for_a_unit_of_the_doctors(clinic, tmp_path):
    desk, at = make_site(clinic, tmp_path).client("attendant"), clinic.at
    wish = {"paciente": clinic.people["bruno"].id, "especialidade": at.specialties["general"]}
    wish |= {"medico": at.doctors["marina"], "unidade": at.units["norte"]}
    desk.get("/espera/nova")
    assert "Este médico não atende nesta unidade." in send(desk, "/espera/nova", **wish).text
