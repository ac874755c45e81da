"""Every error the package raises says what was found, what was expected and what to do."""

import ast
import pickle
from pathlib import Path

import pytest

import overflight
from overflight import errors

PACKAGE = Path(overflight.__file__).parent
BARE = {"Exception", "ValueError", "TypeError", "RuntimeError", "KeyError", "IndexError"}


def kinds(base: type) -> set[type]:
    return {base}.union(*(kinds(child) for child in base.__subclasses__()))


def raised(tree: ast.AST):
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and node.exc is not None:
            thrown = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            yield node.lineno, ast.unparse(thrown)


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_nothing_bare_is_raised(path):
    bare = [(line, name) for line, name in raised(ast.parse(path.read_text())) if name in BARE]
    assert bare == []


def test_the_rule_notices_a_bare_error():
    assert set(raised(ast.parse("raise ValueError('no')\nraise KeyError"))) == {
        (1, "ValueError"),
        (2, "KeyError"),
    }


@pytest.mark.parametrize("kind", sorted(kinds(errors.OverflightError), key=lambda k: k.__name__))
def test_an_error_survives_the_way_to_another_process(kind):
    error = kind(found="a gap", expected="none", remedy="Fill it.")
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is kind
    assert (copy.found, copy.expected, copy.remedy) == ("a gap", "none", "Fill it.")
    assert str(copy) == str(error) == "a gap; expected none. Fill it."


def test_every_error_is_listed_at_the_top_of_the_file():
    listed = errors.__doc__ or ""
    assert [kind for kind in kinds(errors.OverflightError) if kind.__name__ not in listed] == []
