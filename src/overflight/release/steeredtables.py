"""The numbers of question 2: the tables of its section, a JSON file, and a CSV of what changes."""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from overflight.inference.contest import AIMS, BOTH, DRIFTS, DRIVES, WANDERS
from overflight.ledgers.steered import Steered
from overflight.ledgers.steered.airspeed import UnderScale
from overflight.ledgers.steered.evidence import MOST_PASSIVE_FRACTION, Comparison, Factor
from overflight.ledgers.steered.reports import Driver
from overflight.ledgers.steered.verdict import with_error
from overflight.release import csvsafe, ledgerjson
from overflight.release.language import mark, retell, tell, term
from overflight.release.sections import Table
from overflight.release.wording import probable

MOST_DRIVERS = 15  # in the report; the JSON file has all

HOW = {
    DRIFTS: mark("drifts at one slowly changing level"),
    WANDERS: mark("changes its level now and then, not aimed"),
    AIMS: mark("changes its level towards winds that blow to a goal"),
    DRIVES: mark("drifts at one level and has a velocity of its own"),
    BOTH: mark("changes its level, not aimed, and has a velocity of its own"),
}
_TELLS = {
    (WANDERS, DRIFTS): mark("Did it change its level at all? (no sign of steering)"),
    (AIMS, WANDERS): mark("Were its changes of level aimed?"),
    (DRIVES, DRIFTS): mark("Had it a velocity of its own?"),
    (BOTH, WANDERS): mark("The same, if it changed its level"),
}


_STRENGTH = re.compile(r"\b(?:very strong|strong|positive|weak|for|to)\b")


@dataclass(frozen=True)
class Effect:
    """What leaving one report out does to one factor."""

    driver: Driver
    names: tuple[str, str]
    whole: Factor
    without: Factor

    @property
    def moved_log(self) -> float:
        """By how much the report raises the log Bayes factor."""
        return self.whole.log - self.without.log


def shown(answer: Steered) -> tuple[Table, ...]:
    """The tables of the section."""
    tables = [_hypotheses(answer), _comparisons(answer)]
    if answer.airspeed is not None:
        tables.append(_limits(answer.airspeed.under))
    if answer.airspeed is not None and answer.airspeed.power and not answer.airspeed.default.thin:
        tables.append(_powers(answer))
    tables += [_drivers(answer), _changes(answer)]
    return tuple(table for table in tables if table.rows)


def _hypotheses(answer: Steered) -> Table:
    return Table(
        caption=tell("The hypotheses"),
        columns=(
            tell("Hypothesis"),
            tell("How it moved"),
            tell("Log evidence"),
            tell("Probability, all equal before"),
            tell("Effective paths"),
            tell("Fits this wind's error, p"),
        ),
        rows=tuple(
            (
                one.name,
                tell(HOW[one.name]),
                tell(
                    "{log_evidence:.2f} \u00b1 {log_evidence_sd:.2f}",
                    log_evidence=one.log_evidence,
                    log_evidence_sd=one.log_evidence_sd,
                ),
                _capped(one.name, one.probability_fraction),
                tell("{ess:,.0f}", ess=one.ess),
                fit(one.fit_p),
            )
            for one in answer.hypotheses
        ),
        note=(
            tell(
                "Only differences of log evidence mean something. Drift is never told above"
                " 95 %: reports bound it and cannot confirm it. Below p = 0.01 the paths of a"
                " hypothesis need larger errors than this wind states."
            )
        ),
    )


def fit(p: float) -> str:
    """A posterior-predictive probability, no sharper than it is.

    >>> fit(0.372), fit(1e-9)
    ('0.37', '< 0.001')
    """
    if math.isnan(p):
        return ""
    return "< 0.001" if p < 0.001 else tell("{p:.2g}", p=p)


def _capped(name: str, fraction: float) -> str:
    if name == DRIFTS and fraction >= MOST_PASSIVE_FRACTION:
        return tell("very likely (95 % at most)")
    return probable(fraction)


