"""Measure the drafting rules on the labelled passages, and write the tables into the documentation.

    python tools/drafting_table.py            write docs/explanation/drafting.md
    python tools/drafting_table.py --check    fail if the page does not say what is measured now
    python tools/drafting_table.py --misses   list what went wrong in the tuning half,
    and only there

The half of a passage follows from its id alone: in the order of their SHA-256 the first half is
for tuning, the second for testing. What went wrong in the testing half, or in the unseen files, is
never listed.
"""

import argparse
import csv
import hashlib
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from overflight.case.draft import article
from overflight.case.draft.article import Article
from overflight.case.draft.propose import propose

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "tests" / "20_case" / "drafting"
PAGE = ROOT / "docs" / "explanation" / "drafting.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
NONE = "(not proposed)"


@dataclass(frozen=True)
class Mark:
    """One labelled stretch and what was proposed for it."""

    passage: str
    wanted: tuple[str, ...]
    got: str
    faults: tuple[str, ...]

    @property
    def right(self):
        return self.got in self.wanted


def passages():
    """The halves, tuning first."""
    listed = YAML(typ="safe", pure=True).load(FOLDER / "sentences.yaml")
    listed.sort(key=lambda one: hashlib.sha256(one["id"].encode()).hexdigest())
    middle = len(listed) // 2
    return listed[:middle], listed[middle:]


def after():
    """Passages written after the rules: file, passages, counts when the rules met them first."""
    with (FOLDER / "after" / "first_contact.csv").open(encoding="utf-8") as file:
        met = list(csv.DictReader(file))
    for row in met:
        listed = YAML(typ="safe", pure=True).load(FOLDER / "after" / row["file"])
        yield row["file"], listed, {key: int(row[key]) for key in met[0] if key != "file"}


def held(folder):
    """Passages that somebody wrote and labelled without sight of the rules: file, passages."""
    for path in sorted((FOLDER / folder).glob("*.yaml")):
        yield path.name, YAML(typ="safe", pure=True).load(path)


def articles():
    """Whole articles with their labels."""
    for labels in sorted((FOLDER / "articles").glob("*.yaml")):
        held = YAML(typ="safe", pure=True).load(labels)
        (path,) = (p for p in labels.parent.glob(f"{labels.stem}.*") if p != labels)
        yield article.read(path), held


def marks(text, reading, labels, name):
    """Judge every label of a text by the proposal that covers it best."""
    for label in labels:
        start = text.index(label["at"])
        end = start + len(label["at"])
        near = [one for one in reading.proposals if min(end, one.end) > max(start, one.start)]
        said = [one for one in near if one.kind in {"claim", "quotation"}]
        best = max(
            said,
            key=lambda p: (min(end, p.end) - max(start, p.start), p.start - p.end),
            default=None,
        )
        wanted = (label["class"], *label.get("or", ()))
        yield Mark(
            name, wanted, best.attribution.value if best else NONE, _faults(label, best, near)
        )


def _faults(label, best, near):
    """What else is wrong: speaker, modality, scope, kind."""
    found = []
    if best is None:
        return ("not proposed",)
    if label.get("speaker", "").casefold() not in best.speaker.casefold():
        found.append(f"speaker {best.speaker!r}")
    if label.get("modality", best.modality) != best.modality:
        found.append(f"modality {best.modality.value}")
    if label.get("scope", best.scope) != best.scope:
        found.append(f"scope {best.scope.value}")
    if "kind" in label and label["kind"] not in {one.kind for one in near}:
        found.append(f"no {label['kind']}")
    return tuple(found)


def judged(half):
    """All marks of some passages; every span must equal its text."""
    found = []
    for one in half:
        reading = propose(Article(one["id"], one["text"], ""), published=one.get("published", ""))
        assert all(p.text == one["text"][p.start : p.end] for p in reading.proposals)
        found += marks(one["text"], reading, one["says"], one["id"])
    return found


