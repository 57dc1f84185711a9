"""The look is made of few things: colours by name, eight sizes of letters, system fonts; and words can be read."""

import re

import pytest

from tests.conventions import house

SHEETS = sorted(path for path in (house.ROOT / "admin_web/static").rglob("*.css") if "vendor" not in path.parts)
SIZES = {"0", "0.75rem", "0.875rem", "1rem", "1.125rem", "1.25rem", "1.5rem", "2rem", "2.5rem"}
"""And none at all, where a picture stands for the words."""
DESIGN = {
    "page": "#0f172a", "card": "#1e293b", "line": "#334155", "text": "#e2e8f0", "quiet": "#94a3b8",
    "primary": "#0ea5e9",
    "success": "#10b981", "warning": "#f59e0b", "error": "#ef4444", "on-colour": "#0f172a", "error-text": "#f87171",
}  # fmt: skip
READ = [(words, on) for on in ("page", "card", "sunk") for words in ("text", "quiet", "primary-text")]
READ += [(f"{tone}-text", "card") for tone in ("success", "warning", "error")]
READ += [("on-colour", tone) for tone in ("primary", "success", "warning", "error")]
READ += [("primary-text", "primary-soft"), ("text", "warning-soft"), ("text", "error-soft")]


def colours(theme):
    """Name to "#rrggbb" of one theme."""
    text = (house.ROOT / f"admin_web/static/frame/{theme}.css").read_text("utf-8")
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", text))


def brightness(colour):
    """Relative luminance as WCAG counts it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    high, low = sorted((brightness(one), brightness(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def odd_sizes(text):
    return [size for size in re.findall(r"font-size:\s*([^;}\s]+)", text) if size not in SIZES]


def odd_colours(text):
    """Colours without a name, but in print, which knows no themes."""
    shown = text.partition("@media print")[0]
    return re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{}]*})", shown)


def test_the_colours_are_those_of_the_design():
    dark = colours("dark")
    assert {name: dark[name] for name in DESIGN} == DESIGN
    assert dark.keys() == colours("light").keys()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_words_on_colours_can_be_read(theme):
    named = colours(theme)
    assert [pair for pair in READ if contrast(named[pair[0]], named[pair[1]]) < 4.5] == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_edges_of_what_is_typed_into_are_seen(theme):
    named = colours(theme)
    assert contrast(named["edge"], named["page"]) >= 3
    assert contrast(named["focus"], named["page"]) >= 3


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_no_other_size_is_used(sheet):
    assert odd_sizes(sheet.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "sheet",
    [one for one in SHEETS if one.name not in ("dark.css", "light.css", "print.css")],
    ids=lambda path: path.name,
)
def test_colours_are_called_by_name(sheet):
    assert odd_colours(sheet.read_text("utf-8")) == []


def test_fonts_are_the_systems():
    texts = [sheet.read_text("utf-8") for sheet in SHEETS]
    assert not any("@font-face" in text or "@import" in text for text in texts)
    assert any("-apple-system, BlinkMacSystemFont" in text for text in texts)


def test_what_is_odd_is_seen():
    assert odd_sizes("a { font-size: 13px; }") == ["13px"]
    assert odd_colours("a { color: #fff; }") == ["#fff"]
    assert round(contrast("#ffffff", "#0ea5e9"), 2) == 2.77
