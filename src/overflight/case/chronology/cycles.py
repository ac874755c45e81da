"""The shortest form of a contradiction.

A circle of bounds that cannot hold is already minimal in one sense: it visits nothing twice, so
without any one of its bounds the others agree. Of all such circles the one with the fewest bounds
is the easiest to read. It is looked for among the circles through the times that the first one
found goes through, by lengths: at each length, how late every time may be at most.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from overflight.case.chronology.network import ORIGIN, Bound

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_STARTS = 24  # times of the first circle from which shorter ones are looked for
MOST_STEPS = 40


def shortest(n_nodes: int, bounds: Sequence[Bound], found: Sequence[Bound]) -> tuple[Bound, ...]:
    """A circle that cannot hold with the fewest bounds, through some time of the one found."""
    best = tuple(found)
    if len(best) <= 2:
        return best
    import numpy as np  # noqa: PLC0415 - a check without contradictions has no need of it

    start = np.array([one.start for one in bounds])
    to = np.array([one.to for one in bounds])
    most = np.array([one.most for one in bounds], dtype=np.int64)
    far = np.int64(2**61)
    nodes = sorted({one.start for one in best}, key=lambda node: (node != ORIGIN, node))
    for node in nodes[:MOST_STARTS]:
        at = np.full(n_nodes, far)
        at[node] = 0
        steps = [at]
        for length in range(1, min(len(best) - 1, MOST_STEPS) + 1):
            through = np.where(steps[-1][start] < far, steps[-1][start] + most, far)
            at = np.full(n_nodes, far)
            np.minimum.at(at, to, through)
            steps.append(at)
            if at[node] < 0:
                best = _simple(_walked(node, length, steps, (start, to, most), bounds))
                break
    return best


def _walked(
    node: int,
    length: int,
    steps: Sequence["NDArray[np.int64]"],
    edges: tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.int64]"],
    bounds: Sequence[Bound],
) -> list[Bound]:
    """The bounds of a way of that many steps from a node to itself."""
    start, to, most = edges
    way, now = [], node
    for step in range(length, 0, -1):
        before = steps[step - 1][start] + most
        index = int(((to == now) & (before == steps[step][now])).argmax())
        way.append(bounds[index])
        now = bounds[index].start
    return way[::-1]


def _simple(way: Sequence[Bound]) -> tuple[Bound, ...]:
    """Of a way that may cross itself, a circle that does not, and cannot hold either."""
    open_way: list[Bound] = []
    for bound in way:
        open_way.append(bound)
        at = [one.start for one in open_way]
        if bound.to in at:
            first = at.index(bound.to)
            circle = open_way[first:]
            if sum(one.most for one in circle) < 0:
                return tuple(circle)
            del open_way[first:]
    return tuple(way)
