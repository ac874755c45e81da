"""Every bare number in ``physics`` says its unit in its name, where the caller reads it."""

import ast
import re
from pathlib import Path

import pytest

import overflight

PHYSICS = Path(overflight.__file__).parent / "physics"
SUFFIXES = {
    "m", "m2", "m3", "s", "kg", "k", "pa", "paps", "mps", "mps2", "kgm3", "kgmol", "jkmol", "jkgk",
    "perm", "perm2", "j", "casualties", "deg", "rad", "radps", "hz", "lx", "fraction", "log", "sd",
}  # fmt: skip
LOGARITHM = "log_"  # of what follows, in SI: log_pressure is the logarithm of pascals
PURE = {"scale", "decay", "flattening"}  # factors, said in the last word of the name
ARGUMENT = re.compile(r"_(of|at)_\w+$")  # height_m_of_pressure: a quantity, then of what
COMPONENT = re.compile(r"(\w+_)?[a-z]?[xyz]|east|north")  # of a vector, in the vector's unit
EXCEPTIONS = {
    "E2": "the eccentricity squared is known by no other name",
    "sigma": "the standard deviation of the wind error in m/s, as the literature calls it",
    "noise_e": "an element of the matrix written beside it",
    "noise_xe": "an element of the matrix written beside it",
    "value": "of an axis of any kind, in the unit of the axis",
    "exponential": "a pure function of a pure number",
    "logarithm": "a pure function of a pure number",
}


def numbers(tree: ast.Module):
    """Yield (line, name, annotation) of what callers of a module see."""
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name, args=args, returns=returns) if name[0] != "_":
                yield node.lineno, name, returns
                for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs):
                    yield arg.lineno, arg.arg, arg.annotation
            case ast.ClassDef(name=name, body=body) if name[0] != "_":
                for field in body:
                    if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                        yield field.lineno, field.target.id, field.annotation
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name[
                0
            ] != "_" and is_float(value):
                yield node.lineno, name, ast.Name("float")
            case ast.AnnAssign(target=ast.Name(id=name), annotation=kind) if name[0] != "_":
                yield node.lineno, name, kind


def is_float(value: ast.expr) -> bool:
    if isinstance(value, ast.UnaryOp):
        return is_float(value.operand)
    if isinstance(value, ast.BinOp):  # constants made from constants, e.g. 2.0 / 3.0
        return is_float(value.left) or is_float(value.right)
    return isinstance(value, ast.Constant) and isinstance(value.value, float)


def without_a_unit(tree: ast.Module) -> list[str]:
    return [
        f"line {line}: {name}"
        for line, name, kind in numbers(tree)
        if kind is not None
        and ast.unparse(kind) == "float"
        and ARGUMENT.sub("", name.lower()).rsplit("_", maxsplit=1)[-1] not in SUFFIXES | PURE
        and not name.startswith(LOGARITHM)
        and not COMPONENT.fullmatch(name)
        and name not in EXCEPTIONS
    ]


@pytest.mark.parametrize("path", sorted(PHYSICS.glob("*.py")), ids=lambda path: path.stem)
def test_every_number_names_its_unit(path):
    assert without_a_unit(ast.parse(path.read_text())) == []


@pytest.mark.parametrize(
    "code",
    [
        "def height(pressure_pa: float) -> float: ...",
        "def height_of_pressure(pressure_pa: float) -> float: ...",
        "def height_m(pressure: float) -> float: ...",
        "def height_m(*, pressure: float) -> float: ...",
        "EARTH_RADIUS = 6_371_008.8",
        "RATIO = 2.0 / 3.0",
        "OFFSET: float = -1.0",
        "class Step:\n    gain: float",
    ],
)
def test_the_rule_notices_a_number_without_a_unit(code):
    assert without_a_unit(ast.parse(code)) != []
