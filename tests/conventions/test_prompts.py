"""Each prompt that is used exists, and each text of the catalogue is used."""

import ast
import re

from prompts.texts import SAFE_ID, Catalogue, where_used
from tests.conventions import house

CATALOGUE = Catalogue.load()
NO_PROMPTS = re.compile(r"(text|application|audio|image)/[a-z0-9.-]+")
SPOKEN = re.compile(r"alo-say,s,1\(([^)]*)\)")


def unknown(module):
    """Strings of a module that look like a prompt id and are none."""
    return [
        house.at(module, node.lineno, node.value)
        for node in house.texts(module.tree)
        if SAFE_ID.fullmatch(node.value) and not NO_PROMPTS.fullmatch(node.value) and node.value not in CATALOGUE.lines
        if not node.value.startswith("pause/")
    ]


def in_dialplan():
    files = sorted((house.ROOT / "dialplan").glob("*.conf"))
    lines = (line.partition(";")[0] for file in files for line in file.read_text("utf-8").splitlines())
    said = (found for line in lines for found in SPOKEN.findall(line))
    return {one for ids in said for one in re.split("[,&]", ids) if SAFE_ID.fullmatch(one)}


def test_every_prompt_a_menu_plays_is_in_the_catalogue():
    assert house.findings(unknown, house.modules("agi")) == []


def test_every_prompt_the_dialplan_plays_is_in_the_catalogue():
    assert in_dialplan()
    assert in_dialplan() - CATALOGUE.lines.keys() == set()


def test_every_text_of_the_catalogue_is_used():
    """An example belongs to its question and is asked for with it."""
    used = {prompt for prompt, places in where_used(CATALOGUE.fixed).items() if places}
    examples = {f"{prompt}-example" for prompt in used}
    assert CATALOGUE.fixed - used - examples == set()


def test_a_prompt_that_is_not_there_is_seen():
    assert unknown(house.parse('call.play("booking/no-such-text")'))


def test_no_service_names_a_prompt():
    named = [house.at(m, n.lineno, n.value) for m in house.modules("clinic", "db") for n in _prompts(m)]
    assert named == []


def _prompts(module: house.Module) -> list[ast.Constant]:
    return [node for node in house.texts(module.tree) if node.value in CATALOGUE.fixed]
