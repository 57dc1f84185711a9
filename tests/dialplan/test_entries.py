"""One name in the dialplan and in the server: one search shows the path of a call."""

import re

from agi.entries import ENTRIES
from dialplan.entries import named
from tests.dialplan.read import FILES, lines

ALL = [line for file in FILES for line in lines(file)]


def test_the_dialplan_and_the_server_know_the_same_entries():
    assert named() == ENTRIES.keys()


def test_an_entry_has_the_same_name_in_dialplan_and_server():
    pairs = re.findall(r"^exten => (\w+),1,Gosub.*\n same => n,AGI\(agi://[^/]+/(\w+),", "\n".join(ALL), re.M)
    assert len(pairs) == len(ENTRIES) and all(extension == entry for extension, entry in pairs)
