"""A message as HTML that mail programs show as it is meant: tables, inline styles, 600 px, nothing from elsewhere.

In the dark it stays legible where a program turns colours around, and takes our own dark ones where it knows them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from clinic.media.outgoing import Action, Outgoing

LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
NEWLINE, PREVIEW = "\n", 140
FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
BROKEN = "overflow-wrap:anywhere"
"""A word may be longer than a telephone is wide."""
DARK = (
    "@media (prefers-color-scheme:dark){"
    ".page{background:#0f172a!important}.card{background:#1e293b!important;border-color:#334155!important}"
    ".text,.text a,.second a{color:#e2e8f0!important}.quiet,.quiet a{color:#94a3b8!important}"
    ".second{border-color:#94a3b8!important}}"
)
TABLE = '<table role="presentation" cellpadding="0" cellspacing="0" border="0"'
PARAGRAPHS = re.compile(r"\n\s*\n")
HEAD = (
    '<!DOCTYPE html>\n<html lang="pt-BR"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>'
)
STYLE = (
    f"</title><style>:root{{color-scheme:light dark}}{DARK}</style></head>\n"
    '<body class="page" style="margin:0;padding:0;background:#f1f5f9">\n'
    '<div style="display:none;max-height:0;overflow:hidden">'
)
CLINIC = (
    f'</div>\n{TABLE} width="100%" class="page" style="background:#f1f5f9"><tr>\n'
    '<td align="center" style="padding:24px 12px">\n'
    f'{TABLE} width="600" style="width:100%;max-width:600px">\n'
    f'<tr><td class="text" style="{FONT};font-size:16px;font-weight:600;color:#0f172a;padding:0 4px 12px;{BROKEN}">'
)
CARD = (
    "</td></tr>\n"
    '<tr><td class="card" style="background:#ffffff;border:1px solid #cbd5e1;border-radius:8px;padding:24px">\n'
)
PARAGRAPH = f'<p class="text" style="{FONT};font-size:16px;line-height:24px;color:#0f172a;margin:0 0 16px;{BROKEN}">'
FOOT = (
    f'</td></tr>\n<tr><td class="quiet" style="{FONT};font-size:13px;line-height:20px;color:#475569;padding:16px 4px;'
    f'{BROKEN}">'
)
END = "</td></tr>\n</table>\n</td></tr></table>\n</body></html>\n"
"""What stands between what is said, from the first line of a page to its last."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes: the clinic's name, and what stands at the foot of every letter (its registration)."""

    name: str
    foot: str = ""


def written(message: Outgoing, head: Letterhead) -> str:
    """The whole page; every text in it is escaped."""
    text = message.text.replace("\r\n", "\n").strip()
    paragraphs = [part for part in PARAGRAPHS.split(text) if part]
    parts = (
        HEAD, escape(message.subject), STYLE, escape(_preview(paragraphs)), CLINIC, escape(head.name), CARD,
        *map(_paragraph, paragraphs), _buttons(message.actions), FOOT, _foot(message, head), END,
    )  # fmt: skip
    return "".join(parts)


def foot(head: Letterhead, *, asks: bool = False) -> str:
    """The last lines, as plain text; what has buttons (`asks`) may well want an answer, and does not say otherwise."""
    automatic = "Mensagem automática." if asks else "Mensagem automática: não é preciso responder."
    return "\n".join(part for part in (head.name, head.foot, automatic) if part)


def _preview(paragraphs: Iterable[str]) -> str:
    """What a list of mails shows beside the subject; filled up, so that nothing else of the page follows it there."""
    text = " ".join(" ".join(paragraphs).split())
    return text[:PREVIEW] + "\u00a0\u200c" * max(0, PREVIEW - len(text))


def _paragraph(text: str) -> str:
    return f"{PARAGRAPH}{_linked(text).replace(NEWLINE, '<br>')}</p>\n"


def _linked(text: str) -> str:
    """Escaped, with the addresses in it as links."""
    if "://" not in text:
        return escape(text)
    out, done = [], 0
    for found in LINK.finditer(text):
        address = escape(found.group())
        link = f'<a href="{address}" style="color:#0369a1;{BROKEN}">{address}</a>'
        out += [escape(text[done : found.start()]), link]
        done = found.end()
    return "".join([*out, escape(text[done:])])


def _buttons(actions: Iterable[Action]) -> str:
    """One below the other: each is wide enough for a thumb."""
    return "".join(_button(action, first) for action, first in zip(actions, _first(), strict=False))


def _first() -> Iterable[bool]:
    yield True
    while True:
        yield False


def _button(action: Action, first: bool) -> str:
    cell = "background:#0ea5e9;border:1px solid #0ea5e9" if first else "border:1px solid #64748b"
    kind = "first" if first else "second"
    style = f"{FONT};display:block;padding:12px 20px;font-size:16px;font-weight:600;color:#0f172a;text-decoration:none"
    link = f'<a href="{escape(action.url)}" style="{style}">{escape(action.label)}</a>'
    colour = ' bgcolor="#0ea5e9"' if first else ""
    return (
        f'{TABLE} width="100%" style="margin:0 0 12px"><tr>'
        f'<td class="{kind}" align="center"{colour} style="{cell};border-radius:6px">{link}</td></tr></table>\n'
    )


def _foot(message: Outgoing, head: Letterhead) -> str:
    lines = [escape(line) for line in foot(head, asks=bool(message.actions)).split("\n")]
    if message.unsubscribe:
        lines.append(f'<a href="{escape(message.unsubscribe)}" style="color:#475569">Não receber mais lembretes</a>')
    return "<br>".join(lines)
