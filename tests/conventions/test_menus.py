"""One name in four places: dialplan, file, function, test."""

import ast

from agi.entries import ENTRIES
from dialplan.entries import named
from tests.conventions import house

MENUS = [module for module in house.modules("agi/menus") if not module.path.endswith("__init__.py")]
TESTS = house.ROOT / "tests" / "agi" / "menus"


def named_otherwise(module):
    """A menu's file has exactly one public function, and it bears the file's name."""
    own = module.name.rpartition(".")[2]
    functions = [node.name for node in house.public_functions(module)]
    return [] if functions == [own] else [house.at(module, 1, f"{functions} instead of {own}")]


def untested(module):
    own = module.name.rpartition(".")[2]
    return [] if (TESTS / f"test_{own}.py").exists() else [house.at(module, 1, "has no test of its name")]


def unused(module):
    """A menu that neither the dialplan nor another module of the telephone enters."""
    own = module.name.rpartition(".")[2]
    users = (one for one in house.modules("agi") if one.path != module.path)
    used = any(isinstance(n, ast.Name) and n.id == own for one in users for n in ast.walk(one.tree))
    return [] if used else [house.at(module, 1, "is entered by nobody")]


def test_a_menu_is_a_file_and_a_function_of_one_name():
    assert house.findings(named_otherwise, MENUS) == []


def test_a_menu_has_a_test_of_its_name():
    assert house.findings(untested, MENUS) == []


def test_a_menu_is_entered_by_somebody():
    assert house.findings(unused, MENUS) == []


def test_the_dialplan_and_the_server_know_the_same_menus():
    assert named()
    assert named() == set(ENTRIES)


def test_an_entry_is_a_menu():
    assert set(ENTRIES) <= {module.name.rpartition(".")[2] for module in MENUS}
