"""A person is reachable from every menu, and nothing leaves the tree by accident."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from agi.menus import __path__ as menus
from agi.phone import Silence, Speaks
from tests.agi.menus.talking import talk, went_to
from tests.agi.menus.tree import SPOKEN, Question, walk
from tests.clinic.small_clinic import SmallClinic, same_clinic
from tests.clinic.templates import Templates

NO_QUESTION = {"reception", "goodbye", "settle", "choose_modality"}
"""Menus that ask nothing of their own in this clinic, or ask under another name."""


pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("tree")]


@pytest.fixture(scope="module")
def fresh(clinic_templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], SmallClinic]:
    """A new clinic for each call, in which Alice has two appointments, one specialty has nothing free, and the child
    she calls for has all the appointments that the clinic allows."""
    tmp_path = tmp_path_factory.mktemp("tree")
    prepared = clinic_templates.copy("sqlite", tmp_path)
    for place in (1, 9):
        prepared.book("alice", prepared.slot(place=place))
    for place in (100, 110, 120):
        prepared.book("davi", prepared.slot(place=place))
    start = prepared.clock()
    prepared.agenda.add_absence(prepared.at.doctors["sergio"], start, start.replace(year=2027), "férias")
    prepared.database.close()

    def another() -> SmallClinic:
        path = tmp_path / "call.sqlite"
        for old in tmp_path.glob("call.sqlite*"):
            old.unlink()
        shutil.copy(str(prepared.database.url.database), path)
        return same_clinic(prepared, f"sqlite:///{path}", tmp_path / "spool")

    return another


@pytest.fixture(scope="module")
def questions(fresh) -> list[Question]:
    return list(walk(fresh))


def asks_for_a_person(question: Question) -> tuple[object, ...]:
    """0 in a menu; in a number 0 and then #; instead of speaking 0."""
    if question.asked[-1] in SPOKEN:
        return (Speaks(1, key="0"),)
    return ("0", "#")


def test_a_person_is_reachable_from_every_menu(fresh, questions):
    lost = [one for one in questions if went_to(talk(fresh(), *one.path, *asks_for_a_person(one))) != "reception"]
    assert lost == []
    assert len(questions) > 30


def test_star_and_pound_end_no_call_anywhere(fresh, questions):
    for one in questions:
        for key in "*#":
            pressed = Speaks(1, key=key) if one.asked[-1] in SPOKEN else key
            call = talk(fresh(), *one.path, pressed)
            assert went_to(call) == "" and call.trail[-1] != "goodbye", (one, key)


def test_silence_ends_nowhere_but_with_a_person_or_a_good_bye(fresh, questions):
    for one in questions:
        call = talk(fresh(), *one.path, then=Silence())
        assert went_to(call) == "reception" or call.heard[-1] == "goodbye/closing", one


def test_the_walk_has_been_in_every_menu(questions):
    walked = {one.menu for one in questions}
    files = {file.stem for file in Path(next(iter(menus))).glob("*.py")} - {"__init__"}
    assert files - NO_QUESTION - {"greeting", "booking"} <= walked
