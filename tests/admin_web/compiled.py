"""What every app of a process compiles alike is compiled once: templates, and the code that builds addresses.

Jinja and Werkzeug do it anew for each app; nearly each test of a page makes an app, and it is half of what they cost.
"""

from collections.abc import Callable
from types import CodeType
from typing import ClassVar

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

Build = Callable[..., tuple[str, str]]


class Kept(BytecodeCache):
    """The code of templates, by their file and what was in it."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


class Address(Rule):
    """A rule that asks for the code of its builder by all that goes into it; the code is bound to the rule later."""

    made: ClassVar[dict[tuple[object, ...], Build]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Build:
        preset = repr(sorted((self.defaults or {}).items()))
        key = (self.rule, self.subdomain, self.host, preset, append_unknown)
        if key not in self.made:
            self.made[key] = super()._compile_builder(append_unknown)
        return self.made[key]


TEMPLATES = Kept()
Flask.url_rule_class = Address  # the place Flask has for it; an app has its rules before anybody could hand in another


def sharing(app: Flask) -> Flask:
    """The app, whose templates are compiled once for all apps."""
    app.jinja_env.bytecode_cache = TEMPLATES
    return app
