"""Things that happened, the relations between them, and what both together say of the times.

What contradicts itself is shown, and all relations of the contradiction are left out of the times
that are given for the rest: which of them is wrong is not for a computer to say.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from overflight.case.chronology.allen import End
from overflight.case.chronology.cycles import shortest
from overflight.case.chronology.network import (
    ORIGIN,
    TICKS_PER_S,
    Agreement,
    Bound,
    agree,
    backward,
    reach,
    ticks,
)
from overflight.case.chronology.phrases import Difference, Phrase
from overflight.case.chronology.spans import Span

MOST_CONTRADICTIONS = 50  # shown; who has more has one mistake many times
MOST_BECAUSE = 12  # relations named for a time: those that lie nearest to it

Verdict = Literal["holds", "may hold", "cannot hold"]
HOLDS: Verdict = "holds"
MAY_HOLD: Verdict = "may hold"
CANNOT_HOLD: Verdict = "cannot hold"


@dataclass(frozen=True)
class Thing:
    """Something with a time: a moment, or with an ``end`` something that lasted."""

    id: str
    begin: Span
    end: Span | None = None


@dataclass(frozen=True)
class Link:
    """A relation between two things, by their ids."""

    id: str
    first: str
    phrase: Phrase
    second: str


@dataclass(frozen=True)
class Dated:
    """A thing and the times that are left for it; ``because`` are the relations they rest on."""

    thing: Thing
    begin: Span
    end: Span
    because: tuple[str, ...] = ()

    @property
    def tightened(self) -> bool:
        """Whether relations say more than the thing's own times."""
        return bool(self.because)


class Step(NamedTuple):
    """One of the sentences of a contradiction.

    ``kind`` is "relation", "not before" or "not after" (a thing's own times), or "lasts" (it does
    not end before it begins); ``id`` is that of the relation or the thing.
    """

    kind: str
    id: str
    end: End = "begin"
    at_s: float = math.nan


@dataclass(frozen=True)
class Contradiction:
    """Sentences that cannot all be true; without any one of them the others can."""

    steps: tuple[Step, ...]
    short_by_s: float
    """How much time is missing: less than a second where two things exclude each other strictly."""


@dataclass(frozen=True)
class Check:
    """What the stated times alone say of a relation, and whether it is part of a contradiction."""

    link: Link
    by_times: Verdict
    contradicted: bool


@dataclass(frozen=True)
class Order:
    """The whole chronology; ``complete`` is false where there were too many contradictions."""

    dated: tuple[Dated, ...]
    checks: tuple[Check, ...]
    contradictions: tuple[Contradiction, ...]
    complete: bool = True


@dataclass
class _Network:
    """Nodes and bounds of things and links."""

    nodes: dict[tuple[str, End], int] = field(default_factory=dict)
    n_nodes: int = 1
    bounds: list[Bound] = field(default_factory=list)
    whys: list[Step] = field(default_factory=list)

    def add_thing(self, thing: Thing) -> None:
        self.nodes[thing.id, "begin"] = self.nodes[thing.id, "end"] = self.n_nodes
        self.n_nodes += 1
        self._limits(thing.id, "begin", thing.begin)
        if thing.end is not None:
            self.nodes[thing.id, "end"] = self.n_nodes
            self.n_nodes += 1
            self._limits(thing.id, "end", thing.end)
            begin, end = self.nodes[thing.id, "begin"], self.nodes[thing.id, "end"]
            self._bound(end, begin, 0, Step("lasts", thing.id))

    def add_link(self, link: Link) -> None:
        both = (link.first, link.second)
        for one in link.phrase.differences:
            start, to = (self.nodes[both[who], end] for who, end in (one.minus, one.of))
            self._bound(start, to, ticks(one.most_s, strict=one.strict), Step("relation", link.id))

    def _limits(self, name: str, end: End, span: Span) -> None:
        node = self.nodes[name, end]
        if span.high_s < math.inf:
            why = Step("not after", name, end, span.high_s)
            self._bound(ORIGIN, node, ticks(span.high_s), why)
        if span.low_s > -math.inf:
            why = Step("not before", name, end, span.low_s)
            self._bound(node, ORIGIN, ticks(-span.low_s), why)

    def _bound(self, start: int, to: int, most: int, why: Step) -> None:
        self.bounds.append(Bound(start, to, most, len(self.whys)))
        self.whys.append(why)

    def start(self) -> list[int]:
        """The latest that each node may be by its own times: a good place to look from."""
        at = [0] * self.n_nodes
        for bound in self.bounds:
            if bound.start == ORIGIN:
                at[bound.to] = bound.most
        return at


