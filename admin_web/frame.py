"""The frame around every page: the rail, the header, the theme."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from flask import Blueprint, Flask, Response, make_response, render_template, request

from admin_web.access import Doors, Public

WHY = "it only remembers which colours this browser wants"

Theme = Literal["system", "light", "dark"]
THEME_COOKIE = "alo_theme"
THEME_WORDS: dict[Theme, str] = {"system": "Cores do sistema", "light": "Claro", "dark": "Escuro"}
THEME_ICONS: dict[Theme, str] = {"system": "monitor", "light": "sun", "dark": "moon"}
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the rail: where it leads, its word and its icon.

    Pages of the same blueprint are under it, and those of the blueprints in `also`.
    """

    endpoint: str
    word: str
    icon: str
    also: tuple[str, ...] = ()

    def here(self, endpoint: str | None) -> bool:
        """Whether the page that is shown is this place or below it."""
        return (endpoint or "").partition(".")[0] in (self.endpoint.partition(".")[0], *self.also)


@dataclass(frozen=True, slots=True)
class Reader:
    """What the frame shows of who reads: nothing of it where nobody has logged in."""

    places: tuple[Place, ...] = ()
    viewer: object = None
    role_words: str = ""
    search_at: str = ""
    account_at: str = ""
    leave_at: str = ""
    enter_at: str = ""


def theme() -> Theme:
    """The colours this browser chose; the system's when it never did."""
    kept = request.cookies.get(THEME_COOKIE, "")
    return kept if kept in ("light", "dark") else "system"  # type: ignore[return-value]


def choose_theme() -> Response:
    """Keep the choice for a year. Without script another tab tells it: where it was made, what was typed stays."""
    wanted = request.form.get("theme", "")
    if wanted not in THEME_WORDS:
        return Response(status=400)
    if request.headers.get("Accept") == "*/*":
        reply = Response(status=204)
    else:
        reply = make_response(render_template("frame/theme.html", theme=wanted))
    reply.set_cookie(THEME_COOKIE, wanted, max_age=YEAR, samesite="Strict", secure=request.is_secure)
    return reply


def blueprint() -> Blueprint:
    """The theme switch."""
    page = Blueprint("frame", __name__)
    Doors(page).rule("/tema", "theme", choose_theme, allow=Public(WHY), methods=["POST"])
    return page


def install(
    app: Flask, clinic_name: Callable[[], str], reader: Callable[[], Reader], registration: Callable[[], str]
) -> None:
    """Give every template what the frame shows; `reader` says to whom, `registration` what CFM 2.336/2023 demands."""

    def shown() -> dict[str, object]:
        chosen, who = theme(), reader()
        return {
            **{name: getattr(who, name) for name in Reader.__slots__},
            "clinic_name": clinic_name(),
            "registration": registration(),
            "theme": chosen,
            "themes": [(name, words, THEME_ICONS[name]) for name, words in THEME_WORDS.items()],
        }

    app.context_processor(shown)
