"""What can be read off the dialplan without an Asterisk."""

import re

import pytest

from prompts.texts import Catalogue
from tests.dialplan.read import FILES, FOLDER, contexts, leads_to, lines, reachable

ENTRANCES = ["from-trunk", "alo-menus", "reception", "agi-failed", "alo-test"]
ALL = [line for file in FILES for line in lines(file)]
FROM_OUTSIDE = re.compile(r"\$\{(?:CALLERID\((?!num-pres)[^)]*\)|FROM_DID|typed|UNIQUEID)\}")


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_no_caller_reaches_a_trunk(entrance):
    within = reachable(entrance)
    assert "alo-outbound" not in within
    assert not [line for name in within for line in contexts()[name] if re.search(r"\b(Dial|Originate)\(", line)]


def test_the_clinics_telephones_reach_the_outside():
    assert "alo-outbound" in reachable("alo-agents")


def test_every_jump_leads_somewhere():
    assert set().union(*map(leads_to, contexts().values())) <= contexts().keys()


def test_every_call_to_the_server_is_prepared_and_its_end_looked_at():
    at = [n for n, line in enumerate(ALL) if "AGI(" in line]
    assert all("Gosub(alo-enter,s,1)" in ALL[n - 1] and "Goto(alo-after,s,1)" in ALL[n + 1] for n in at)
    assert all("${CHANNEL(linkedid)}" in ALL[n] for n in at)


def test_a_value_from_outside_appears_only_in_a_filter():
    assert [line for line in ALL if FROM_OUTSIDE.search(re.sub(r"\$\{FILTER\([^$]*\$\{[^{}]*\}\)\}", "", line))] == []


def test_the_number_dialled_is_used_only_where_a_pattern_has_checked_it():
    outside = [line for line in ALL if "${EXTEN" in line]
    assert outside and all(re.match(r"exten => (_[0-9XZ\[\]-]+|\d+),1,Dial\(", line) for line in outside)


def test_every_sentence_is_in_the_catalogue():
    said = {prompt for line in ALL for prompt in re.findall(r"alo-(?:say|find),s,1\(([a-z-]+/[a-z-]+)\)", line)}
    assert said and said <= Catalogue.load().fixed


def test_globals_are_named_so_that_they_meet_nobody_elses():
    names = [line.partition("=")[0] for line in lines("globals")]
    assert names and all(name.startswith("ALO_") for name in names)


def test_every_global_is_set_and_used():
    globals_ = {line.partition("=")[0] for line in lines("globals")}
    used = {name for line in ALL for name in re.findall(r"\$\{(ALO_\w+)\}", line)}
    on_the_channel = {name for line in ALL for name in re.findall(r"Set\((ALO_\w+)=", line)} | {"ALO_SLOW"}
    assert used - on_the_channel == globals_


def test_freepbx_gets_neither_a_trunk_context_nor_routes_to_the_outside():
    included = {line.split("alo/")[1] for line in lines("freepbx") if line.startswith("#include")}
    assert included == {f"{file}.conf" for file in FILES} - {"inbound.conf", "agents.conf", "outbound.conf"}


def test_a_plain_asterisk_gets_everything():
    assert [line.split("alo/")[1] for line in lines("extensions")] == [f"{file}.conf" for file in FILES]


def test_the_manager_may_read_and_do_nothing():
    rights = dict(line.split("=") for line in lines("manager") if "=" in line)
    assert rights["write"] == "reporting" and "command" not in rights["read"] and "originate" not in rights["read"]


def test_a_law_comes_first():
    assert "allow=alaw,ulaw" in (FOLDER / "pjsip.conf").read_text()
