"""Bounds on differences of times, held against each other.

Every bound says that one time is at most so much after another. Bounds agree unless some of them,
end to end, lead back to where they began with less than nothing: a negative cycle (Bellman and
Ford). The search is that of Goldberg and Radzik (1993): times that can still be lowered are taken
in an order in which each lowers the next, so that a chain of any length is done in one pass.

Times are whole ticks, so nothing is rounded on the way and "less than" is one tick less.
"""

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

TICKS_PER_S = 2**20  # a million strict steps in a row are still less than a second
ORIGIN = 0  # the node that dates are counted from


class Bound(NamedTuple):
    """The time of ``to`` is at most ``most`` ticks after that of ``start``; ``why`` is a label."""

    start: int
    to: int
    most: int
    why: int


def ticks(most_s: float, *, strict: bool = False) -> int:
    """Seconds as ticks; a strict bound is a tick lower.

    >>> ticks(1.0), ticks(0.0, strict=True)
    (1048576, -1)
    """
    return round(most_s * TICKS_PER_S) - strict


@dataclass(frozen=True)
class Agreement:
    """Times that satisfy all bounds; or bounds that together cannot hold, end to end.

    Where there is such a cycle, the times are those that the search had come to.
    """

    at: tuple[int, ...]
    cycle: tuple[Bound, ...] = ()


def agree(n_nodes: int, bounds: Sequence[Bound], start: Sequence[int] | None = None) -> Agreement:
    """Find times that satisfy all bounds, or a cycle of them that cannot hold.

    Parameters
    ----------
    start
        Where to begin looking; any times do, good ones are quicker.
    """
    at = list(start) if start is not None else [0] * n_nodes
    out: list[list[int]] = [[] for _ in range(n_nodes)]
    for index, bound in enumerate(bounds):
        out[bound.start].append(index)
    parent = [-1] * n_nodes
    open_nodes: Sequence[int] = range(n_nodes)
    while open_nodes:
        order, back = _ordered(open_nodes, at, bounds, out)
        if back:
            return Agreement(tuple(at), tuple(bounds[index] for index in back))
        lowered: dict[int, None] = {}
        for node in order:
            lowered.pop(node, None)
            base = at[node]
            for index in out[node]:
                _, to, most, _ = bounds[index]
                if base + most < at[to]:
                    at[to] = base + most
                    parent[to] = index
                    lowered[to] = None
        looped = _looped(parent, bounds)
        if looped:
            return Agreement(tuple(at), tuple(bounds[index] for index in looped))
        open_nodes = list(lowered)
    return Agreement(tuple(at))


def _ordered(
    nodes: Sequence[int], at: list[int], bounds: Sequence[Bound], out: list[list[int]]
) -> tuple[list[int], list[int]]:
    """Nodes reached through bounds that are violated, each before those that it lowers.

    Where that is impossible, the violated bounds that lead around a circle: all of them are
    violated at once, so around it they sum to less than nothing.
    """
    state: dict[int, int] = {}  # 1 on the way, 2 done
    order: list[int] = []
    for root in nodes:
        if root in state:
            continue
        state[root] = 1
        way: list[tuple[int, int]] = [(root, 0)]
        through: list[int] = []
        while way:
            node, next_one = way.pop()
            edges, base = out[node], at[node]
            while next_one < len(edges):
                index = edges[next_one]
                next_one += 1
                _, to, most, _ = bounds[index]
                if base + most >= at[to]:
                    continue
                known = state.get(to, 0)
                if known == 1:
                    return order, _closed([*through, index], to, bounds)
                if known == 0:
                    way.append((node, next_one))
                    way.append((to, 0))
                    through.append(index)
                    state[to] = 1
                    break
            else:
                state[node] = 2
                order.append(node)
                if through:
                    through.pop()
    order.reverse()
    return order, []


def _closed(through: list[int], begin: int, bounds: Sequence[Bound]) -> list[int]:
    """The end of a way that leads from a node back to it."""
    first = next(i for i in reversed(range(len(through))) if bounds[through[i]].start == begin)
    return through[first:]


def _looped(parent: list[int], bounds: Sequence[Bound]) -> list[int]:
    """A circle among the bounds that last lowered each node; it sums to less than nothing."""
    seen = [0] * len(parent)
    for root, index in enumerate(parent):
        if index < 0 or seen[root]:
            continue
        node, mark = root, root + 1
        while parent[node] >= 0 and not seen[node]:
            seen[node] = mark
            node = bounds[parent[node]].start
        if parent[node] >= 0 and seen[node] == mark:
            circle = [parent[node]]
            while bounds[circle[-1]].start != node:
                circle.append(parent[bounds[circle[-1]].start])
            return circle[::-1]
    return []


@dataclass(frozen=True)
class Reach:
    """How far every node is at most after the origin, and through which bounds that follows."""

    most: tuple[float, ...]  # ticks; infinite where nothing limits it
    through: tuple[int, ...]  # the last bound on the way; -1 for none

    def way(self, node: int, bounds: Sequence[Bound], most_steps: int) -> list[int]:
        """Labels of the last bounds that a node's limit rests on, from the node back."""
        found: list[int] = []
        while self.through[node] >= 0 and len(found) < most_steps:
            bound = bounds[self.through[node]]
            found.append(bound.why)
            node = bound.start
        return found


def reach(bounds: Sequence[Bound], at: Sequence[int]) -> Reach:
    """Shortest ways from the origin, by Dijkstra: ``at`` takes the negative numbers out."""
    n_nodes = len(at)
    out: list[list[int]] = [[] for _ in range(n_nodes)]
    for index, bound in enumerate(bounds):
        out[bound.start].append(index)
    most: list[float] = [math.inf] * n_nodes
    through = [-1] * n_nodes
    most[ORIGIN] = 0
    queue: list[tuple[float, int]] = [(0, ORIGIN)]
    while queue:
        reduced, node = heapq.heappop(queue)
        if reduced > most[node] + at[ORIGIN] - at[node]:
            continue
        for index in out[node]:
            _, to, most_ticks, _ = bounds[index]
            new = most[node] + most_ticks
            if new < most[to]:
                most[to] = new
                through[to] = index
                heapq.heappush(queue, (new + at[ORIGIN] - at[to], to))
    return Reach(tuple(most), tuple(through))


def backward(bounds: Sequence[Bound]) -> list[Bound]:
    """The same bounds for times that run the other way: what limits from above, from below."""
    return [Bound(one.to, one.start, one.most, one.why) for one in bounds]
