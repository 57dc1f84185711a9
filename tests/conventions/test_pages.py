"""Every route says who may use it; every template has a title; nothing inline."""

import re

import pytest

from tests.conventions import house

TEMPLATES = sorted((house.ROOT / "admin_web/templates").rglob("*.html"))
BLUEPRINTS = [
    module
    for module in house.modules("admin_web")
    if any(house.called(call) == "Blueprint" for call in house.calls(module.tree))
]
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son(click|load|submit|input|change|error)=|javascript:")

SCRIPT = re.compile(r"<script\b[^>]*>", re.IGNORECASE)
NONCE = ' nonce="{{ nonce() }}"'

THE_DOOR = ("admin_web/access.py",)
DECLARED_BY_HAND = ("admin_web/app.py", "admin_web/assets.py")


def open_doors(module):
    """Routes registered past `Doors`, where nobody says who may use them."""
    named = (call for call in house.calls(module.tree) if house.called(call).endswith(".add_url_rule"))
    return [house.at(module, call.lineno) for call in named]


def test_every_route_goes_through_a_door_that_says_who_may_use_it():
    assert house.findings(open_doors, house.modules("admin_web"), but=THE_DOOR + DECLARED_BY_HAND) == []


def test_a_route_past_the_doors_is_seen():
    assert open_doors(house.parse("page.add_url_rule('/x', 'x', x)"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_nothing_inline(template):
    assert not INLINE.search(template.read_text("utf-8"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_script_carries_the_pages_nonce(template):
    assert [tag for tag in SCRIPT.findall(template.read_text("utf-8")) if NONCE not in tag] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_page_has_a_title(template):
    text = template.read_text("utf-8")
    assert "frame/base.html" not in text or "{% block title %}" in text


@pytest.mark.parametrize("text", ["<p style='x'>", '<a onclick="x">', "<script>x</script>", "<style>", "javascript:x"])
def test_what_is_inline_is_seen(text):
    assert INLINE.search(text)


def test_scripts_are_seen():
    assert any(SCRIPT.search(one.read_text("utf-8")) for one in TEMPLATES)


def test_there_are_pages():
    assert len(BLUEPRINTS) >= 4
    assert len(TEMPLATES) >= 5
