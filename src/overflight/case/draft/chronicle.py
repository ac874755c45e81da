"""Accepted events and orders as rows of ``events.csv`` and ``relations.csv``.

Only what is said to have happened becomes one: a bound of the chronology. What is denied, foreseen
or asked, and what is not about the flight, stays a statement with its attribution.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from overflight.case.events import Event, Relation
from overflight.errors import CaseError
from overflight.units import shorten

Row = dict[str, str]

COLUMNS = {"events": tuple(Event.model_fields), "relations": tuple(Relation.model_fields)}
_TABLE = {"event": "events", "order": "relations"}
_NEEDED = {
    "relation": "how the first stands to the second, such as '2 days after'",
    "first": "what happened", "second": "what happened",
}  # fmt: skip
_HAPPENED = frozenset({"asserted", "reported"})


def table_of(row: Row) -> str:
    """The table of the chronology that a proposal enters, '' where it is a statement."""
    told = row["scope"] == "flight" and row["modality"] in _HAPPENED
    return _TABLE.get(row["kind"], "") if told else ""


def event(row: Row) -> Row:
    """A row of ``events.csv``, without its id and source."""
    return {
        "text": row["statement"], "when": row["when"], "until": row["until"], **_anchored(row),
    }  # fmt: skip


def relation(row: Row, known: Mapping[str, str], there: Iterable[str]) -> Row:
    """A row of ``relations.csv``, without its id and source.

    Parameters
    ----------
    known
        What the cells ``first`` and ``second`` may say -> ids of the case.
    there
        Ids of the case, which they may say as well.

    Raises
    ------
    CaseError
        The relation or one of the two is missing, or is not in the case.
    """
    for column, meant in _NEEDED.items():
        if not row[column]:
            raise CaseError(
                found=f"the order {row['id']} has no {column}: {shorten(row['statement'])}",
                expected=meant,
                remedy=f"Fill in its cell {column} (an event is named by its id here or in the "
                "case), or refuse the order and accept the claim.",
            )
    ids = set(there)
    ends = {}
    for column in ("first", "second"):
        name = known.get(row[column], row[column])
        if name not in ids:
            raise CaseError(
                found=f"the order {row['id']} is of {shorten(row[column])}, which is not in the"
                " case",
                expected="two things that are in the case, or are accepted along with their order",
                remedy=f"Accept {shorten(row[column])} too, or write into its cell {column} the id"
                " of an event, sighting or statement of the case.",
            )
        ends[column] = name
    return {"relation": row["relation"], **ends, **_anchored(row)}


def known(tables: Mapping[str, Sequence[Row]], article: str) -> dict[str, str]:
    """Ids of the case by all names that an order of an article may give them.

    ``p3`` is a proposal of the same article, ``NAME:p3`` of another; a name that one article
    alone has needs no ``NAME:``. A proposal that has not entered goes by the copy of it that has.
    """
    entered = {
        (name, row["id"]): row["case_id"]
        for name, rows in tables.items()
        for row in rows
        if row["case_id"]
    }
    counts = Counter(row["id"] for rows in tables.values() for row in rows)
    found = {f"{name}:{one}": to for (name, one), to in entered.items()}
    found |= {one: to for (_, one), to in entered.items() if counts[one] == 1}
    for row in tables.get(article, ()):
        own = entered.get((article, row["id"]))
        copies = [found[one] for one in row["same_as"].split("; ") if one in found]
        if own or copies:
            found[row["id"]] = own or copies[0]
        else:
            found.pop(row["id"], None)
    return found


def _anchored(row: Row) -> Row:
    """What both tables say of where it stands and who says it."""
    note = f"{row['speaker']}: drafted from the article's text, {row['start']}..{row['end']}"
    return {
        "quote": " ".join(row["text"].split()), "attribution": row["attribution"],
        "certainty": row["certainty"], "note": note,
    }  # fmt: skip
