"""What kinds of zone there are in law, and the words that people use for them.

A kind decides what may be said of an entry: a flight information region is not a territory.
"""

import re

from overflight.case.vocabulary import did_you_mean
from overflight.errors import CaseError
from overflight.units import shorten

KINDS: dict[str, tuple[str, ...]] = {
    "country": ("country", "state territory", "sovereign territory", "territory", "land"),
    "state": ("state", "province", "region", "prefecture", "county", "district"),
    "territorial_sea": ("territorial sea", "territorial_sea", "12nm", "12nmi", "12 nmi", "tts"),
    "contiguous_zone": ("contiguous zone", "contiguous", "24nm", "24nmi", "24 nmi"),
    "eez": ("eez", "exclusive economic zone", "200nm", "200nmi", "200 nmi"),
    "fir": ("fir", "uir", "fir/uir", "flight information region", "upper information region",
            "acc sector", "oca", "oceanic control area"),
    "adiz": ("adiz", "caddiz", "air defence identification zone",
             "air defense identification zone"),
    "restricted": ("restricted", "restricted area", "prohibited", "prohibited area", "danger",
                   "danger area", "warning area", "alert area", "military operations area", "moa",
                   "training area", "special use airspace", "sua", "tfr", "r", "p", "d"),
    "controlled": ("controlled", "controlled airspace", "ctr", "tma", "cta", "terminal area"),
    "airport": ("airport", "aerodrome", "airfield", "heliport", "air base", "airbase"),
}  # fmt: skip
OTHER = "other"

_MEANT = {word: kind for kind, words in KINDS.items() for word in (kind, *words)}


def meant(text: str) -> str:
    """Return the kind that a person means, or ``other``.

    >>> meant("Flight Information Region"), meant("ADIZ"), meant("nature reserve")
    ('fir', 'adiz', 'other')
    """
    return _MEANT.get(re.sub(r"[\s_-]+", " ", text).strip().casefold(), _loose(text))


def _loose(text: str) -> str:
    return _MEANT.get(re.sub(r"[\s_-]+", "_", text).strip().casefold(), OTHER)


def asked(text: str) -> str:
    """Return the kind that an option names.

    >>> asked("FIR")
    'fir'
    """
    kind = meant(text)
    if kind == OTHER and text.strip().casefold() != OTHER:
        raise CaseError(
            found=f"the kind {shorten(text)}",
            expected=f"one of {', '.join((*KINDS, OTHER))}",
            remedy=did_you_mean(text, [*KINDS, OTHER]) or "Say other for none of these.",
        )
    return kind
