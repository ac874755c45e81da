"""Where reports come from: a graph of sources and rows, and the observations at its roots.

A row goes back to the rows that it ``copies`` and to those that it ``corrects``; a statement also
to the sightings of its ``lineage``; a source to the sources that it ``copies``. A row that goes
back to nothing is a root: somebody or something observed. Rows with a root in common are one
observation told more than once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from overflight.case.rows import Sighting, Source, Statement

if TYPE_CHECKING:
    from overflight.case.model import Case

COPIES, CORRECTS, LINEAGE, PUBLISHED_IN = "copies", "corrects", "lineage", "published_in"


@dataclass(frozen=True)
class Link:
    """One edge: the row ``of`` goes back to the row ``to``, and by which column that is known."""

    of: str
    to: str
    how: str


@dataclass(frozen=True)
class Lineage:
    """The graph of a case; ``roots`` are the rows at the end of every row's ways back."""

    links: tuple[Link, ...]
    roots: Mapping[str, frozenset[str]]
    originals: Mapping[str, frozenset[str]]
    """Source -> the sources at the end of what it copies; itself if it copies none."""

    def same_root(self, first: str, second: str) -> bool:
        """Whether two rows go back to an observation in common."""
        return bool(self.roots[first] & self.roots[second])


def lineage(case: "Case") -> Lineage:
    """Build the graph of a case as it was written, before any row stood for another."""
    sources, sightings = case.sources, case.sightings
    statements = [
        one.model_copy(update={"lineage": _written(one, case)}) for one in case.statements
    ]
    links = [Link(one.id, to, COPIES) for one in sources for to in one.copies]
    rows: tuple[Sighting | Statement, ...] = (*sightings, *statements)
    for row in rows:
        links += [Link(row.id, to, COPIES) for to in row.copies]
        links += [Link(row.id, to, CORRECTS) for to in row.corrects]
        if isinstance(row, Statement):
            links += [Link(row.id, to, LINEAGE) for to in row.lineage]
        links.append(Link(row.id, row.source, PUBLISHED_IN))
    back = {one.id: [*one.copies, *one.corrects] for one in sightings}
    back |= {one.id: [*one.copies, *one.corrects, *one.lineage] for one in statements}
    return Lineage(tuple(links), roots(back), originals(sources))


def _written(statement: Statement, case: "Case") -> tuple[str, ...]:
    """A statement's lineage without the rows that were put in for those that they stand for."""
    more = {one.kept for one in case.merges if statement.id in one.followed}
    return tuple(name for name in statement.lineage if name not in more)


def roots(back: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    """The rows at the end of every row's ways back; a row that goes back to nothing is its own.

    >>> roots({"a": [], "b": ["a"], "c": ["b", "d"], "d": []})["c"] == {"a", "d"}
    True
    """
    found: dict[str, frozenset[str]] = {}
    for row in back:
        open_rows = [row]
        while open_rows:
            one = open_rows[-1]
            missing = [to for to in back.get(one, ()) if to not in found]
            if missing:
                open_rows += missing
                continue
            open_rows.pop()
            to_it = [found[to] for to in back.get(one, ())]
            found[one] = frozenset().union(*to_it) if to_it else frozenset({one})
    return found


def originals(sources: Iterable[Source]) -> dict[str, frozenset[str]]:
    """The sources at the end of what each source copies."""
    return roots({one.id: one.copies for one in sources})


def independent(those: Iterable[frozenset[str]]) -> int:
    """How many of some sets have nothing in common with each other, at least.

    >>> independent([frozenset("ab"), frozenset("a"), frozenset("b")])
    2
    """
    taken: set[str] = set()
    number = 0
    for one in sorted(set(those), key=lambda one: (len(one), sorted(one))):
        if taken.isdisjoint(one):
            taken |= one
            number += 1
    return number


def circle(back: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """A circle of rows each of which goes back to the next; none if there is none.

    >>> circle({"a": ["b"], "b": ["c"], "c": ["a"]})
    ('a', 'b', 'c')
    """
    done: set[str] = set()
    for root in back:
        way: dict[str, int] = {}
        open_rows = [(root, iter(back.get(root, ())))]
        way[root] = 0
        while open_rows:
            row, left = open_rows[-1]
            to = next((one for one in left if one not in done), None)
            if to is None:
                open_rows.pop()
                done.add(row)
                del way[row]
            elif to in way:
                return tuple(way)[way[to] :]
            else:
                way[to] = len(way)
                open_rows.append((to, iter(back.get(to, ()))))
    return ()
