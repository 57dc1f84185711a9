"""What somebody had typed when their session ended: it goes through the log-in with them, and is shown to nobody else.

Nothing of it is kept on our side: hidden fields carry it from page to page. It is handed back only where the browser's
ended session belonged to whoever logs in now (admin_web.login.let_in).
"""

from dataclasses import dataclass

from flask import Request

from admin_web.access import own_path

PATH, PREFIX = "kept_path", "kept:"
NEVER = ("csrf_token", "password", "current", "new", "again", "code")
MOST_FIELDS = 1000
"""As many as are read of any form: nothing that was typed is left behind."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that did not arrive: where it was going, and what was in it."""

    path: str
    fields: tuple[tuple[str, str], ...]


def of_lost(asked: Request) -> Kept:
    """What a request carries that nobody may make any more; passwords and files are left out."""
    fields = [(name, value) for name, value in asked.form.items(multi=True) if name not in NEVER]
    return Kept(asked.full_path.rstrip("?"), tuple(fields[:MOST_FIELDS]))


def of_login(asked: Request) -> Kept | None:
    """What came along with a log-in form."""
    path = own_path(asked.form.get(PATH), "")
    if not path:
        return None
    fields = ((name, value) for name, value in asked.form.items(multi=True) if name.startswith(PREFIX))
    return Kept(path, tuple((name.removeprefix(PREFIX), value) for name, value in fields))
