"""Which media an installation has."""

from types import SimpleNamespace

from clinic.media.email.folder import MailFolder
from clinic.media.opening import open_media
from clinic.media.sms.simulator import Simulator, running
from clinic.profile import Profile
from clinic.settings import Settings
from tests.clinic.media.letters import MESSAGE, NOW, but

PROFILE = Profile(name="Clínica São José", registration="CRM-SP 987654")


def media(**settings):
    return open_media(Settings(**settings), SimpleNamespace(get=lambda: PROFILE), lambda: NOW)


def test_messages_go_as_the_clinics_letters(tmp_path):
    media(demo=True, mail_dir=tmp_path, mail_from="clinica@example.com")["email"].send(MESSAGE)
    folder = MailFolder(tmp_path)
    [caught] = folder.newest(10)
    found = folder.open(caught.id)
    assert (caught.to, caught.at) == (MESSAGE.to, NOW)
    assert "CRM-SP 987654" in found.text
    assert found.sender == "Clínica São José <clinica@example.com>"


def test_a_folder_reaches_nobody_and_is_no_medium(tmp_path):
    assert "email" not in media(mail_dir=tmp_path)
    assert "email" in media(smtp_url="smtp://127.0.0.1:1", mail_dir=tmp_path)


def test_sms_is_there_where_a_gateway_is():
    assert "sms" not in media()
    gateway = Simulator()
    with running(gateway) as address:
        set_up = media(
            sms_url=address, sms_body='{"to": "{to}", "text": "{text}"}', sms_headers="X-Key: s3cret", sms_parts=1
        )
        set_up["sms"].send(but(to="5511987654321", text="palavra " * 60))
    assert (len(gateway.asked[0]["text"]) <= 160, gateway.headers[0]["X-Key"]) == (True, "s3cret")
