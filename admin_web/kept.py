"""What somebody had typed when their session ended: it goes through the log-in with them, and is shown to nobody else.

Nothing of it is kept on our side: hidden fields carry it from page to page, with the digest of the session that ended.
It is handed back only to whom that session belonged (admin_web.login.is_theirs), whoever has logged in meanwhile, also
in another tab: where the way in leads off the page, it is gone there, and the page stays open with what was typed.
"""

from dataclasses import dataclass

from flask import Request

from admin_web import cookies
from admin_web.access import own_path
from clinic.sessions import digest

PATH, MARK, PREFIX = "kept_path", "kept_of", "kept:"
NEVER = ("csrf_token", "password", "current", "new", "again")
CODE, CODES = "code", ("/entrar", "/conta")
"""A field that is a secret on these pages alone, where it is a code of the second factor."""
MOST_FIELDS = 1000
"""As many as are read of any form: nothing that was typed is left behind."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that did not arrive: where it was going, and what was in it."""

    path: str
    fields: tuple[tuple[str, str], ...]
    mark: str
    """Whose it is: the digest of the session that had ended; "" where there was none."""


def of_lost(asked: Request) -> Kept:
    """What a request carries that nobody may make any more; passwords and files are left out."""
    never = (*NEVER, CODE) if asked.path.startswith(CODES) else NEVER
    fields = [(name, value) for name, value in asked.form.items(multi=True) if name not in never]
    ended = cookies.read(asked, cookies.SESSION)
    return Kept(asked.full_path.rstrip("?"), tuple(fields[:MOST_FIELDS]), digest(ended) if ended else "")


def of_login(asked: Request) -> Kept | None:
    """What came along with a log-in form."""
    path = own_path(asked.form.get(PATH), "")
    if not path:
        return None
    fields = ((name, value) for name, value in asked.form.items(multi=True) if name.startswith(PREFIX))
    mark = asked.form.get(MARK, "")
    return Kept(path, tuple((name.removeprefix(PREFIX), value) for name, value in fields), mark)
