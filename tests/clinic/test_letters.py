"""The mails of log-in greet people, and carry nobody's advertisement."""

import pytest

from clinic.identities import Identity
from clinic.letters import Letters
from clinic.mailed_links import MailedLinks


class Kept:
    """Keeps mails instead of sending them."""

    folder = None

    def __init__(self):
        self.mails = []

    def send(self, mail):
        self.mails.append(mail)


def mailed(clinic, name):
    """The text of the invitation of somebody with that name."""
    user = clinic.users.create(name, ["patient"], [Identity("email", "x@example.com")], by="test")
    sender = Kept()
    letters = Letters(
        sender, MailedLinks(clinic.database, clinic.clock), clinic.users, clinic.profile, clinic.audit,
        "https://clinica.example", later=lambda work: work(),
    )  # fmt: skip
    assert letters.invite(user, by="test")
    [mail] = sender.mails
    return mail.text


def test_people_are_greeted_by_their_name(clinic):
    assert mailed(clinic, "Maria d'Ávila Sant'Anna").startswith("Olá, Maria d'Ávila Sant'Anna.")


@pytest.mark.parametrize(
    "name", ["Ganhe em http://mau.example", "www.mau.example", "Compre: já", "a@b", "x" * 200, "R$ 500 grátis"]
)
def test_what_is_no_name_is_not_mailed(clinic, name):
    text = mailed(clinic, name)
    assert text.startswith("Olá.")
    assert name not in text
