"""The first account, made at the terminal."""

import re

import pytest

from clinic.first_access import add_staff
from clinic.terminal import Trouble


def test_whoever_is_added_chooses_a_password_by_the_link(clinic):
    said = add_staff(clinic, "Dona@Example.com", "Dona da Clínica", "administrador")
    token = re.search(r"http://127.0.0.1:8000/senha/nova/(\S+)", said)[1]
    link = clinic.mailed_links.use(token, "invite")
    assert (link.email, clinic.users.account(link.user_id).roles) == ("dona@example.com", {"admin"})


@pytest.mark.parametrize(("email", "name"), [("dona", "Dona"), ("dona@example.com", " ")])
def test_what_cannot_be_is_told_with_the_remedy(clinic, email, name):
    with pytest.raises(Trouble):
        add_staff(clinic, email, name, "administrador")


def test_nobody_is_added_twice(clinic):
    add_staff(clinic, "dona@example.com", "Dona", "administrador")
    with pytest.raises(Trouble, match="Já há uma conta"):
        add_staff(clinic, "dona@example.com", "Outra", "administrador")
