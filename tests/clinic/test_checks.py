"""What `alo check` finds, and the remedy it tells."""

from collections import namedtuple
from datetime import UTC, datetime, timedelta

import pytest

from clinic import checks
from clinic.checks import Finding
from clinic.settings import Settings

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class FakeReach:
    def __init__(self, revision="0002", now=NOW, away=False):
        self._revision, self._now, self._away = revision, now, away

    def version(self):
        if self._away:
            raise ConnectionError
        return "MariaDB 10.11"

    def revision(self):
        return self._revision

    def now(self):
        return self._now


def states(findings):
    return [(finding.name, finding.state) for finding in findings]


def test_a_good_database_is_fine():
    found = checks.database(FakeReach(), ["0002"])
    assert states(found) == [("banco de dados", "ok"), ("migrações", "ok")]


def test_what_log_in_needs_is_told():
    assert states(checks.access(Settings(demo=False))) == [("acesso", "warning")] * 3
    good = Settings(
        demo=False, secret_key="k" * 32, smtp_url="smtp://mail.example", public_url="https://clinica.example"
    )
    assert states(checks.access(good)) == [("acesso", "ok")]
    assert states(checks.access(Settings(demo=True))) == [("acesso", "ok")]


def test_a_database_that_is_away_is_told_with_its_remedy():
    [found] = checks.database(FakeReach(away=True), ["0002"])
    assert found.state == "wrong"
    assert "ALO_DATABASE_URL" in found.remedy


class Refused(Exception):
    """As SQLAlchemy wraps what PyMySQL raises."""

    def __init__(self, number):
        self.orig = Exception(number, "in English")


@pytest.mark.parametrize(("number", "says"), [(1045, "senha"), (1049, "CREATE DATABASE"), (2003, "firewall")])
def test_why_a_database_refuses_is_told(number, says):
    reach = FakeReach()
    reach.version = lambda: (_ for _ in ()).throw(Refused(number))
    [found] = checks.database(reach, ["0002"])
    assert found.state == "wrong"
    assert says in found.remedy


@pytest.mark.parametrize("revision", [None, "0001"])
def test_missing_migrations_are_told_with_their_remedy(revision):
    *_, found = checks.database(FakeReach(revision), ["0002"])
    assert (found.state, found.remedy) == ("wrong", "Execute: alo db upgrade")


def test_the_spool_is_made_and_written(tmp_path):
    settings = Settings(spool=tmp_path / "spool")
    assert {finding.state for finding in checks.spool(settings)} <= {"ok", "warning"}
    assert settings.recordings_folder.is_dir()


def test_a_spool_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "spool").write_text("a file where the folder should be")
    found = list(checks.spool(Settings(spool=tmp_path / "spool")))
    assert [finding.state for finding in found] == ["wrong", "wrong"]
    assert "mkdir -p" in found[0].remedy


def test_a_folder_of_own_recordings_that_is_not_there_is_told(tmp_path):
    [found] = checks.sounds(Settings(prompts_dir=[tmp_path / "ours"]))
    assert (found.state, "ALO_PROMPTS_DIR" in found.remedy) == ("wrong", True)


@pytest.mark.parametrize(("mode", "state"), [(0o700, "warning"), (0o755, "ok")])
def test_sounds_that_asterisk_may_not_read_are_told(tmp_path, mode, state):
    own = tmp_path / "ours"
    own.mkdir()
    found = checks.sounds(Settings(prompts_dir=[own], ami_user="alo"))
    for folder in (tmp_path, *tmp_path.parents[:-2]):
        folder.chmod(folder.stat().st_mode | 0o5)
    own.chmod(mode)
    assert [one.state for one in found if str(own) in one.text] == [state]


def test_free_disk_is_told(tmp_path):
    [found] = checks.disk(Settings(spool=tmp_path / "not/yet/there"))
    assert "GB livres" in found.text


def test_a_clock_before_our_own_files_is_wrong():
    [found] = checks.clock(NOW, FakeReach(), NOW + timedelta(days=2))
    assert found.state == "wrong"


def test_a_clock_unlike_the_databases_is_wrong():
    [found] = checks.clock(NOW, FakeReach(now=NOW + timedelta(minutes=3)), NOW)
    assert (found.state, "180 s" in found.text) == ("wrong", True)


def test_a_clock_is_fine_even_when_the_database_is_away():
    assert states(checks.clock(NOW, FakeReach(now=None), NOW)) == [("relógio", "ok")]


def test_a_misspelt_variable_is_told():
    [found] = checks.variables({"ALO_AGI_PROT": "1", "PATH": "x"})
    assert (found.state, found.remedy) == ("warning", "Quis dizer ALO_AGI_PORT?")


def test_variables_of_our_scripts_are_let_be():
    assert states(checks.variables({"ALO_SIP_PORT": "1", "ALO_CACHE": "x"})) == [("configuração", "ok")]


def test_a_dialplan_that_fits_is_fine():
    assert states(checks.dialplan({"booking"}, {"booking"})) == [("dialplan", "ok")]


def test_a_menu_nobody_knows_is_wrong_and_one_nobody_enters_is_told():
    found = list(checks.dialplan({"bokking"}, {"booking"}))
    assert [(finding.state, finding.text.split()[-1]) for finding in found] == [
        ("wrong", "conhece"),
        ("warning", "booking"),
    ]


PATCH = '"""Words."""\n\nfrom gevent import monkey\n\nmonkey.patch_all()\n'


@pytest.mark.parametrize(("code", "state"), [(PATCH, "ok"), ('"""Words."""\nimport socket\n' + PATCH, "wrong")])
def test_a_process_that_is_patched_too_late_is_wrong(tmp_path, code, state):
    (tmp_path / "entry.py").write_text(code)
    assert states(checks.processes({"agi": tmp_path / "entry.py"})) == [("processos", state)]


def test_a_check_that_breaks_is_a_finding():
    def broken():
        raise RuntimeError("secret detail")
        yield

    [found] = checks.run({"disco": broken})
    assert (found.name, found.state, "secret" in found.text) == ("disco", "wrong", False)


def test_a_line_shows_the_remedy():
    assert checks.line(Finding("disco", "wrong", "cheio", "Libere espaço.")) == "✘ disco: cheio\n    → Libere espaço."


def test_only_what_is_wrong_fails():
    Case = namedtuple("Case", "state ok")
    for case in (Case("warning", True), Case("wrong", False)):
        assert checks.as_data([Finding("a", case.state, "b")])["ok"] is case.ok


def test_nobody_sees_what_comes_back_is_told():
    sends = "smtp://mail.example"
    [found] = checks.returned_mail(Settings(smtp_url=sends))
    assert (found.state, "ALO_IMAP_URL" in found.remedy) == ("warning", True)
    [away] = checks.returned_mail(Settings(smtp_url=sends, imap_url="imap://a:b@127.0.0.1:9/"))
    assert (away.state, "não responde" in away.text) == ("wrong", True)
    assert list(checks.returned_mail(Settings())) == []
