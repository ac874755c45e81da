"""What is withheld: names, words, places; and how they are replaced wherever they stand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

HIDDEN = "[withheld]"
_DECIMAL = re.compile(r"(?<![\d.])([-+\u2212]?)(\d{1,3}\.\d+)(?![\d])")

Place = tuple[float, float]  # latitude, longitude


@dataclass(frozen=True)
class Withheld:
    """What must not be in a release.

    ``strings`` are replaced in every text and searched for. ``renamed`` are ids, old to new.
    ``places`` are positions with the ones that stand in for them. ``not_searched`` says why some
    strings are not looked for, such as a publisher that another source names openly.
    """

    strings: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[Place, Place] = field(default_factory=dict)
    hidden_names: frozenset[str] = frozenset()  # of sites, zones and observers
    rounded_names: frozenset[str] = frozenset()  # of sites that are shown at a rounded place
    not_searched: Mapping[str, str] = field(default_factory=dict)
    n_sources: int = 0
    digits: int = 1  # behind the point, of positions as a release of the level shows them

    @cached_property
    def _numbers(self) -> dict[float, float]:
        """Sizes of withheld coordinates that are finer than what stands in for them."""
        pairs = [pair for old, new in self.places.items() for pair in zip(old, new, strict=True)]
        return {abs(old): abs(new) for old, new in pairs if old != new}

    @cached_property
    def _words(self) -> re.Pattern[str] | None:
        known = {*self.strings, *self.renamed}
        if not known:
            return None
        longest = sorted(known, key=lambda text: (-len(text), text))
        parts = [r"\s+".join(re.escape(word) for word in text.split()) for text in longest if text]
        return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)

    def scrubbed(self, text: str) -> str:
        """Text without what is withheld: ids get their new names, coordinates their rounding."""
        if text in self.renamed:
            return self.renamed[text]
        if self._words is not None:
            text = self._words.sub(self._instead, text)
        return _DECIMAL.sub(self._rounded, text) if self._numbers else text

    def _instead(self, found: re.Match[str]) -> str:
        return self.renamed.get(found[0], HIDDEN)

    def _rounded(self, found: re.Match[str]) -> str:
        size = self._numbers.get(float(found[2]))
        return found[0] if size is None else f"{found[1]}{size:g}"


def on_grid(value_deg: float, grid_deg: float) -> float:
    """A coordinate on a grid.

    >>> on_grid(45.7812, 0.1)
    45.8
    """
    return round(round(value_deg / grid_deg) * grid_deg, 6)
