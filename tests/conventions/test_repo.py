"""What is in the repository: no secrets, nothing left to do, no folder that hides a library."""

import re

import pytest

from tests.conventions import house

TEXT = {".py", ".md", ".txt", ".toml", ".cfg", ".conf", ".sh", ".yaml", ".yml", ".html", ".js", ".css", ".json", ""}
SECRETS = {
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY",
    "cloud key": r"\bAKIA[0-9A-Z]{16}\b",
    "token": r"\b(ghp|gho|ghs|xox[abp]|EAA[A-Z])[-_A-Za-z0-9]{20,}",
    "web token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}",
    "password in a URL": r"mysql(\+pymysql)?://[^:@\s/]+:(?!\$|<|senha@|password@|segredo@|hidden@|{)[^@\s]+@",
    "password in code": r"(?i)\b(password|passwd|secret|senha)\s*=\s*[\"'][A-Za-z0-9+/_-]{16,}[\"']",
}
LEFT_OVER = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b")


def readable():
    """Tracked text files, vendored scripts and locks left out."""
    files = [path for path in house.tracked() if path.suffix in TEXT and "vendor" not in path.parts]
    return [path for path in files if "requirements" not in path.parts and path != _this()]


def _this():
    return house.ROOT / "tests/conventions/test_repo.py"


def findings(pattern):
    found = re.compile(pattern)
    texts = ((path, path.read_text("utf-8", errors="replace")) for path in readable())
    return [f"{path.relative_to(house.ROOT)}: {m[0][:40]}" for path, text in texts if (m := found.search(text))]


@pytest.mark.parametrize("kind", SECRETS)
def test_no_secret_is_kept_here(kind):
    assert findings(SECRETS[kind]) == []


def test_nothing_is_left_to_do():
    code = (path for path in readable() if path.suffix in {".py", ".sh", ".conf", ".js", ".html"})
    assert [str(path) for path in code if LEFT_OVER.search(path.read_text("utf-8"))] == []


def test_no_folder_hides_a_library():
    assert not (house.ROOT / "asterisk").exists()


def test_the_repository_is_seen():
    assert len(readable()) > 20


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("private key", "-----BEGIN RSA PRIVATE KEY-----"),
        ("password in a URL", "mysql+pymysql://alo:hunter2@db/alo"),
        ("password in code", 'PASSWORD = "aB3dE5gH7jK9mN1p"'),
    ],
)
def test_a_secret_would_be_seen(kind, text):
    assert re.search(SECRETS[kind], text)
