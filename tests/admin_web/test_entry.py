"""The process of the pages: a password is checked in another thread, so that all pages go on."""

import subprocess
import sys

from tests.conventions.house import ROOT

ASK = """
from admin_web.entry import in_a_thread
import gevent.monkey
native = gevent.monkey.get_original("threading", "get_native_id")
print(in_a_thread(lambda: native()) != native(), in_a_thread(lambda: 6 * 7))
"""


def test_slow_computing_happens_in_another_thread():
    done = subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "42"]


def test_the_web_process_hands_it_to_the_clinic():
    assert "hasher=entry.in_a_thread" in (ROOT / "alo.py").read_text("utf-8")
