"""Which proposals of different articles are the same words, printed twice.

Two passages are copies if most of their runs of four words are the same: a wire report that several
papers carry, with a word changed here or there. They have one root and count once.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from overflight.case.draft.proposal import Proposal

RUN = 4  # words
ALIKE = 0.6  # share of runs in common that makes a copy
_MOST = 200  # passages that share a run; what more have in common is a phrase, not a copy
_WORD = re.compile(r"\w+")


def runs(text: str) -> frozenset[tuple[str, ...]]:
    """Runs of four words; of a shorter text all of it."""
    words = _WORD.findall(text.casefold().replace("’", "'").replace("'", ""))
    if len(words) <= RUN:
        return frozenset({tuple(words)})
    return frozenset(tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1))


def copies(proposals: Sequence[Proposal]) -> dict[str, tuple[str, ...]]:
    """The earlier proposals, of other articles and the same kind, of which each is a copy."""
    known = [runs(one.text) for one in proposals]
    holding: dict[tuple[str, ...], list[int]] = defaultdict(list)
    found: dict[str, tuple[str, ...]] = {}
    for index, (one, own) in enumerate(zip(proposals, known, strict=True)):
        shared: Counter[int] = Counter()
        for run in own:
            shared.update(holding[run][:_MOST])
            holding[run].append(index)
        alike = [
            other
            for other, count in sorted(shared.items())
            if proposals[other].article != one.article
            and proposals[other].kind == one.kind
            and count / max(len(own), len(known[other])) >= ALIKE
        ]
        if alike:
            found[one.id] = tuple(proposals[other].id for other in alike)
    return found
