"""Recording names while the clinic works."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from prompts.names import name_id
from prompts.render import renderer
from prompts.shelf import Shelf
from prompts.sound import SoundFailed

log = logging.getLogger(__name__)


def recorder(folders: Sequence[Path], folder: Path) -> Callable[[str], bool]:
    """Records a name below `folder`, unless one of `folders` has it; tells whether it can be played now."""
    shelf, render = Shelf(folders), renderer(folder)

    def record(name: str) -> bool:
        if not shelf.has(name_id(name)):
            try:
                render(name)
            except (SoundFailed, OSError) as failed:
                log.warning("a name was not recorded: %s", failed)
        return shelf.has(name_id(name))

    return record
