"""Texts as SMS carry them (3GPP 23.038): how many parts one takes, and how it is made to fit."""

import re
import unicodedata

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
DOUBLE = frozenset("^{}\\[~]|€\f")
"""These take the room of two."""
GSM_ROOM, UCS_ROOM = (160, 153), (70, 67)
"""A text of one part, and each part of several."""
SPELT = str.maketrans({
    "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "º": "o", "ª": "a", "•": "-", "\u00a0": " ",
    "\t": " ",
})  # fmt: skip
LINK = re.compile(r"https?://\S+")
MORE = "..."


def parts(text: str) -> int:
    """How many parts it takes, each of which is paid for."""
    size, (one, each) = _size(text)
    return 1 if size <= one else -(-size // each)


def fitted(text: str, most: int, accents: bool = False) -> str:
    """The text in at most so many parts. Accents that would make it more than twice as long go, unless they shall
    stay; what does not fit is cut between words, but never the link in it.
    """
    plain = text.translate(SPELT)
    bare = "".join(_bare(one) for one in plain)
    chosen = text.strip() if accents or not _is_gsm(bare) else bare.strip()
    return chosen if parts(chosen) <= most else _cut(chosen, most)


def _bare(character: str) -> str:
    """Without its accent, where the small alphabet has it only so."""
    if character in GSM or character in DOUBLE:
        return character
    return "".join(one for one in unicodedata.normalize("NFKD", character) if not unicodedata.combining(one))


def _is_gsm(text: str) -> bool:
    return all(one in GSM or one in DOUBLE for one in text)


def _size(text: str) -> tuple[int, tuple[int, int]]:
    if _is_gsm(text):
        return len(text) + sum(one in DOUBLE for one in text), GSM_ROOM
    return len(text.encode("utf-16-le", "replace")) // 2, UCS_ROOM


def _cut(text: str, most: int) -> str:
    """The words before the last link make room, then those after it."""
    links = list(LINK.finditer(text))
    at, link = (links[-1].start(), links[-1].group()) if links else (len(text), "")
    end = f" {link}" if link else ""
    words = text[:at].split(" ")
    while words and parts(f"{' '.join(words).rstrip()}{MORE}{end}") > most:
        words.pop()
    head = " ".join(words).rstrip()
    return f"{head}{MORE}{end}" if head else link or _hard(text, most)


def _hard(text: str, most: int) -> str:
    """One word longer than there is room."""
    while parts(text + MORE) > most:
        text = text[:-1]
    return text + MORE
