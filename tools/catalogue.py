"""Hold the catalogues of the page's languages against the source: `python tools/catalogue.py`.

Messages are read from the source by its syntax tree (first arguments of ``tell``, ``mark`` and
``several``) and from the template. ``--check`` ends with status 1 if a catalogue lacks a message,
holds one that nobody tells, or has other placeholders than its English; ``--missing es`` prints
what is missing as JSON, to be filled in.
"""

import argparse
import ast
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from overflight.case import predicates
from overflight.case.chronology import order
from overflight.case.meaning import KINDS
from overflight.case.observers import ObserverKind
from overflight.case.vocabulary import Attribution, Modality
from overflight.ledgers import claimed, collected
from overflight.ledgers.steered import verdict
from overflight.release import language
from overflight.units import AltitudeKind

ROOT = Path(__file__).resolve().parent.parent / "src" / "overflight"
RELEASE = ROOT / "release"
TEMPLATES = RELEASE / "templates"
BELOW = ("case", "fields", "flight", "inference", "ledgers")  # write sentences, know no language
TELLERS = {"tell": 1, "mark": 1, "several": 2}
UNITS = frozenset(
    re.findall(r"\S+", "km m ft h min d kg lb s t N kW kWh Z g oz hPa W E S UTC nmi \u00b5m p")
)  # letters that need no translation

# Sentences that no single text of the source shows: put together of parts, or read from our data.
BUILT = (
    "{name} was not after {when}", "{name} was not before {when}",
    "{name} ended not after {when}", "{name} ended not before {when}",
    "{country}: land and 12 nmi sea, as mapped", "{name}, within {radius} km",
    "{name}, above FL{level}", "{name}, below FL{level}", "20 \u00b5m film: {mass}",
    "{name} (airport)", "{name} (town)", "{name} (city)",
)  # fmt: skip

_FIELD = re.compile(r"\{(\w*)[^{}]*\}")
_IN_TEMPLATE = re.compile(r"""tell\(\s*"((?:[^"\\]|\\.)*)\"""")


def messages() -> dict[str, list[str]]:
    """Every message with the places that tell it."""
    found: dict[str, list[str]] = {}
    for path in sorted(RELEASE.rglob("*.py")):
        for line, text in _told(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(text, []).append(f"{path.name}:{line}")
    for path in sorted(TEMPLATES.glob("*.j2")):
        for hit in _IN_TEMPLATE.finditer(path.read_text(encoding="utf-8")):
            found.setdefault(hit[1].replace('\\"', '"'), []).append(path.name)
    return found


def _told(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        wanted = node.args[TELLERS[node.func.id] - 1 :] if node.func.id in TELLERS else []
        for one in wanted:
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield one.lineno, one.value


def vocabulary() -> set[str]:
    """Words of cases and ledgers that the page tells by :func:`language.term`."""
    labels = (
        claimed.SUPPORTED, claimed.CONTRADICTED, claimed.IMPOSSIBLE, claimed.CONSISTENT,
        claimed.UNTESTABLE, claimed.OUT_OF_SCOPE, verdict.FOUND, verdict.NO_SIGN,
        verdict.UNDECIDED, verdict.REFUSED, verdict.STEERED_BY_ALTITUDE, verdict.HAD_OWN_VELOCITY,
        verdict.ACTIVE, verdict.FITS_NOTHING, order.HOLDS, order.MAY_HOLD, order.CANNOT_HOLD,
    )  # fmt: skip
    return {
        *labels,
        *map(str, (*Attribution, *Modality)),
        *(kind.words for kind in KINDS.values()),
        *get_args(AltitudeKind),
        *get_args(ObserverKind),
        *(name for name, _ in collected.BANDS),
        *predicates.WAYS,
    }


def needs_words(message: str) -> bool:
    """Whether anything of a message is language: more than placeholders, signs and units."""
    bare = re.sub(r"m/s|k?m\u00b2", "", _FIELD.sub("", message))
    return any(word not in UNITS for word in re.findall(r"[^\W\d_]+", bare))


def sentences() -> set[str]:
    """Everything that stages before the page may write, placeholders without their names."""
    found = set()
    paths = [path for folder in BELOW for path in sorted((ROOT / folder).rglob("*.py"))]
    for path in [*paths, *ROOT.glob("*.py"), *RELEASE.rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(shape(node.value))
            if isinstance(node, ast.JoinedStr):
                parts = [p.value if isinstance(p, ast.Constant) else "{}" for p in node.values]
                found.add(shape("".join(map(str, parts))))
    return found


def shape(text: str) -> str:
    """A text with placeholders that have no names.

    >>> shape("from {begin} to {end:.1f}")
    'from {} to {}'
    """
    return _FIELD.sub("{}", text)


def fields(text: str) -> Counter[str]:
    """The placeholders of a message, each with how often it stands there."""
    return Counter(name for name in _FIELD.findall(text) if name)


def faults(code: str) -> list[str]:
    """What is wrong with a catalogue, a line each."""
    told, held = messages(), language.catalogue(code)
    found = [
        f"missing ({told[one][0]}): {one}"
        for one in told
        if needs_words(one) and not held.messages.get(one)
    ]
    found += [f"no word for: {one}" for one in sorted(vocabulary() - set(held.words))]
    found += [f"nobody tells: {one}" for one in held.messages if one not in told]
    for one, said in (*held.messages.items(), *held.sentences.items()):
        if said and set(fields(one)) != set(fields(said)):
            found.append(f"other placeholders than its English: {one}")
    below = sentences()
    found += [
        f"nobody writes: {one}"
        for one in held.sentences
        if shape(one) not in below and one not in BUILT
    ]
    script = (TEMPLATES / "page.js").read_text(encoding="utf-8")
    found += [f"not in page.js: {one}" for one in held.script if one not in script]
    return found


def main() -> int:
    """Run the command line; 1 if a catalogue is not whole."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--check", action="store_true", help="the same, for make pages")
    ask.add_argument("--missing", metavar="CODE", help="print what this language lacks as JSON")
    asked = ask.parse_args()
    if asked.missing:
        held = language.catalogue(asked.missing).messages
        lacking = {one: "" for one in messages() if needs_words(one) and not held.get(one)}
        print(json.dumps(lacking, indent=1, ensure_ascii=False))
        return 0
    wrong = 0
    for code in language.codes()[1:]:
        for line in faults(code):
            wrong += 1
            print(f"{code}: {line}")
        n = len(language.catalogue(code).messages)
        print(f"{code}: {n} messages", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
