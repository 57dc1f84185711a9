"""What a provider sends is looked at: signature, issuer, audience, nonce, times."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from clinic.oidc import Begun, NotVouched, Provider, ProviderAway, Vouched
from tests.clinic.small_clinic import NOW

KEY, ANOTHER = (RSAKey.generate_key(2048, {"kid": "1"}, private=True) for _ in range(2))
BEGUN = Begun("", "state", "the nonce", "verifier")


class Answers(BaseHTTPRequestHandler):
    """A provider that says what the test wants."""

    def do_GET(self):
        here = f"http://127.0.0.1:{self.server.server_address[1]}"
        told = {
            "issuer": here, "authorization_endpoint": f"{here}/auth", "token_endpoint": f"{here}/token",
            "jwks_uri": f"{here}/keys", "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"],
        }  # fmt: skip
        self.say({"keys": [KEY.as_dict(private=False)]} if self.path == "/keys" else told)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.say({"access_token": "a", "token_type": "Bearer", "id_token": self.server.id_token})

    def say(self, what):
        body = json.dumps(what).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as found:
        threading.Thread(target=found.serve_forever, args=(0.02,), daemon=True).start()
        yield found
        found.shutdown()


@pytest.fixture
def vouched(server):
    """Who it is, by a token with these claims."""
    issuer = f"http://127.0.0.1:{server.server_address[1]}"
    provider = Provider(issuer, "clinic", "s", "http://localhost/back", lambda: NOW)
    now = int(NOW.timestamp())

    def ask(key=KEY, header=None, code_issuer=None, **claims):
        good = {
            "iss": issuer, "aud": "clinic", "sub": "42", "exp": now + 60, "iat": now, "nonce": BEGUN.nonce,
            "email": "ana@example.com", "email_verified": True,
        }  # fmt: skip
        said = {name: value for name, value in (good | claims).items() if value is not None}
        server.id_token = jwt.encode(header or {"alg": "RS256", "kid": "1"}, said, key)
        return provider.finish("code", BEGUN, code_issuer)

    return ask


def test_a_good_word_is_taken(vouched):
    assert vouched() == Vouched(vouched().issuer, "42", "ana@example.com")


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://evil.example"}, {"aud": "another"}, {"nonce": "another"}, {"nonce": None}, {"sub": None},
        {"exp": int(NOW.timestamp()) - 120}, {"exp": None}, {"azp": "another"}, {"key": ANOTHER},
        {"code_issuer": "https://evil.example"},
    ],
    ids=",".join,
)  # fmt: skip
def test_any_other_is_not(vouched, wrong):
    with pytest.raises(NotVouched):
        vouched(**wrong)


def test_a_token_nobody_signed_is_nothing(vouched, server):
    issuer = vouched().issuer
    _, body, _ = server.id_token.split(".")
    head = base64.urlsafe_b64encode(b'{"alg": "none"}').decode().rstrip("=")
    server.id_token = f"{head}.{body}."
    with pytest.raises(NotVouched):
        Provider(issuer, "clinic", "s", "http://localhost/back", lambda: NOW).finish("code", BEGUN)


@pytest.mark.parametrize("checked", [False, None, "true", 1])
def test_an_address_the_provider_did_not_check_is_none(vouched, checked):
    assert vouched(email_verified=checked).email is None


def test_a_provider_that_is_not_there_is_away():
    with pytest.raises(ProviderAway):
        Provider("http://127.0.0.1:9", "clinic", "s", "http://localhost/back", lambda: NOW).begin()
