"""Where callers are, as it is written for who looks on."""

import pytest

from agi.phone import fake_call
from agi.whereabouts import Whereabouts


@pytest.fixture
def written():
    return []


@pytest.fixture
def where(written):
    return Whereabouts(lambda call_id, menu: written.append((call_id, menu)))


def test_the_last_menu_is_written_once(where, written):
    call = fake_call(uniqueid="1.1")
    with where.watched(call):
        call.enter("greeting")
        call.enter("main")
        where.write()
        where.write()
    assert written == [("1.1", "main")]


def test_a_call_that_ended_is_not_written(where, written):
    call = fake_call()
    with where.watched(call):
        call.enter("main")
    where.write()
    assert written == []


def test_before_the_first_menu_nothing_is_written(where, written):
    with where.watched(fake_call()):
        where.write()
    assert written == []


def test_what_could_not_be_written_is_tried_again(written):
    def fails_once(call_id, menu):
        written.append(menu)
        if len(written) == 1:
            raise OSError

    where, call = Whereabouts(fails_once), fake_call()
    with where.watched(call):
        call.enter("main")
        with pytest.raises(OSError):
            where.write()
        where.write()
    assert written == ["main", "main"]
