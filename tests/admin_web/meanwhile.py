"""Somebody who saves just while a page is being made."""

from collections.abc import Callable
from typing import Any


class Meanwhile:
    """A service as it is, but what was handed to `after` happens between two of its answers."""

    def __init__(self, service: object) -> None:
        self._service, self._left = service, 0
        self._change: Callable[[], object] = dict

    def after(self, answers: int, change: Callable[[], object]) -> None:
        """Let `change` happen once, after so many answers from now on."""
        self._left, self._change = answers, change

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def answer(*given: Any, **named: Any) -> Any:
            found = getattr(self._service, name)(*given, **named)
            self._left -= 1
            if self._left == 0:
                self._change()
            return found

        return answer
