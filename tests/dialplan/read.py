"""The dialplan as data: contexts, what they include and where their lines lead."""

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "dialplan"
FILES = ("inbound", "menus", "agi-failed", "reception", "say", "test", "agents", "outbound")
JUMPS = re.compile(r"\b(?:Goto|Gosub)\(([\w-]+),[^,()]+,[^,()]+")
CONDITIONAL = re.compile(r"\?([\w-]+),[^,()]+,\d+")


def lines(file: str) -> list[str]:
    """Lines of a file without comments."""
    text = (FOLDER / f"{file}.conf").read_text("utf-8")
    return [line for raw in text.splitlines() if (line := re.sub(r"(^|\s);.*", "", raw).rstrip())]


def contexts() -> dict[str, list[str]]:
    """Each context and its lines."""
    found: dict[str, list[str]] = {}
    for line in (line for file in FILES for line in lines(file)):
        if head := re.match(r"\[([\w-]+)\]", line):
            current = found.setdefault(head[1], [])
        else:
            current.append(line)
    return found


def leads_to(body: list[str]) -> set[str]:
    """The contexts a context includes or jumps to."""
    included = {line.split("=>")[1].strip() for line in body if line.startswith("include")}
    return included.union(*({*JUMPS.findall(line), *CONDITIONAL.findall(line)} for line in body))


def reachable(start: str) -> set[str]:
    """Every context a call that enters at `start` can get into."""
    plan, found, ahead = contexts(), set[str](), [start]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += leads_to(plan[name])
    return found
