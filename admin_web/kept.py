"""What somebody had typed when their session ended: it goes through the log-in with them, and is shown to nobody else.

Nothing of it is kept on our side: hidden fields carry it from page to page, with the token of the page it was typed in,
which says for whom that was drawn (admin_web.security.drawn_for). It is handed back to them alone, however their
session ended and whoever has logged in meanwhile, also in another tab: where the way in leads off the page, it is gone
there, and the page stays open with what was typed.
"""

from dataclasses import dataclass

from flask import Request

from admin_web.access import own_path
from admin_web.security import drawn_for, sent_token

PATH, MARK, FILE, PREFIX = "kept_path", "kept_of", "kept_file", "kept:"
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
    """The token of the page it was typed in; "" where it carried none."""
    file: bool = False
    """Whether a file was in it, which no hidden field can carry: it has to be chosen anew."""

    def is_of(self, user_id: int) -> bool:
        """Whether it was this person who had typed it; nobody's is nobody's."""
        return drawn_for(self.mark) == user_id

    def may_be_of(self, user_id: int) -> bool:
        """Whether nothing says that it was somebody else."""
        return drawn_for(self.mark) in (None, user_id)

    @property
    def is_anybodys(self) -> bool:
        """Whether it can be given back at all."""
        return drawn_for(self.mark) is not None


def of_lost(asked: Request) -> Kept:
    """What a request carries that nobody may make any more; passwords and files are left out."""
    never = (*NEVER, CODE) if asked.path.startswith(CODES) else NEVER
    fields = [(name, value) for name, value in asked.form.items(multi=True) if name not in never]
    file = any(one.filename for one in asked.files.values())
    return Kept(asked.full_path.rstrip("?"), tuple(fields[:MOST_FIELDS]), sent_token(asked), file)


def of_login(asked: Request) -> Kept | None:
    """What came along with a log-in form."""
    path = own_path(asked.form.get(PATH), "")
    if not path:
        return None
    fields = ((name, value) for name, value in asked.form.items(multi=True) if name.startswith(PREFIX))
    mark, file = asked.form.get(MARK, ""), FILE in asked.form
    return Kept(path, tuple((name.removeprefix(PREFIX), value) for name, value in fields), mark, file)
