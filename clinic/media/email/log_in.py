"""Log-ins to mail servers, also those with accents, which Python's own library cannot say."""

import smtplib
from base64 import b64encode
from urllib.parse import SplitResult, unquote

GO_ON, LET_IN = 334, (235, 503)


def log_in(server: smtplib.SMTP, url: SplitResult) -> None:
    """As the server's address says, if it names a user, to one that was greeted. Raises as `smtplib.SMTP.login`."""
    user, password = unquote(url.username or ""), unquote(url.password or "")
    if not f"{user}{password}".isascii():
        _in_utf8(server, user, password)
    elif user:
        server.login(user, password)


def _in_utf8(server: smtplib.SMTP, user: str, password: str) -> None:
    """RFC 4616; LOGIN, which no RFC describes, does the same where PLAIN is not offered."""
    offered = server.esmtp_features.get("auth", "").upper().split()
    if "PLAIN" in offered:
        code, said = server.docmd("AUTH", "PLAIN " + _as_sent(f"\0{user}\0{password}"))
    elif "LOGIN" in offered:
        code, said = server.docmd("AUTH", f"LOGIN {_as_sent(user)}")
        code, said = server.docmd(_as_sent(password)) if code == GO_ON else (code, said)
    else:
        raise smtplib.SMTPNotSupportedError("no log-in we know")
    if code not in LET_IN:
        raise smtplib.SMTPAuthenticationError(code, said)


def _as_sent(text: str) -> str:
    return b64encode(text.encode()).decode()
