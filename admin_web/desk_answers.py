"""How actions of the desk answer: a word for the page's script, or a redirect with the same word."""

from flask import Response, flash, make_response, redirect, url_for

from admin_web.desk import in_drawer


def done(said: str, go: str, undo: int | None = None, kind: str = "good") -> Response:
    """It was done; `undo`: the appointment that may be taken back for ten seconds."""
    if in_drawer():
        taking_back = url_for("desk.take_back", appointment_id=undo) if undo else None
        return make_response({"said": said, "undo": taking_back})
    if undo:
        go = f"{go}{'&' if '?' in go else '?'}desfazer={undo}"
    flash(said, kind)
    return redirect(go, 303)  # type: ignore[return-value]
