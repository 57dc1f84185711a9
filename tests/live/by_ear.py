"""For tests that judge what was heard or recorded in real time through a real Asterisk."""

import pytest

BY_EAR = pytest.mark.flaky(reruns=1, only_rerun=["AssertionError"])
"""Not heard is heard once more: a machine with more to do than it can makes holes in sound, now here and now there.

What is wrong with the clinic is wrong each time. Never where a test is about who wins a race or what was written: there
once is too often. Where it may stand is a convention (tests/conventions/test_tests.py); pytest tells each rerun.
"""
