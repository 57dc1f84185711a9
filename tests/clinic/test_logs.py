"""Log lines are JSON and quote nobody."""

import json
import subprocess
import sys

PROGRAM = """
import logging
from clinic import logs
logs.configure("INFO")
log = logging.getLogger("clinic.test")
log.debug("not told")
log.info("did %d", 3)
try:
    raise ValueError("the CPF 11144477735 is taken")
except ValueError:
    log.exception("failed")
"""


def test_a_line_is_json_and_an_error_has_no_words():
    told = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stderr
    did, failed = map(json.loads, told.splitlines())
    assert (did["event"], did["level"], did["logger"]) == ("did 3", "info", "clinic.test")
    assert (failed["event"], failed["error"], failed["place"]) == ("failed", "ValueError", "<string>:9")
    assert "11144477735" not in told and "taken" not in told
