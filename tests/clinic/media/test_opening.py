"""Which media an installation has."""

from types import SimpleNamespace

from clinic.media.email.folder import MailFolder
from clinic.media.opening import open_media
from clinic.profile import Profile
from clinic.settings import Settings
from tests.clinic.media.letters import MESSAGE, NOW

PROFILE = Profile(name="Clínica São José", registration="CRM-SP 987654")


def media(**settings):
    return open_media(Settings(**settings), SimpleNamespace(get=lambda: PROFILE), lambda: NOW)


def test_messages_go_as_the_clinics_letters(tmp_path):
    media(mail_dir=tmp_path, mail_from="clinica@example.com")["email"].send(MESSAGE)
    folder = MailFolder(tmp_path)
    [caught] = folder.newest(10)
    found = folder.open(caught.id)
    assert (caught.to, caught.at) == (MESSAGE.to, NOW)
    assert "CRM-SP 987654" in found.text
    assert found.sender == "Clínica São José <clinica@example.com>"
