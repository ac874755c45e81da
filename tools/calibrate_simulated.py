"""Run the study on made-up flights and write its part of docs/calibration.md, with its picture.

The number of flights may be given, 500 if not. Needs nothing but the program.
"""

import sys

from calibration_page import IMAGES, put

from overflight.calibration import exact, simulated
from overflight.progress import shown
from overflight.release import rankpicture, rankwords

PICTURE = IMAGES / "calibration-ranks.svg"
CASES, SEED, REPLICATES = 500, 1, 1_500
TABLE_SIZES = (2.0, 3.0, 4.5, 6.0)


def row(cells):
    return "| " + " | ".join(cells) + " |"


def table(head, rows):
    return [row(head), row(["---"] * len(head)), *(row(cells) for cells in rows), ""]


def of_ranks(found):
    rows = [
        (name, *(f"{p:.4f}" for p in (binned, curve)))
        for name, binned, curve in rankwords.table(found)
    ]
    return table(("ranked", "p, twenty bins", "p, whole curve"), rows)


def of_bins(bins):
    rows = [
        (
            f"{one.low:g} to {one.high:g}", f"{one.n:,}", f"{one.mean:.4f}",
            f"{one.observed:.4f} ± {one.sd:.4f}",
        )
        for one in bins if one.n
    ]  # fmt: skip
    return table(("probability", "cases", "mean", "true"), rows)


def of_guards():
    truths = [*((sd, False) for sd in TABLE_SIZES), (3.0, True)]
    rows = []
    for fixed, averaged in zip(
        exact.guard(truths, 100_000, SEED, marginalised=False),
        exact.guard(truths, 20_000, SEED, marginalised=True),
        strict=True,
    ):
        truth = "own velocity 5 m/s" if fixed.own else "passive"
        cells = [f"{100.0 * one.certain:.1f} %" for one in (fixed, averaged)]
        rows.append((f"{fixed.sd_mps:g} m/s", truth, *cells))
    head = ("the wind errs by", "truth", "certain, 3 m/s held fixed", "certain, averaged over")
    return table(head, rows)


def of_power():
    columns = [exact.power(pattern, REPLICATES, SEED) for pattern in exact.PATTERNS]
    rows = []
    for cells in zip(*columns, strict=True):
        one = cells[0]
        own = f"{one.constant_mps:g} m/s" if one.constant_mps else "none"
        rows.append((f"{one.sd_mps:g} m/s", own, *(f"{cell.certain:.3f}" for cell in cells)))
    return table(("the wind errs by", "own velocity, constant", *exact.PATTERNS), rows)


def main():
    n_cases = int(sys.argv[1]) if len(sys.argv) > 1 else CASES
    with shown(quiet=False, as_json=False) as report:
        found = simulated.study(n_cases, SEED, progress=report)
    choice = rankwords.Choice(exact.known(200_000, SEED), *exact.guarded(SEED))
    PICTURE.write_text(rankpicture.draw(found), encoding="utf-8")
    text = "\n".join(
        [
            f"{len(found.ranked)} flights, seed {SEED}; {found.n_refused} without an answer.",
            rankwords.verdict(found),
            "",
            *of_ranks(found),
            "Reports of a place, by the probability of being right that the engine gives them:",
            "",
            *of_bins(rankwords.report_bins(found)),
            "Drift or an own velocity, exactly solvable, by the probability of the latter:",
            "",
            *of_bins(choice.known.choices.bins),
            *rankwords.choice_words(choice),
            "",
            "How often an own velocity is certain where the wind errs otherwise than assumed:",
            "",
            *of_guards(),
            "The same with all that is unknown averaged over, for a constant own velocity:",
            "",
            *of_power(),
        ]
    ).strip()
    put("simulated", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
