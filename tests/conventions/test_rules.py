"""Rules that can be read off the code: who decides, who catches, who knows the time, who wires."""

import ast
import re
from statistics import median

import pytest

from tests.conventions import house

RULES_KNOW_NO_CLOCK = ("clinic", "db", "prompts", "agi/menus", "agi/speech.py", "agi/asking.py", "agi/phrases.py")
THE_CLOCK = ("clinic/clock.py",)
CLOCKS = re.compile(r"(datetime|date|dt|time)\.(now|utcnow|today|time|localtime|gmtime)")
QUERIES = {"select", "insert", "update", "delete", "execute", "scalars", "text"}
WIRING = {
    "create_engine", "sessionmaker", "Flask", "OpenAPI", "create_app", "open_clinic", "Celery", "Redis", "Manager",
    "Settings", "load", "connect", "Database", "Thread", "start_http_server", "configure",
}  # fmt: skip
PRIVATE = {
    "cpf",
    "name",
    "names",
    "digits",
    "birth_date",
    "caller",
    "number",
    "phone",
    "text",
    "email",
    "spoken",
    "pin",
}
BROAD = {"Exception", "BaseException", "None"}
CATCHES_HANGUP = ("agi/server.py",)
CATCHES_ANYTHING = ("agi/server.py", "agi/call.py", "agi/waiting.py")


def lines(module, nodes):
    return [house.at(module, node.lineno, ast.unparse(node)[:60]) for node in nodes]


def asks_the_clock(module):
    return lines(module, (call for call in house.calls(module.tree) if CLOCKS.fullmatch(house.called(call))))


def queries(module):
    return lines(module, (call for call in house.calls(module.tree) if house.called(call).split(".")[-1] in QUERIES))


def wires(module):
    made = (call for call in house.top_level_calls(module.tree) if house.called(call).split(".")[-1] in WIRING)
    return lines(module, made)


def caught(module):
    """Each handler and the names it catches; "None" for a bare one."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler):
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            yield node, {ast.unparse(kind).split(".")[-1] if kind else "None" for kind in kinds}


def catches(module, names):
    return [house.at(module, node.lineno) for node, kinds in caught(module) if kinds & names]


def catches_hangup(module):
    return catches(module, {"CallerHungUp"})


def catches_anything(module):
    return catches(module, BROAD)


def logs_private(module):
    """Words of a log line that would carry what is nobody's business."""
    logged = (c for c in house.calls(module.tree) if re.search(r"\blog(ger)?\.\w+$", house.called(c)))
    return [
        house.at(module, call.lineno, word.arg)
        for call in logged
        for word in call.keywords
        if word.arg in PRIVATE or any(isinstance(n, ast.Name) and n.id in PRIVATE for n in ast.walk(word.value))
    ]


def too_long(module):
    return [house.at(module, module.lines, "lines")] if module.lines > 300 else []


def functions(module):
    return [node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def function_lengths(module):
    return [(node, node.end_lineno - node.lineno + 1) for node in functions(module)]


def too_long_functions(module):
    return [house.at(module, node.lineno, node.name) for node, length in function_lengths(module) if length > 50]


def depth(node):
    """How deep conditions, loops and handlers are nested in each other."""
    nests = isinstance(node, ast.If | ast.For | ast.While | ast.With | ast.Try | ast.Match)
    return nests + max(map(depth, ast.iter_child_nodes(node)), default=0)


def unexplained(module):
    """Modules, and functions and classes at their top, without a docstring."""
    bare = [n for n in module.tree.body if _public(n) and not ast.get_docstring(n)]
    silent = not module.path.endswith("__init__.py") and not ast.get_docstring(module.tree)
    return lines(module, bare) + ([house.at(module, 1)] if silent else [])


def _public(node):
    return isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")


def knows_its_caller(module):
    """Parameters by which a service would learn who is asking."""
    given = (arg for node in ast.walk(module.tree) if isinstance(node, ast.arguments) for arg in node.args)
    return [house.at(module, arg.lineno, arg.arg) for arg in given if arg.arg in {"request", "agi", "prompt"}]


def test_rules_are_told_the_time():
    assert house.findings(asks_the_clock, house.modules(*RULES_KNOW_NO_CLOCK), but=THE_CLOCK) == []


def test_menus_speak_and_services_decide():
    assert house.findings(queries, house.modules("agi/menus")) == []


def test_nothing_is_wired_by_an_import():
    assert house.findings(wires, house.product(), but=("db/migrations/env.py",)) == []


def test_a_hangup_is_caught_by_the_server_alone():
    assert house.findings(catches_hangup, house.product(), but=CATCHES_HANGUP) == []


def test_no_menu_swallows_what_it_does_not_know():
    assert house.findings(catches_anything, house.modules("agi"), but=CATCHES_ANYTHING) == []


def test_nothing_private_is_logged():
    assert house.findings(logs_private, house.product()) == []


def test_a_module_is_short():
    assert house.findings(too_long, house.product()) == []


def test_functions_are_short():
    lengths = [length for module in house.product() for _, length in function_lengths(module)]
    assert median(lengths) < 10
    assert house.findings(too_long_functions, house.product()) == []


def test_control_flow_is_shallow():
    depths = [depth(node) for module in house.product() for node in functions(module)]
    assert sum(one > 3 for one in depths) / len(depths) < 0.03


def test_what_is_public_is_explained():
    assert house.findings(unexplained, house.product()) == []


def test_a_service_knows_no_call_and_no_request():
    assert house.findings(knows_its_caller, house.modules("clinic")) == []


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (asks_the_clock, "def f():\n    return datetime.now(UTC)"),
        (asks_the_clock, "import time\nx = time.time()"),
        (queries, "def f(db):\n    db.execute(sa.select(x))"),
        (wires, "app = Flask(__name__)"),
        (wires, "class A:\n    engine = sa.create_engine('x')"),
        (catches_hangup, "try:\n    f()\nexcept (X, call.CallerHungUp):\n    pass"),
        (catches_anything, "try:\n    f()\nexcept:\n    pass"),
        (too_long, "\n" * 301),
        (unexplained, "def f():\n    return 1"),
        (knows_its_caller, "def book(request):\n    return 1"),
        (logs_private, "self.log.info('x', cpf=1)"),
        (logs_private, "log.warning('x', who=cpf[:3])"),
    ],
)
def test_a_broken_rule_is_seen(rule, source):
    assert rule(house.parse(source))


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (wires, "def f():\n    return Flask(__name__)"),
        (asks_the_clock, "def f(clock):\n    return clock()"),
        (logs_private, "log.info('x', call=call.id)"),
    ],
)
def test_a_kept_rule_is_not_blamed(rule, source):
    assert rule(house.parse(source)) == []