def judged_articles():
    """The same of the whole articles."""
    found = []
    for read, labels in articles():
        reading = propose(read, published=labels["published"])
        assert all(p.text == read.text[p.start : p.end] for p in reading.proposals)
        found += marks(read.text, reading, labels["says"], read.name)
    return found


def counts(found):
    """Right, unresolved, taken for the author, otherwise wrong."""
    told = Counter(
        "right" if one.right else one.got if one.got in {"unresolved", "author"} else "wrong"
        for one in found
    )
    return {name: told[name] for name in ("right", "unresolved", "author", "wrong")}


def tables():
    """The part of the page that is measured."""
    tuning, testing = (judged(half) for half in passages())
    whole = judged_articles()
    rows = [(f"unseen, {name}", judged(listed)) for name, listed in held("unseen")]
    rows += [
        ("all unseen", unseen()), ("testing half", testing), ("tuning half", tuning),
        ("three whole articles", whole),
    ]  # fmt: skip
    lines = [
        "| | labels | right | unresolved | taken for the author | otherwise wrong |",
        "|---|---|---|---|---|---|",
    ]
    for name, found in rows:
        told = counts(found)
        share = [f"{told[key]} ({100 * told[key] / len(found):.0f} %)" for key in told]
        lines.append(f"| {name} | {len(found)} | {' | '.join(share)} |")
    lines += ["", *_first_contacts()]
    fresh = unseen()
    with_speaker = [one for one in fresh if not any("speaker" in f for f in one.faults)]
    lines += ["", f"In the unseen files {len(with_speaker)} of {len(fresh)} name the speaker "
              "that the label asks for, where it asks for one."]  # fmt: skip
    lines += ["", "Unseen files: labels down, proposals across.", "", *_confusion(fresh)]
    lines += ["", "Testing half: labels down, proposals across.", "", *_confusion(testing)]
    return "\n".join(lines)


def unseen():
    """All marks of the passages to which nothing was fitted."""
    return [one for _, listed in held("unseen") for one in judged(listed)]


def _first_contacts():
    """What the rules gave when they met a file of passages, and what they give since."""
    yield "| after the rules | labels | right, met first | unresolved | author | right since |"
    yield "|---|---|---|---|---|---|"
    total = Counter()
    for name, listed, met in after():
        now = counts(judged(listed))
        total.update(met | {"now": now["right"]})
        yield _met(name, met, now["right"])
    yield _met("all", total, total["now"])


def _met(name, met, now):
    shares = [f"{met[key]} ({100 * met[key] / met['labels']:.0f} %)"
              for key in ("right", "unresolved", "author")]  # fmt: skip
    since = f"{now} ({100 * now / met['labels']:.0f} %)"
    return f"| {name} | {met['labels']} | {' | '.join(shares)} | {since} |"


def _confusion(found):
    classes = sorted({one.wanted[0] for one in found} | {one.got for one in found})
    cells = Counter((one.wanted[0], one.got) for one in found)
    yield "| | " + " | ".join(classes) + " |"
    yield "|---" * (len(classes) + 1) + "|"
    for wanted in sorted({one.wanted[0] for one in found}):
        row = (str(cells[wanted, got] or "") for got in classes)
        yield f"| {wanted} | " + " | ".join(row) + " |"


def page():
    """The page with the tables of today."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{tables()}\n{END}{after}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--misses", action="store_true")
    asked = parser.parse_args()
    if asked.misses:
        told = [one for _, listed, _ in after() for one in judged(listed)]
        for one in judged(passages()[0]) + told + judged_articles():
            if not one.right or one.faults:
                print(one.passage, one.wanted, one.got, *one.faults)
        return 0
    if asked.check:
        same = PAGE.read_text(encoding="utf-8") == page()
        print(
            "as measured"
            if same
            else "docs/explanation/drafting.md is out of date: run 'make docs'"
        )
        return 0 if same else 1
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
