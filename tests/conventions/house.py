"""The source as the house rules see it: modules of each room, parsed once, and what they import and call."""

import ast
import subprocess
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("admin_web", "agi", "ami", "clinic", "db", "dialplan", "prompts")


@dataclass(frozen=True)
class Module:
    """One source file: its path below the root, and its tree."""

    path: str
    tree: ast.Module
    lines: int

    @property
    def room(self) -> str:
        return self.path.partition("/")[0].removesuffix(".py")

    @property
    def name(self) -> str:
        return self.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def parse(source: str, path: str = "room/module.py") -> Module:
    """A module of text; for rules that are tried on an example that breaks them."""
    return Module(path, ast.parse(source), source.count("\n"))


@cache
def modules(*below: str) -> tuple[Module, ...]:
    """All modules below the given folders (or single files), migrations left out: they are history, not rules."""
    found = [file for top in below for file in _python(ROOT / top)]
    return tuple(parse(file.read_text("utf-8"), str(file.relative_to(ROOT))) for file in found)


def _python(top: Path) -> list[Path]:
    files = [top] if top.suffix == ".py" else sorted(top.rglob("*.py"))
    return [file for file in files if file.exists() and "versions" not in file.parts]


def product() -> tuple[Module, ...]:
    """Everything that ships."""
    return modules("alo.py", *ROOMS)


def imports(module: Module) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of everything a module imports, at its top or inside a function."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join([*module.name.split(".")[: -node.level], *filter(None, [base])])
            yield node.lineno, base
            yield from ((node.lineno, f"{base}.{name.name}") for name in node.names)


def called(node: ast.Call) -> str:
    """The dotted name of what is called: "datetime.now", "select"; "" for something computed."""
    try:
        text = ast.unparse(node.func)
    except (ValueError, RecursionError):  # pragma: no cover - what cannot be written back has no name
        return ""
    return text if all(part.isidentifier() for part in text.split(".")) else text.rpartition(".")[2]


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call below a node."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def top_level_calls(tree: ast.Module) -> Iterator[ast.Call]:
    """Calls that run when the module is imported: not those inside functions; class bodies do run."""
    pending: list[ast.AST] = list(tree.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Call):
            yield node
        inside = ast.iter_child_nodes(node)
        pending += (
            [n for n in inside if not isinstance(n, ast.Lambda)] if not _is_function(node) else node.decorator_list
        )


def _is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def public_functions(module: Module) -> list[ast.FunctionDef]:
    """The functions at the module's top whose name does not begin with an underscore."""
    return [n for n in module.tree.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]


def texts(tree: ast.AST) -> Iterator[ast.Constant]:
    """Every string in the code."""
    return (n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str))


@cache
def tracked() -> tuple[Path, ...]:
    """The files git knows, as absolute paths; those deleted in the work tree left out."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def findings(rule: Callable[[Module], list[str]], below: Iterable[Module], but: Container[str] = ()) -> list[str]:
    """What a rule finds in all modules but some; without a module to look at, the rule would hold for nothing."""
    looked_at = list(below)
    assert looked_at
    return [found for module in looked_at if module.path not in but for found in rule(module)]


def at(module: Module, line: int, what: str = "") -> str:
    """How a finding is written: path:line and what was found there."""
    return f"{module.path}:{line} {what}".rstrip()