def _comparisons(answer: Steered) -> Table:
    return Table(
        caption=tell("What the reports prefer"),
        columns=(
            tell("Question"),
            tell("Comparison"),
            tell("ln Bayes factor"),
            tell("Evidence"),
            tell("With half the wind's error"),
            tell("With twice"),
            tell("Even at odds before of"),
        ),
        rows=tuple(
            (
                tell(_TELLS[one.challenger, one.base]),
                tell("{challenger} over {base}", challenger=one.challenger, base=one.base),
                told(one.factor),
                strength(one.strength),
                told(one.halved),
                told(one.doubled),
                tell(
                    "{odds} for {challenger}",
                    odds=odds(one, one.challenger),
                    challenger=one.challenger,
                ),
            )
            for one in answer.comparisons
        ),
        note=(
            tell(
                "Bayes factors below 3 are weak evidence, to 20 positive, to 150 strong,"
                " above very strong (Kass and Raftery 1995; their logarithms 1.1, 3.0, 5.0)."
                " Two words stand where two standard errors of the sampler reach over an"
                " edge."
            )
        ),
    )


def strength(text: str) -> str:
    """The strength of evidence with the side that it speaks for, word by word."""
    return _STRENGTH.sub(lambda found: term(found[0]), text)


def told(found: Factor | None) -> str:
    """A factor with its error, or that there is none."""
    if found is None or not math.isfinite(found.log):
        return tell("not worked out")
    return retell(with_error(found))


def odds(one: Comparison, side: str) -> str:
    """Odds before for a side at which both come out even, in whole numbers.

    >>> even = Comparison("M2", "M0", Factor(math.log(50.0), 0.1), "", None, None, 0.5, 0.02)
    >>> odds(even, "M2"), odds(even, "M0")
    ('1 to 50', '50 to 1')
    """
    value = one.even_odds if side == one.challenger else 1.0 / max(one.even_odds, 1e-300)
    size = max(value, 1.0 / max(value, 1e-300))
    if size > 1_000.0:
        number = tell("more than 1,000")
    else:
        number = tell("{size:g}", size=round(size, 1) if size < 9.95 else float(f"{size:.2g}"))
    return (
        tell("{number} to 1", number=number)
        if value >= 1.0
        else tell("1 to {number}", number=number)
    )


def _limits(under: Sequence[UnderScale]) -> Table:
    return Table(
        caption=tell("Own airspeed: limits under each prior"),
        columns=(
            tell("Prior of the constant part"),
            tell("Mean over the flight, median"),
            tell("95 % below"),
            tell("Fastest day, 95 % below"),
            tell("All hypotheses, 95 % below"),
            tell("M2 over M0"),
            tell("M12 over M1a"),
            tell("Effective paths"),
        ),
        rows=tuple(_limit(one) for one in under),
        note=(
            tell(
                "m/s. The prior is half-normal with the scale given, on top of a broad normal"
                " one; 4 m/s is the default. Speeds hold if it had a velocity of its own;"
                " over all hypotheses at equal odds those without one count as standing."
            )
        ),
    )


def _limit(one: UnderScale) -> tuple[str, ...]:
    scale = f"{one.scale_mps:.0f} m/s" if math.isfinite(one.scale_mps) else tell("broad alone")
    if one.thin:
        return (
            scale,
            tell("too few paths to say"),
            "",
            "",
            "",
            "",
            "",
            tell("{n_effective:,.0f}", n_effective=one.n_effective),
        )
    return (
        scale,
        tell("{p50:.1f}", p50=one.mean.p50_mps),
        tell("{p95:.1f} \u00b1 {p95_sd:.1f}", p95=one.mean.p95_mps, p95_sd=one.mean.p95_sd_mps),
        tell(
            "{p95:.1f} \u00b1 {p95_sd:.1f}",
            p95=one.sustained.p95_mps,
            p95_sd=one.sustained.p95_sd_mps,
        ),
        tell("{averaged_p95:.1f}", averaged_p95=one.averaged_p95_mps),
        told(one.over_drift),
        told(one.over_wandering),
        tell("{n_effective:,.0f}", n_effective=one.n_effective),
    )


def _powers(answer: Steered) -> Table:
    known = answer.airspeed
    return Table(
        caption=tell("What the limit would take (an estimate)"),
        columns=(
            tell("Diameter"),
            tell("Speed"),
            tell("Thrust"),
            tell("Electric power"),
            tell("Energy over the flight"),
        ),
        rows=tuple(
            (
                tell("{diameter:.1f} m", diameter=one.diameter_m),
                tell("{speed:.1f} m/s", speed=one.speed_mps),
                tell("{newton:,.0f} N", newton=one.thrust_n),
                tell("{power:,.1f} kW", power=one.power_w / 1e3),
                tell("{energy:,.0f} kWh", energy=one.energy_j / 3.6e6),
            )
            for one in (known.power if known else ())
        ),
        note=(
            tell(
                "A sphere with a drag coefficient of 0.25 in air of the median height, half"
                " of the power turned into thrust. A speed that varies about the same mean"
                " takes more."
            )
        ),
    )


