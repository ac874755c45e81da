"""The words for the order of things: what is left of each time, which orders hold, what clashes."""

import math
from collections.abc import Sequence
from typing import Any

from overflight.case.chronology.of_case import clock
from overflight.case.chronology.order import CANNOT_HOLD, HOLDS
from overflight.case.chronology.spans import Span
from overflight.ledgers.chronology import Chronology, Clash, OrderLine, TimeLine
from overflight.release.chronologypicture import pictures
from overflight.release.language import several, tell, term
from overflight.release.sections import Section, Table

MOST_ROWS = 200


def section(answer: Chronology) -> Section:
    """The section of the report."""
    return Section(
        anchor="chronology",
        question=tell("In what order did it happen, and do the accounts agree?"),
        answer=_answer(answer),
        basis=(
            tell(
                "Every time is a stretch between two bounds, as precise as its source; a day"
                " without a zone may be the day of any clock on earth. Orders are checked"
                " against all times and all other orders at once, and a contradiction is"
                " shown with the fewest sentences that make it: without any one of them the"
                " others agree."
            ),
            tell(
                "All orders of a contradiction are left out of the times given for the rest:"
                " which of them is wrong cannot be told from the order of things."
            ),
            tell(
                "'Weeks later' is taken as one and a half to twelve weeks, and so on: a"
                " contradiction is one under every reading that the case format allows."
            ),
        ),
        would_change=tell("A clock time or a dated document for any of the wide bars."),
        tables=(
            *(_clash(number, one) for number, one in enumerate(answer.clashes, start=1)),
            *((_orders(answer),) if answer.orders else ()),
            _times(answer),
        ),
        pictures=pictures(answer),
    )


def _answer(answer: Chronology) -> str:
    n_orders = len(answer.orders)
    if not n_orders:
        return tell(
            "{n_times} things have a time. The case states no order between them, so"
            " there is none to check.",
            n_times=len(answer.times),
        )
    sure = sum(one.by_times == HOLDS and not one.contradicted for one in answer.orders)
    tightened = sum(bool(one.because) for one in answer.times)
    clashing = sum(one.contradicted for one in answer.orders)
    orders = several(n_orders, "{count} stated order", "{count} stated orders")
    said = tell(
        "Of {orders} between {n_times} things, {sure} hold by the stated times alone and"
        " {clashing} part of a contradiction; the others agree with everything"
        " else. Orders narrow {tightened} of the times.",
        orders=orders,
        n_times=len(answer.times),
        sure=sure,
        clashing=several(clashing, "{count} is", "{count} are"),
        tightened=tightened,
    )
    if answer.clashes:
        told = (_orders_of(clash, answer) for clash in answer.clashes[:3])
        said += several(len(answer.clashes), " {count} contradiction:", " {count} contradictions:")
        said += " " + " ".join(f"({number}) {one}." for number, one in enumerate(told, start=1))
        said += tell(" The tables below show all of it.")
    if not answer.complete:
        said += tell(
            " There are more than can be shown; no times are given until these are settled."
        )
    return said


def _orders_of(clash: Clash, answer: Chronology) -> str:
    """The orders in a contradiction; its times are in the table, as are more words."""
    orders = {one.id for one in answer.orders}
    told = [one for one in clash.sentences if one.id in orders] or clash.sentences
    return "; ".join(term(one.text) for one in told)


def _clash(number: int, clash: Clash) -> Table:
    return Table(
        caption=tell("Contradiction {number}: these sentences cannot all be true", number=number),
        columns=(
            tell("Row"),
            tell("What it says"),
            tell("In its words"),
            tell("Attribution"),
            tell("Source"),
        ),
        rows=tuple(
            (one.id, term(one.text), one.quote, term(one.attribution), one.source)
            for one in clash.sentences
        ),
        note=_missing(clash.short_by_s),
        own=(1, 2),
    )


def _missing(short_by_s: float) -> str:
    if short_by_s < 1.0:
        return tell("Each alone is possible; together they exclude each other.")
    hours = short_by_s / 3_600.0
    told = (
        tell("{hours:.1f} days", hours=hours / 24.0)
        if hours >= 48.0
        else tell("{hours:.1f} h", hours=hours)
    )
    return tell("They miss each other by {told}; any all but one of them can be true.", told=told)


def _orders(answer: Chronology) -> Table:
    return Table(
        caption=tell("Orders that were checked"),
        columns=(
            tell("Row"),
            tell("First"),
            tell("Order"),
            tell("Second"),
            tell("By the stated times"),
            tell("With all the rest"),
        ),
        rows=tuple(
            (one.id, one.first, term(one.relation), one.second, term(one.by_times), _rest(one))
            for one in answer.orders[:MOST_ROWS]
        ),
        note=_more(answer.orders),
        own=(2,),
    )


def _rest(one: OrderLine) -> str:
    if one.contradicted:
        return tell("contradicted")
    return tell("agrees") if one.by_times != CANNOT_HOLD else tell("contradicted by its own times")


def _times(answer: Chronology) -> Table:
    return Table(
        caption=tell("Times"),
        columns=(
            tell("Id"),
            tell("What"),
            tell("Earliest (UTC)"),
            tell("Latest (UTC)"),
            tell("Narrowed by"),
        ),
        rows=tuple(
            (
                one.id,
                one.text,
                bound(one.begin.low_s),
                bound(one.end.high_s),
                ", ".join(one.because),
            )
            for one in answer.times[:MOST_ROWS]
        ),
        note=_more(answer.times),
        own=(1,),
    )


def _more(rows: Sequence[object]) -> str:
    left = len(rows) - MOST_ROWS
    return tell("{left:,} more are in chronology.json.", left=left) if left > 0 else ""


def bound(at_s: float) -> str:
    """A bound as text; nothing where there is none."""
    return clock(at_s) if math.isfinite(at_s) else ""


def facts(answer: Chronology) -> dict[str, Any]:
    """The whole ledger for programs."""
    return {
        "times": [_fact(one) for one in answer.times],
        "orders": [vars(one) for one in answer.orders],
        "contradictions": [
            {
                "short_by_s": round(one.short_by_s, 6),
                "sentences": [vars(said) for said in one.sentences],
            }
            for one in answer.clashes
        ],
        "complete": answer.complete,
    }


def _fact(one: TimeLine) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "text": one.text,
        "attribution": one.attribution,
        "source": one.source,
        "lasts": one.lasts,
        "stated": _ends(one.stated_begin, one.stated_end),
        "left": _ends(one.begin, one.end),
        "because": list(one.because),
    }


def _ends(begin: Span, end: Span) -> dict[str, str]:
    return {
        "begin_earliest_utc": bound(begin.low_s),
        "begin_latest_utc": bound(begin.high_s),
        "end_earliest_utc": bound(end.low_s),
        "end_latest_utc": bound(end.high_s),
    }
