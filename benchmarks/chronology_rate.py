"""How long ten thousand relations take: chains, networks with and without contradictions.

    python benchmarks/chronology_rate.py [--relations 10000] [--passes 3]

Times are made up: things at true moments of a year, bounds around them, relations that are true of
the moments. A contradiction is a relation turned around. The best of the passes is told, and the
processor's own time, so that a busy machine spoils little.
"""

import argparse
import random
import time
from collections.abc import Callable, Sequence

from overflight.case.chronology.order import Link, Order, Thing, solve
from overflight.case.chronology.phrases import DAY_S, parse
from overflight.case.chronology.spans import Span

YEAR_S = 365.0 * DAY_S
Network = tuple[list[Thing], list[Link]]


def chain(n_relations: int, *, closed: bool) -> Network:
    """Each before the next, in an order that tells nothing; the last before the first if closed."""
    numbers = list(range(n_relations + (not closed)))
    things = [Thing(f"e{number}", Span(0.0, YEAR_S)) for number in numbers]
    random.Random(1).shuffle(things)
    before = parse("before")
    links = [
        Link(f"r{i}", f"e{i}", before, f"e{(i + 1) % len(numbers)}") for i in range(n_relations)
    ]
    return things, links


def network(n_things: int, n_relations: int, n_wrong: int) -> Network:
    """Relations between pairs drawn at random, true of the moments; the last few turned around."""
    draw = random.Random(2)
    true_s = [draw.uniform(0.0, YEAR_S) for _ in range(n_things)]
    things = [
        Thing(f"e{i}", Span(at - draw.uniform(0.0, 5 * DAY_S), at + draw.uniform(0.0, 5 * DAY_S)))
        for i, at in enumerate(true_s)
    ]
    links: list[Link] = []
    while len(links) < n_relations - n_wrong:
        first, second = draw.randrange(n_things), draw.randrange(n_things)
        days = round(abs(true_s[first] - true_s[second]) / DAY_S)
        if first == second or days == 0:
            continue
        way = "before" if true_s[first] < true_s[second] else "after"
        word = draw.choice((way, f"{days} days {way}"))
        links.append(Link(f"r{len(links)}", f"e{first}", parse(word), f"e{second}"))
    for number in range(n_wrong):
        one = links[draw.randrange(len(links))]
        links.append(Link(f"wrong{number}", one.second, one.phrase, one.first))
    return things, links


def timed(run: Callable[[], Order], passes: int) -> tuple[float, Order]:
    """Processor time of the best pass, seconds, and what it found."""
    best_s, found = float("inf"), None
    for _ in range(passes):
        begin_s = time.process_time()
        found = run()
        best_s = min(best_s, time.process_time() - begin_s)
    assert found is not None
    return best_s, found


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--relations", type=int, default=10_000)
    parser.add_argument("--passes", type=int, default=3)
    given = parser.parse_args(arguments)
    n = given.relations
    cases: dict[str, Network] = {
        "a chain": chain(n, closed=False),
        "a closed chain, one contradiction of all": chain(n, closed=True),
        f"{n:,} things": network(n, n, 0),
        f"{n // 3:,} things": network(n // 3, n, 0),
        f"{n // 3:,} things, 5 relations turned around": network(n // 3, n, 5),
        f"{n // 50:,} things": network(n // 50, n, 0),
    }
    for name, (things, links) in cases.items():
        best_s, found = timed(lambda t=things, li=links: solve(t, li), given.passes)  # type: ignore[misc]
        print(
            f"{n:,} relations, {name:<45} {best_s:6.2f} s,"
            f" {len(found.contradictions)} contradictions,"
            f" {sum(one.tightened for one in found.dated):,} times narrowed"
        )


if __name__ == "__main__":
    main()
