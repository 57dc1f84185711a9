"""Where each role begins, and what the frame shows of who reads."""

import logging
from collections.abc import Callable, Sequence

from flask import current_app, redirect
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from admin_web import access
from admin_web.frame import Place, Reader
from clinic.users import Role, Viewer

log = logging.getLogger(__name__)
ROLE_WORDS: dict[Role, str] = {
    "patient": "paciente", "attendant": "atendente", "doctor": "médico(a)", "manager": "gerente",
    "admin": "administrador(a)",
}  # fmt: skip
HOMES: tuple[tuple[frozenset[Role], tuple[str, ...]], ...] = (
    (access.STAFF, ("/agenda", "/chamadas")),
    (access.DOCTORS, ("/medico",)),
    (access.PATIENTS, ("/portal",)),
)


def home() -> Response:
    """To the page where the reader's day begins."""
    looking = access.somebody()
    return redirect(home_of(looking) if looking else access.LOG_IN)


def home_of(viewer: Viewer) -> str:
    """The path of the first page of their first role; their own account where there is none."""
    found = (path for roles, paths in HOMES if viewer.roles & roles for path in paths if _exists(path))
    return next(found, "/conta")


def role_words(viewer: Viewer) -> str:
    """Their roles as people say them."""
    return ", ".join(words for role, words in ROLE_WORDS.items() if role in viewer.roles)


def reader(places: Sequence[Place]) -> Callable[[], Reader]:
    """What the frame shows: the places where one may go. An error page is shown also without a database."""

    def shown() -> Reader:
        try:
            looking = access.somebody()
        except Exception:
            log.exception("nobody can be recognised for the frame")
            return Reader()
        if looking is None:
            return Reader(tuple(p for p in places if access.may(p.endpoint)), enter_at=access.LOG_IN)
        return Reader(
            places=tuple(place for place in places if access.may(place.endpoint)),
            viewer=looking,
            role_words=role_words(looking),
            search_at="/pacientes" if looking.roles & access.STAFF and _exists("/pacientes") else "",
            account_at="/conta" if _exists("/conta") else "",
            leave_at="/sair",
        )

    return shown


def _exists(path: str) -> bool:
    try:
        current_app.url_map.bind("").match(path)
    except HTTPException:
        return False
    return True
