"""The tests' own ears: a recording that lacks a prompt, or has them in another order, must not pass."""

from collections.abc import Collection

import numpy as np

from tests.live.correlation import ENOUGH, heard, heard_in_order
from tests.live.rtp import FROM_ALAW, Ear, Mouth, Sound, to_alaw
from tests.live.sounds import made_up

ONE, TWO, THREE = (made_up(name) for name in ("one", "two", "three"))
PAUSE = np.zeros(4000, np.int16)


def through_alaw(*sounds: Sound) -> Sound:
    return FROM_ALAW[np.frombuffer(to_alaw(np.concatenate(sounds)), np.uint8)]


def delivered(packets: list[bytes], late: Collection[int] = ()) -> Sound:
    """What an ear makes of packets that arrive every 20 ms, some of them `late` by a second."""
    ear = Ear()
    for n, packet in enumerate(packets):
        ear.hear(packet, n * 0.02 + (1.0 if n in late else 0))
    return ear.sound()


def spoken(sound: Sound) -> list[bytes]:
    mouth, payload = Mouth(7, stamp=1000), to_alaw(sound)
    return [mouth.audio(payload[at : at + 160]) for at in range(0, len(payload), 160)]


def test_alaw_keeps_a_prompt_recognisable() -> None:
    assert heard(through_alaw(PAUSE, ONE, PAUSE), ONE) > 0.99


def test_a_prompt_that_is_not_there_is_not_heard() -> None:
    assert heard(through_alaw(PAUSE, ONE, PAUSE, TWO), THREE) < 0.6


def test_half_a_prompt_is_not_heard() -> None:
    assert heard(through_alaw(PAUSE, ONE[: len(ONE) // 2], PAUSE, PAUSE), ONE) < ENOUGH


def test_prompts_are_heard_in_order() -> None:
    assert min(heard_in_order(through_alaw(PAUSE, ONE, TWO, PAUSE, THREE), [ONE, TWO, THREE])) > 0.99


def test_another_order_is_told() -> None:
    assert min(heard_in_order(through_alaw(PAUSE, TWO, ONE, PAUSE, THREE), [ONE, TWO, THREE])) < ENOUGH


def test_a_prompt_said_once_is_not_heard_twice() -> None:
    assert heard_in_order(through_alaw(PAUSE, ONE, PAUSE, PAUSE), [ONE, ONE])[1] < ENOUGH


def test_late_and_reordered_packets_leave_no_trace() -> None:
    packets = spoken(ONE)
    packets[10], packets[11] = packets[11], packets[10]
    assert heard(delivered(packets, late={20, 21, 22}), ONE) > 0.99


def test_a_lost_packet_leaves_a_hole_and_no_shift() -> None:
    packets = spoken(ONE)
    assert heard(delivered(packets[:10] + packets[11:]), ONE) > 0.95


def test_a_prompt_that_stumbled_is_still_heard() -> None:
    hole = np.zeros(1700, np.int16)
    assert heard(through_alaw(PAUSE, TWO, ONE[:3000], hole, ONE[3000:5000], hole, ONE[5000:], PAUSE), ONE) > ENOUGH


def test_a_prompt_in_pieces_of_another_order_is_not_heard() -> None:
    assert heard(through_alaw(PAUSE, ONE[5000:], ONE[3000:5000], ONE[:3000], PAUSE), ONE) < ENOUGH


def test_a_digit_has_a_marker_a_growing_duration_and_three_ends() -> None:
    packets = Mouth(7).digit("5")
    assert [packet[1] >> 7 for packet in packets] == [1] + [0] * 7
    assert [packet[13] >> 7 for packet in packets] == [0] * 5 + [1] * 3
    assert [int.from_bytes(packet[14:16]) for packet in packets] == [160, 320, 480, 640, 800, 960, 960, 960]
    assert {packet[4:8] for packet in packets} == {packets[0][4:8]} and {packet[12] for packet in packets} == {5}
