"""Which menus of the FastAGI server the dialplan enters."""

import re
from pathlib import Path

HERE = Path(__file__).parent
CALLED = re.compile(r"\bAGI\(agi://[^/\s]+/([\w-]+)")


def named(folder: Path = HERE) -> set[str]:
    """The names after `agi://server/` in every .conf of a folder; comments left out."""
    lines = (line.partition(";")[0] for file in folder.glob("*.conf") for line in file.read_text("utf-8").splitlines())
    return {name for line in lines for name in CALLED.findall(line)}