def by_effect(answer: Steered) -> list[Effect]:
    """Effects of leaving single reports out that enough paths tell of, the largest first."""
    found = []
    for names, attribute in (((AIMS, WANDERS), "aimed"), ((DRIVES, DRIFTS), "propelled")):
        compared = answer.comparison(*names)
        for one in answer.drivers if compared is not None else ():
            without = getattr(one, attribute)
            if compared is not None and without is not None and not one.thin:
                found.append(Effect(one, names, compared.factor, without))
    return sorted(found, key=lambda effect: -abs(effect.moved_log))


def _drivers(answer: Steered) -> Table:
    """A row for each report, those that move a factor most first, the untold last."""
    first = dict.fromkeys(effect.driver for effect in by_effect(answer))
    ordered = [*first, *(one for one in answer.drivers if one not in first)]
    return Table(
        caption=tell("What drives it: ln Bayes factors without each report in turn"),
        columns=(
            tell("Without"),
            tell("M1b over M1a"),
            tell("M2 over M0"),
            tell("Effective paths"),
        ),
        rows=tuple(
            (
                one.sighting_id,
                *(
                    tell("too few paths to say") if one.thin else told(found)
                    for found in (one.aimed, one.propelled)
                ),
                tell("{n_effective:,.0f}", n_effective=one.n_effective),
            )
            for one in ordered[:MOST_DRIVERS]
        ),
        note=(
            tell(
                "Of {n_drivers} reports. Found by reweighting the paths that saw the report;"
                " below 40 effective paths that fails, and only a run without it would tell.",
                n_drivers=len(answer.drivers),
            )
        ),
    )


def _changes(answer: Steered) -> Table:
    return Table(
        caption=tell("Changes of level by 500 m or more"),
        columns=(tell("Hypothesis"), tell("In the whole flight, median"), tell("5 to 95 %")),
        rows=tuple(
            (
                f"{one.name}: {tell(HOW[one.name])}",
                f"{one.changes.p50_count:.0f}",
                tell(
                    "{low:.0f} to {high:.0f}",
                    low=one.changes.p05_count,
                    high=one.changes.p95_count,
                ),
            )
            for one in answer.heights
        ),
        note=tell("The first ascent and the last descent are not counted."),
    )


def facts(answer: Steered, wind_statement: str) -> dict[str, Any]:
    """The whole ledger for JSON; numbers that do not exist are null, times are ISO 8601."""
    return ledgerjson.facts(answer, wind=wind_statement)


def write(answer: Steered, wind_statement: str, folder: Path) -> None:
    """Write steered.json, and steered.csv where something was worked out."""
    text = json.dumps(facts(answer, wind_statement), indent=2, allow_nan=False)
    (folder / "steered.json").write_text(f"{text}\n", encoding="utf-8")
    if answer.epoch is not None:
        columns, rows = _series(answer, answer.epoch)
        stated = [(*row, wind_statement) for row in rows]
        csvsafe.write_table(folder / "steered.csv", (*columns, "wind"), stated)


def _series(answer: Steered, epoch: datetime) -> tuple[list[str], list[tuple[str, ...]]]:
    """What changes with time: own airspeed, the error that drift needs, heights."""
    named: list[tuple[str, Sequence[Sequence[float]]]] = []
    if answer.airspeed is not None:
        named.append(("own_airspeed_{}_mps", answer.airspeed.by_time_mps))
    for one in answer.residuals:
        if one.name == DRIFTS:
            named += [("error_east_{}_sds", one.east_sds), ("error_north_{}_sds", one.north_sds)]
    named += [(f"{one.name}_height_{{}}_m", one.by_time_m) for one in answer.heights]
    quantiles = ("p05", "p25", "p50", "p75", "p95")
    columns = ["time_utc", *(name.format(q) for name, _ in named for q in quantiles)]
    rows = [
        (
            f"{epoch + timedelta(seconds=at):%Y-%m-%dT%H:%MZ}",
            *(_number(line[index]) for _, bands in named for line in bands),
        )
        for index, at in enumerate(answer.time_s)
    ]
    return columns, rows


def _number(value: float) -> str:
    return f"{value:.6g}" if math.isfinite(value) else ""
