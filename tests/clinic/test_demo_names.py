"""The names that are recorded for the demo clinic are those it can speak."""

from pathlib import Path

from clinic.demo_names import spoken_names

RECORDED = Path(__file__).parents[2] / "prompts" / "demo_names.txt"


def test_every_name_of_the_demo_is_recorded():
    """Mend with: python -c "from clinic.demo_names import *; print(*spoken_names(), sep='\\n')" > the file."""
    assert RECORDED.read_text("utf-8").splitlines() == spoken_names()
