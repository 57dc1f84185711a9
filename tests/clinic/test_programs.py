"""Programs ask so often and no oftener, and get the same answer for the same request."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from clinic.programs import Answer, OtherRequest, Programs, StillAtWork, TooManyRequests


@pytest.fixture
def programs(any_clinic):
    return any_clinic.programs


def test_requests_are_counted_within_a_minute(programs):
    assert [programs.count("token:1", 2) for _ in range(2)] == [1, 0]
    with pytest.raises(TooManyRequests) as told:
        programs.count("token:1", 2)
    assert told.value.seconds == 60


def test_a_new_minute_begins_anew(any_clinic, programs):
    programs.count("token:1", 1)
    any_clinic.clock.move(minutes=1)
    assert programs.count("token:1", 1) == 0


def test_each_token_of_a_person_is_counted_by_itself(programs):
    assert [programs.count(f"user:1/session:{n}", 1) for n in range(5)] == [0] * 5
    with pytest.raises(TooManyRequests):
        programs.count("user:1/session:0", 1)


def test_who_logs_in_again_and_again_gets_no_more_than_one_person_may_ask(programs):
    assert [programs.count(f"user:1/token:{n}", 2) for n in range(9)] == [1] * 9
    assert programs.count("user:1/token:9", 2) == 0
    with pytest.raises(TooManyRequests):
        programs.count("user:1/token:10", 2)
    assert programs.count("user:10/token:1", 2) == programs.count("user:2/session:1", 2) == 1


def test_a_token_that_asks_too_often_leaves_the_others_theirs(programs):
    programs.count("user:1/token:1", 1)
    for _ in range(8):
        with pytest.raises(TooManyRequests):
            programs.count("user:1/token:1", 1)
    assert programs.count("user:1/token:2", 1) == 0


def test_many_at_once_are_all_counted(programs):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: programs.count("token:1", 100), range(40)))
    assert programs.count("token:1", 100) == 59


def test_the_same_request_gets_the_same_answer(programs):
    assert programs.begin("user:1", "k", b"body") is None
    programs.finish("user:1", "k", Answer(201, "{}"))
    assert programs.begin("user:1", "k", b"body") == Answer(201, "{}")


def test_another_request_with_the_same_key_is_refused(programs):
    programs.begin("user:1", "k", b"body")
    with pytest.raises(OtherRequest):
        programs.begin("user:1", "k", b"other")


def test_keys_of_others_do_not_matter(programs):
    programs.begin("user:1", "k", b"body")
    assert programs.begin("user:2", "k", b"other") is None


def test_who_asks_while_it_is_at_work_waits_for_its_answer(any_clinic, programs):
    waited = []

    def finish_meanwhile(seconds):
        waited.append(seconds)
        programs.finish("user:1", "k", Answer(201, "{}"))

    other = Programs(any_clinic.database, any_clinic.clock, patience_s=60, sleep=finish_meanwhile)
    programs.begin("user:1", "k", b"body")
    assert other.begin("user:1", "k", b"body") == Answer(201, "{}")
    assert len(waited) == 1


def test_who_waited_in_vain_is_told_so(any_clinic):
    programs = Programs(any_clinic.database, any_clinic.clock, patience_s=0)
    programs.begin("user:1", "k", b"body")
    with pytest.raises(StillAtWork):
        programs.begin("user:1", "k", b"body")
    any_clinic.clock.move(seconds=30)
    assert programs.begin("user:1", "k", b"body") is None


def test_what_came_to_nothing_may_be_tried_again(programs):
    programs.begin("user:1", "k", b"body")
    programs.let_go("user:1", "k")
    assert programs.begin("user:1", "k", b"other") is None


def test_answers_and_counts_are_forgotten_after_a_day(any_clinic, programs):
    programs.begin("user:1", "k", b"body")
    programs.count("token:1", 1)
    any_clinic.clock.move(days=1, minutes=2)
    assert programs.forget_old() == 2
    assert programs.begin("user:1", "k", b"other") is None
