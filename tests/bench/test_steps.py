"""The greatest number that is borne is found, with few tries."""

from dataclasses import dataclass

import pytest

from tests.bench.steps import Search, ladder

NUMBERS = ladder(40, 640, 8)


@dataclass(frozen=True)
class Said:
    """A verdict."""

    borne: bool


def test_a_ladder_doubles_in_so_many_steps():
    assert ladder(40, 160, 2) == (40, 57, 80, 113, 160)


@pytest.mark.parametrize("stride", [1, 8])
@pytest.mark.parametrize("start", [0, 7, 20, len(NUMBERS) - 1])
@pytest.mark.parametrize("most", range(-1, len(NUMBERS), 4))
def test_the_greatest_that_is_borne_is_found(start, most, stride):
    tried = []

    def attempt(number):
        tried.append(number)
        return Said(most >= 0 and number <= NUMBERS[most])

    place, good = Search(NUMBERS, attempt).most(start, stride)
    assert (place, len(good)) == (most, 2 if most >= 0 else 0) and len(tried) <= 14


def test_what_was_borne_by_luck_is_not_believed():
    tries = iter([True, False, False, True, True])
    search = Search((10, 20), lambda number: Said(next(tries)))
    assert search.most(1)[0] == 0
