"""QR codes as SVG inside the page: made here, so that no secret goes to anybody else."""

import io

import segno
from markupsafe import Markup


def qr_svg(text: str) -> Markup:
    """The code of a text, black on white whatever the theme, sized by the style sheet."""
    drawn = io.BytesIO()
    segno.make(text, error="m").save(
        drawn, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, dark="#000", light="#fff", nl=False
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704 - drawn by us from modules, the text itself is not in it
