"""Every bench, in small: it runs, what it counts is right, and its result has the keys it promises."""

import sys

import pytest

from tests.bench import agi, asterisk, booking, lighthouse, outbox, search, web
from tests.bench.clinics import Size

pytestmark = pytest.mark.live
SMALL = Size(units=2, specialties=2, doctors_each=2, days=2)


def quiet(_text: str) -> None:
    """Nobody watches a smoke test."""


def test_agi_with_a_peer():
    plan = agi.Plan(1, 20, 5, 10, 100, 20, 20, SMALL, peers=("pyst2",), python=sys.executable)
    found = agi.measure(quiet, plan)
    assert {"python_peer", "p99_over_peer"} <= found["ratios"].keys()
    assert {"p99_ms", "kb_per_idle_call"} <= found["figures"].keys()
    assert found["figures"]["commands_per_call"] == found["peers"]["pyst2_commands_per_call"] > 20


def test_booking_sells_each_slot_once():
    found = booking.measure(quiet, booking.Plan(rounds=1, slots=20))
    assert found["figures"]["double_booked"] == 0 and found["ratios"]["raw_insert"] > 0


def test_search_in_two_sizes():
    found = search.measure(quiet, search.Plan(doctors=20, specialties=2, large=2000, small=400, searches=20))
    assert (found["figures"]["slots"], found["peers"]["small_slots"]) == (2000, 400)
    assert found["ratios"]["large_over_small"] > 0 and found["figures"]["p99_ms"] > 0


def test_web_in_two_sizes():
    found = web.measure(quiet, web.Plan(few=8, many=16, slots_each=500, rounds=1, seconds=1, connections=4))
    assert {"empty_view", "empty_view_week", "large_over_small"} <= found["ratios"].keys()
    assert found["ratios"]["empty_view"] > 0 and found["figures"]["p99_ms"] > 0
    assert 10 < found["figures"]["page_kb_max"] < 60


@pytest.mark.timeout(600)
def test_outbox_sends_each_letter_once_and_takes_from_both_databases():
    plan = outbox.Plan(1, 40, 20, waits_ms=5, few=40, many=80, claims=2, bookings=10, per_second=20)
    found = outbox.measure(quiet, plan)
    assert {"claim_p99_ms", "claim_p99_ms_mysql", "fact_to_sent_p99_s", "render_ms"} <= found["figures"].keys()
    assert found["figures"]["bookings_per_s"] > 0
    assert found["ratios"]["bare_smtp"] > 0 and found["ratios"]["workers_4_over_1"] > 0
    assert found["ratios"]["rabbitmq_over_embedded"] > 0


@pytest.mark.xdist_group("browser")
@pytest.mark.timeout(600)
def test_lighthouse_on_one_page():
    found = lighthouse.measure(quiet, lighthouse.Plan(accounts=(None,), on_telephones=frozenset(), most=1))["figures"]
    assert {"performance_min", "first_paint_ms_max"} <= found.keys()
    assert (found["pages"], found["accessibility_min"] >= 95, found["best_practices_min"] >= 95) == (1, True, True)


@pytest.mark.asterisk
@pytest.mark.xdist_group("asterisk")
@pytest.mark.timeout(600)
def test_asterisk_with_two_callers():
    plan = asterisk.Plan(first=2, most=2, parts=1, start=0, agree=1, over=0.5, pause=0.3, size=SMALL)
    found = asterisk.measure(quiet, plan)
    assert (found["figures"]["callers"], found["figures"]["digits_lost"]) == (2, 0)
    assert found["ratios"] == {"null_agi": 1} and found["figures"]["at_once"] == 2
