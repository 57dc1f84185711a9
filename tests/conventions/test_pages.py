"""Each page has a title of its own, and each blueprint asks for a log-in or says why not."""

import re

from tests.conventions import house

TEMPLATES = sorted((house.ROOT / "admin_web" / "templates").rglob("*.html"))
BLUEPRINTS = [m for m in house.modules("admin_web") if any(house.called(c) == "Blueprint" for c in house.calls(m.tree))]
TITLE = re.compile(r"{%-?\s*block title\s*-?%}(.*?){%-?\s*endblock", re.DOTALL)


def untitled(text):
    """Whether a whole page (one that stands in a frame) does not say its title."""
    title = TITLE.search(text)
    return bool(re.search(r"{%-?\s*extends", text)) and not (title and title[1].strip())


def says_who_may_see(module):
    """LOGIN = "required", or "none: …" with the reason."""
    names = {node.targets[0].id: node for node in module.tree.body if _is_constant(node)}
    value = getattr(names["LOGIN"].value, "value", "") if "LOGIN" in names else ""
    good = value == "required" or (value.startswith("none: ") and len(value) > len("none: because"))
    return [] if good else [house.at(module, 1, "does not say who may see it")]


def _is_constant(node):
    return isinstance(node, house.ast.Assign) and isinstance(node.targets[0], house.ast.Name)


def test_each_page_has_a_title():
    assert len(TEMPLATES) > 1
    assert [str(page) for page in TEMPLATES if untitled(page.read_text("utf-8"))] == []


def test_each_blueprint_asks_for_a_login_or_says_why_not():
    assert house.findings(says_who_may_see, BLUEPRINTS) == []


def test_a_page_without_a_title_is_seen():
    assert untitled('{% extends "frame/base.html" %}{% block title %} {% endblock %}')
    assert untitled('{% extends "frame/base.html" %}')


def test_a_blueprint_that_says_nothing_is_seen():
    assert says_who_may_see(house.parse("page = 1"))
    assert says_who_may_see(house.parse('LOGIN = "none: "'))
