"""Words of earlier tables and of other compilers, and what they are called here.

A table that was written before the vocabulary was one keeps its meaning: its words are read as
those of :mod:`overflight.case.vocabulary`, and every such reading is said with its place. What a
finer word said beyond its class ("estimated", "refused") is kept as the statement's ``manner``.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from overflight.case.files import Notes, Table
from overflight.case.vocabulary import Attribution, Modality
from overflight.units import shorten

# Classes of earlier sightings.csv (source_class) and statements.csv (attribution_class).
ATTRIBUTIONS: Mapping[str, Attribution] = MappingProxyType({
    "satellite_image": Attribution.IMAGERY,
    "photo_video": Attribution.IMAGERY,
    "photo_geolocated": Attribution.IMAGERY,
    "press_eyewitness": Attribution.EYEWITNESS,
    "official_document": Attribution.DOCUMENT,
    "aircraft_report": Attribution.DOCUMENT,  # an authority's record of what a crew reported
    "aircraft_track_proxy": Attribution.PROXY,
    "model_analysis": Attribution.PRESS_ANALYSIS,
    "owner_report": Attribution.OWNER,
    "owner_statement": Attribution.OWNER,
    "analyst_named": Attribution.EXPERT_NAMED,
    "press_opinion": Attribution.AUTHOR,
})  # fmt: skip

# Ways of saying that are finer than the six modalities. Who asks, refuses or does not confirm
# asserts nothing: the words are quoted.
MODALITIES: Mapping[str, Modality] = MappingProxyType({
    "assessed": Modality.ASSERTED,
    "estimated": Modality.ASSERTED,
    "hedged": Modality.ASSERTED,
    "measured": Modality.ASSERTED,
    "modelled": Modality.ASSERTED,
    "observed": Modality.ASSERTED,
    "regulated": Modality.ASSERTED,
    "forecast": Modality.PREDICTED,
    "protested": Modality.ACCUSED,
    "demanded": Modality.QUOTED,
    "no_answer": Modality.QUOTED,
    "non-answer": Modality.QUOTED,
    "not_confirmed": Modality.QUOTED,
    "questioned": Modality.QUOTED,
    "refused": Modality.QUOTED,
})  # fmt: skip

_OLDER: Mapping[str, Mapping[str, Attribution | Modality]] = MappingProxyType(
    {"attribution": ATTRIBUTIONS, "modality": MODALITIES}
)


def attribution(word: str) -> Attribution:
    """The class that an earlier word, or one of today, stands for.

    >>> attribution("photo_video").value, attribution("hearsay").value
    ('imagery', 'hearsay')
    """
    return ATTRIBUTIONS.get(word) or Attribution(word)


def modality(word: str) -> Modality:
    """The modality of a finer word, or of one of today.

    >>> modality("refused").value
    'quoted'
    """
    return MODALITIES.get(word) or Modality(word)


def renewed(name: str, table: Table, notes: Notes) -> tuple[Table, tuple[str, ...]]:
    """Read the older words of a table as today's; also sentences that say so, with their places."""
    said: list[str] = []
    rows = []
    for index, row in enumerate(table.rows):
        now = dict(row)
        for column, words in _OLDER.items():
            word = row.get(column)
            if not isinstance(word, str) or word not in words:
                continue
            now[column] = words[word].value
            kept = ""
            if column == "modality" and name == "statements" and not row.get("manner"):
                now["manner"] = word
                notes.places[name, index, "manner"] = notes.place((name, index, column))
                kept = ", and kept as the manner"
            place = notes.place((name, index, column))
            said.append(f"{place}: {shorten(word)} is read as {words[word].value!r}{kept}")
        rows.append(now)
    if not said:
        return table, ()
    return replace(table, rows=tuple(rows)), tuple(said)
