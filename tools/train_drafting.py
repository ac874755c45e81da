"""Fit the weights of the drafting rules to labelled passages.

    python tools/train_drafting.py            write src/overflight/case/draft/data/weights.csv.gz
    python tools/train_drafting.py --check    fail if the file is of other passages or rules
    python tools/train_drafting.py --cross    say how passages fare that are left out in turn

A multinomial logistic regression: each label is a clause's traits and its class (where a label
allows others too, they have three tenths of it), and weights are drawn to zero by their squares. It
is fitted to the tuning half of ``sentences.yaml``, to ``after`` and to ``learned``; never to the
testing half, nor to ``unseen``.
"""

import argparse
import csv
import gzip
import io
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import drafting_table as table
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from overflight.case.draft import frames, gazetteer, learned
from overflight.case.draft.propose import ruled
from overflight.case.draft.traits import Heard, traits
from overflight.case.vocabulary import Attribution

ROOT = Path(__file__).parents[1]
FILE = ROOT / "src" / "overflight" / "case" / "draft" / "data" / "weights.csv.gz"
DRAWN = 2.0  # half the precision of the weights: chosen by --cross
FEWEST = 3  # labels that a trait must be seen in
OTHERS = 0.3  # of a label, for the classes that it allows besides
LEAST = 0.03  # of a weight; what is smaller for all classes is not kept
FOLDS, ITERATIONS = 5, 120
ALIKE = 0.99  # of the labels: processors round differently

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A labelled clause."""

    passage: str
    wanted: tuple[str, ...]
    ruled: str
    seen: frozenset[str]


def examples(passages: list[dict]) -> list[Example]:
    """The labelled clauses of some passages, as the rules leave them."""
    found = []
    for one in passages:
        text = one["text"]
        mentions = gazetteer.embedded().find(text)
        voiced, people = ruled(text, frames.paragraphs(text), mentions, "US")
        heard = [Heard(said.frame, clause) for said in voiced for clause in said.clauses]
        for label in one["says"]:
            start = text.index(label["at"])
            end = start + len(label["at"])
            shared = [min(end, h.clause.end) - max(start, h.clause.start) for h in heard]
            best = int(np.argmax(shared))
            wanted = (label["class"], *label.get("or", ()))
            seen = traits(heard, best, text, people)
            found.append(Example(one["id"], wanted, heard[best].kind, seen))
    return found


def matrix(listed: list[Example], places: dict[str, int]) -> csr_matrix:
    """Labels by traits."""
    entries = [
        (row, places[trait], 1.0)
        for row, one in enumerate(listed)
        for trait in sorted(one.seen)
        if trait in places
    ]
    rows, columns, ones = zip(*entries, strict=True)
    return csr_matrix((ones, (rows, columns)), shape=(len(listed), len(places)))


def fitted(listed: list[Example]) -> learned.Weights:
    """The weights that make the labels likely."""
    counts = Counter(trait for one in listed for trait in one.seen)
    known = sorted(trait for trait, count in counts.items() if count >= FEWEST)
    classes = tuple(sorted({name for one in listed for name in one.wanted}))
    seen = matrix(listed, {trait: place for place, trait in enumerate(known)})
    wanted = np.array([_wanted(one, classes) for one in listed])
    shape = (len(known), len(classes))

    def loss(flat: Array) -> tuple[float, Array]:
        weights, bias = flat[: -shape[1]].reshape(shape), flat[-shape[1] :]
        sums = seen @ weights + bias
        sums -= sums.max(axis=1, keepdims=True)
        chance = np.exp(sums)
        chance /= chance.sum(axis=1, keepdims=True)
        cost = -(wanted * np.log(chance + 1e-300)).sum() + 0.5 * DRAWN * (weights**2).sum()
        off = chance - wanted
        return cost, np.concatenate([(seen.T @ off + DRAWN * weights).ravel(), off.sum(axis=0)])

    start = np.zeros(shape[0] * shape[1] + shape[1])
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS}).x
    weights, bias = best[: -shape[1]].reshape(shape), best[-shape[1] :]
    kept = {name: _whole(row) for name, row in zip(known, weights, strict=True)
            if np.abs(row).max() >= LEAST}  # fmt: skip
    named = tuple(Attribution(name) for name in classes)
    return learned.Weights(named, {learned.BIAS: _whole(bias), **kept})


def _whole(weights: Array) -> tuple[int, ...]:
    return tuple(round(one * learned.SCALE) for one in weights.tolist())


def _wanted(one: Example, classes: tuple[str, ...]) -> list[float]:
    others = one.wanted[1:]
    first = 1.0 - (OTHERS if others else 0.0)
    shares = {one.wanted[0]: first} | dict.fromkeys(others, OTHERS / max(len(others), 1))
    return [shares.get(name, 0.0) for name in classes]


def packed(weights: learned.Weights) -> bytes:
    """The weights as the file holds them."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["trait", *(kind.value for kind in weights.classes)])
    for trait, of in sorted(weights.of.items()):
        rows.writerow([trait, *(one or "" for one in of)])
    return gzip.compress(text.getvalue().encode("utf-8"), 9, mtime=0)


def told(listed: list[Example], weights: learned.Weights) -> str:
    """How many classes are right, unresolved, taken for the author."""
    got = [learned.decided(weights.probabilities(one.seen))[0].value for one in listed]
    return said(listed, got)


def said(listed: list[Example], got: list[str]) -> str:
    """The same of any answers."""
    off = [name for one, name in zip(listed, got, strict=True) if name not in one.wanted]
    shares = [len(listed) - len(off), off.count("unresolved"), off.count("author")]
    named = zip(("right", "unresolved", "author"), shares, strict=True)
    return ", ".join(f"{name} {n} ({n / len(listed):.1%})" for name, n in named)


def crossed(listed: list[Example], new: list[Example]) -> list[str]:
    """Answers for the labels of ``new``, each from weights that never met its passage."""
    got = [""] * len(new)
    folds = [hash_of(one.passage) % FOLDS for one in new]
    for fold in range(FOLDS):
        rest = [one for one, place in zip(new, folds, strict=True) if place != fold]
        weights = fitted([*listed, *rest])
        for row, place in enumerate(folds):
            if place == fold:
                chances = weights.probabilities(new[row].seen)
                got[row] = learned.decided(chances)[0].value
    return got


def hash_of(name: str) -> int:
    """A number of a passage that is the same everywhere."""
    return sum(ord(char) * 31**place for place, char in enumerate(name)) % 1_000_003


def same(listed: list[Example], made: learned.Weights) -> float:
    """The share of labels for which the file's weights and fresh ones decide alike."""
    kept = learned.embedded()
    pairs = [(learned.decided(made.probabilities(one.seen))[0],
              learned.decided(kept.probabilities(one.seen))[0]) for one in listed]  # fmt: skip
    return sum(first is second for first, second in pairs) / len(pairs)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--cross", action="store_true")
    asked = parser.parse_args()
    met = examples([*table.passages()[0], *(p for _, listed, _ in table.after() for p in listed)])
    new = examples([passage for _, listed in table.held("learned") for passage in listed])
    if asked.cross:
        print(f"rules alone  {said(new, [one.ruled for one in new])}")
        print(f"weights too  {said(new, crossed(met, new))}")
        return 0
    weights = fitted([*met, *new])
    if asked.check:
        share = same([*met, *new], weights)
        print(f"decides alike for {share:.1%} of {len(met) + len(new):,} labels")
        return 0 if share >= ALIKE else 1
    FILE.write_bytes(packed(weights))
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes from {len(met) + len(new):,} labels")
    return 0


if __name__ == "__main__":
    sys.exit(main())
