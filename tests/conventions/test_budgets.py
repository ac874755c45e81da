"""Sizes that keep the code readable: functions of one screen, modules of one sitting."""

import ast
from pathlib import Path

import pytest

import overflight

PACKAGE = Path(overflight.__file__).parent
FUNCTION_LINES = 60  # without its docstring
MODULE_LINES = 400

modules = pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)


def lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    whole = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is None:
        return whole
    text = function.body[0]
    return whole - (text.end_lineno - text.lineno + 1)


@modules
def test_functions_fit_on_a_screen(path):
    tree = ast.parse(path.read_text())
    found = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert {f.name: lines(f) for f in found if lines(f) > FUNCTION_LINES} == {}


@modules
def test_modules_can_be_read_in_one_sitting(path):
    assert len(path.read_text().splitlines()) <= MODULE_LINES


def test_a_docstring_does_not_count():
    code = 'def f():\n    """One.\n\n    Two.\n    """\n    return 1\n'
    assert lines(ast.parse(code).body[0]) == 2
