"""How a text is said where its spelling would mislead a voice: abbreviations, acronyms, foreign words, figures."""

import re

from prompts.numbers import DIGITS, LIMIT, words

SAID = {
    "Dr.": "doutor",
    "Dra.": "doutora",
    "Dr": "doutor",
    "Dra": "doutora",
    "Sr.": "senhor",
    "Sra.": "senhora",
    "Prof.": "professor",
    "Profa.": "professora",
    "Av.": "avenida",
    "R.": "rua",
    "Al.": "alameda",
    "Pça.": "praça",
    "nº": "número",
    "SAMU": "sâmu",
    "CPF": "cê pê efe",
    "CRM": "cê erre eme",
    "RQE": "erre quê é",
    "SUS": "sus",
    "PIN": "pim",
    "WhatsApp": "uótis épi",
    "e-mail": "imêil",
    "site": "sáiti",
    "online": "onláini",
    "check-up": "tchecápi",
    "pilates": "pilátis",
    "Nakamura": "Nacamura",
    "Schmidt": "Chimíti",
    "Wagner": "Váguiner",
    "Washington": "Uóchinton",
    "Wesley": "Uéslei",
    "William": "Uíliam",
    "Wellington": "Uélinton",
}
"""Whole words as they are written, and as a voice is given them. Rather a wrong spelling than a wrong sound."""

WORD = re.compile(
    r"(?<![\w-])(?:" + "|".join(re.escape(word) for word in sorted(SAID, key=len, reverse=True)) + r")(?!\w)"
)
FIGURES = re.compile(r"\d+")
THOUSANDS = re.compile(r"(?<=\d)\.(?=\d{3}(?!\d))")


def spoken(text: str) -> str:
    """The text with every abbreviation and figure written out: "Rua Sete de Abril, 237" ends in "trinta e sete"."""
    plain = WORD.sub(lambda found: SAID[found[0]], " ".join(text.split()))
    return FIGURES.sub(lambda found: _figures(found[0]), THOUSANDS.sub("", plain))


def _figures(digits: str) -> str:
    """A number as a number, a code (leading zero, or too long for a number) digit by digit."""
    if (len(digits) > 1 and digits.startswith("0")) or int(digits) >= LIMIT:
        return " ".join(DIGITS[int(digit)] for digit in digits)
    return words(int(digits))