def solve(things: Sequence[Thing], links: Sequence[Link]) -> Order:
    """Hold all times and relations against each other."""
    network = _Network()
    for thing in things:
        network.add_thing(thing)
    for link in links:
        network.add_link(link)
    contradictions, left, found = _contradictions(network)
    disputed = {step.id for one in contradictions for step in one.steps if step.kind == "relation"}
    by_id = {thing.id: thing for thing in things}
    checks = tuple(Check(link, by_times(link, by_id), link.id in disputed) for link in links)
    if found.cycle:
        dated = tuple(Dated(one, one.begin, one.end or one.begin) for one in things)
        return Order(dated, checks, contradictions, complete=False)
    return Order(_dated(things, network, left, found.at), checks, contradictions)


def _contradictions(
    network: _Network,
) -> tuple[tuple[Contradiction, ...], list[Bound], Agreement]:
    """Find contradictions one by one; also the bounds that are left, and times for them."""
    left, at = network.bounds, network.start()
    contradictions: list[Contradiction] = []
    while True:
        found = agree(network.n_nodes, left, at)
        if not found.cycle or len(contradictions) == MOST_CONTRADICTIONS:
            return tuple(contradictions), left, found
        cycle = shortest(network.n_nodes, left, found.cycle)
        steps = tuple(network.whys[bound.why] for bound in cycle)
        short_by_s = -sum(bound.most for bound in cycle) / TICKS_PER_S
        contradictions.append(Contradiction(steps, short_by_s))
        # A cycle always has a relation in it: the times of one thing agree by themselves.
        gone = {step.id for step in steps if step.kind == "relation"}
        at = list(found.at)
        left = [bound for bound in left if not _of(network.whys[bound.why], gone)]


def _of(step: Step, relations: set[str]) -> bool:
    return step.kind == "relation" and step.id in relations


def _dated(
    things: Sequence[Thing], network: _Network, bounds: list[Bound], at: Sequence[int]
) -> tuple[Dated, ...]:
    turned = backward(bounds)
    latest, earliest = reach(bounds, at), reach(turned, [-one for one in at])
    found = []
    for thing in things:
        because: dict[str, None] = {}
        ends = []
        for end in ("begin", "end"):
            node = network.nodes[thing.id, end]
            ends.append(Span(-earliest.most[node] / TICKS_PER_S, latest.most[node] / TICKS_PER_S))
            for why in (
                *earliest.way(node, turned, MOST_BECAUSE),
                *latest.way(node, bounds, MOST_BECAUSE),
            ):
                if network.whys[why].kind == "relation":
                    because[network.whys[why].id] = None
        found.append(Dated(thing, ends[0], ends[1], tuple(because)))
    return tuple(found)


def by_times(link: Link, things: Mapping[str, Thing]) -> Verdict:
    """Whether a relation holds, may hold or cannot, by the stated times of its two things alone."""
    both = (things[link.first], things[link.second])
    always = possible = True
    for one in link.phrase.differences:
        differs = _end(both, one, "of") - _end(both, one, "minus")
        least_s, most_s = differs.low_s, differs.high_s
        always &= most_s < one.most_s or (most_s == one.most_s and not one.strict)
        possible &= least_s < one.most_s or (least_s == one.most_s and not one.strict)
    return HOLDS if always else MAY_HOLD if possible else CANNOT_HOLD


def _end(both: tuple[Thing, Thing], one: Difference, side: Literal["of", "minus"]) -> Span:
    who, end = one.of if side == "of" else one.minus
    thing = both[who]
    return thing.end if end == "end" and thing.end is not None else thing.begin
