"""gevent patches the processes that are made for it, first of all, and no other."""

import ast
import subprocess
import sys

import pytest

from tests.conventions import house

PATCHED = ("agi.entry", "admin_web.entry")
PLAIN = (
    "ami.main", "clinic.worker", "clinic.services", "clinic.running", "admin_web.app", "admin_web.granian_server",
    "alo",
)  # fmt: skip
ASK = "from gevent import monkey; print(bool(monkey.saved))"


def patches_first(module):
    """Whether the first statements are the import of the patch and the patch itself."""
    code = [node for node in module.tree.body if not isinstance(node, ast.Expr | ast.Constant) or _is_call(node)]
    return [ast.unparse(node) for node in code[:2]] == ["from gevent import monkey", "monkey.patch_all()"]


def patches(module):
    """Where a module patches."""
    return [house.at(module, call.lineno) for call in house.calls(module.tree) if "patch_all" in house.called(call)]


def _is_call(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)


def patched_after(importing):
    program = f"import {importing}; {ASK}"
    done = subprocess.run([sys.executable, "-c", program], cwd=house.ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip() == "True"


@pytest.mark.parametrize("name", PATCHED)
def test_a_process_of_greenlets_is_patched_first_of_all(name):
    [module] = house.modules(name.replace(".", "/") + ".py")
    assert patches_first(module)
    assert patched_after(name)


@pytest.mark.parametrize("name", PLAIN)
def test_a_process_of_threads_is_not_patched(name):
    assert not patched_after(name)


def test_nobody_else_patches():
    assert house.findings(patches, house.product(), but=[f"{name.replace('.', '/')}.py" for name in PATCHED]) == []


def test_servers_of_tests_are_processes_of_their_own():
    patched = [module for module in house.modules("tests") if patches(module)]
    assert patched
    assert [m.path for m in patched if not patches_first(m) or "/test_" in m.path] == []


def test_pytest_is_not_patched():
    from gevent import monkey

    assert not monkey.saved


def test_a_patch_that_comes_too_late_is_seen():
    assert not patches_first(house.parse("import socket\nfrom gevent import monkey\nmonkey.patch_all()"))
