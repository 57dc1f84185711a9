"""The process of the telephone: patched by gevent before anything else is loaded."""

from gevent import monkey

monkey.patch_all()

from agi.server import serve  # noqa: E402 - what is imported after the patch is patched

__all__ = ["serve"]
