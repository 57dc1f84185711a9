"""Every page asks for a log-in or says why it needs none; every template has a title; nothing inline."""

import ast
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


def login(module):
    """What a blueprint's module says of its log-in: the text of LOGIN, or None."""
    for node in module.tree.body:
        names = [ast.unparse(name) for name in node.targets] if isinstance(node, ast.Assign) else []
        if names == ["LOGIN"] and isinstance(node.value, ast.Constant):
            return str(node.value.value)
    return None


def says_enough(text):
    """`required`, or `none: ` and a reason of more than two words."""
    return text == "required" or bool(text and text.startswith("none: ") and len(text.split()) > 3)


@pytest.mark.parametrize("module", BLUEPRINTS, ids=lambda module: module.path)
def test_a_blueprint_asks_for_a_log_in_or_says_why_not(module):
    assert says_enough(login(module))


@pytest.mark.parametrize("text", [None, "", "none", "none: no", "later"])
def test_a_blueprint_that_says_nothing_is_seen(text):
    assert not says_enough(text)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_nothing_inline(template):
    assert not INLINE.search(template.read_text("utf-8"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_page_has_a_title(template):
    text = template.read_text("utf-8")
    assert "frame/base.html" not in text or "{% block title %}" in text


@pytest.mark.parametrize("text", ["<p style='x'>", '<a onclick="x">', "<script>x</script>", "<style>", "javascript:x"])
def test_what_is_inline_is_seen(text):
    assert INLINE.search(text)


def test_there_are_pages():
    assert len(BLUEPRINTS) >= 4
    assert len(TEMPLATES) >= 5
