"""What must hold between rows that go back to each other, and between events and relations."""

from collections.abc import Iterator, Mapping, Sequence

from overflight.case.lineage import circle
from overflight.case.vocabulary import PartialDate
from overflight.errors import CaseError

Known = Mapping[str, object]
Key = tuple[str | int, ...]
Wrong = tuple[Key, CaseError]
DAY_S = 86_400.0
_IN_ORDER = (
    ("sightings", "informed", "reported"),
    ("statements", "informed", "said"),
    ("statements", "said", "published"),
)

_ROWS = ("sightings", "statements")
_COLUMNS = ("copies", "corrects", "lineage", "may_copy")


def circles(rows: Mapping[str, Sequence[Known]]) -> Iterator[Wrong]:
    """Rows, or sources, that go back to themselves."""
    for tables, columns in ((("sources",), ("copies",)), (_ROWS, _COLUMNS)):
        where = {
            str(row["id"]): (table, index, row)
            for table in tables
            for index, row in enumerate(rows.get(table, ()))
            if "id" in row
        }
        back = {
            name: [to for column in columns for to in _cited(row, column) if to in where]
            for name, (_, _, row) in where.items()
        }
        found = circle(back)
        if not found:
            continue
        table, index, row = where[found[0]]
        onward = found[1] if len(found) > 1 else found[0]
        column = next(name for name in columns if onward in _cited(row, name))
        yield (
            (table, index, column),
            CaseError(
                found=f"a circle: {' goes back to '.join((*found, found[0]))}",
                expected="rows that go back to an observation in the end",
                remedy="Find out which of them was first, and empty its cell.",
            ),
        )


def dates(rows: Mapping[str, Sequence[Known]]) -> Iterator[Wrong]:
    """Information that is later than its report, and a report later than its publication.

    Two days of different calendars may be a day apart, so only more than that is a mistake.
    """
    for table, column, later in _IN_ORDER:
        for index, row in enumerate(rows.get(table, ())):
            first, second = row.get(column), row.get(later)
            if not (isinstance(first, PartialDate) and isinstance(second, PartialDate)):
                continue
            if (first.earliest - second.latest).total_seconds() > DAY_S:
                yield (
                    (table, index, column),
                    CaseError(
                        found=f"{column} {first.text}, and {later} {second.text}",
                        expected=f"a time of {column} that is not after that of {later}",
                        remedy="Check the two dates: which of them is of the information itself?",
                    ),
                )


def relations(rows: Mapping[str, Sequence[Known]]) -> Iterator[Wrong]:
    """A thing that is said to lie so or so to itself."""
    for index, row in enumerate(rows.get("relations", ())):
        if row.get("first") is not None and row.get("first") == row.get("second"):
            yield (
                ("relations", index, "second"),
                CaseError(
                    found=f"{row['first']!r} in relation to itself",
                    expected="two things",
                    remedy="Correct one of the two ids.",
                ),
            )


def _cited(row: Known, column: str) -> tuple[str, ...]:
    value = row.get(column)
    return tuple(str(one) for one in value) if isinstance(value, tuple) else ()
