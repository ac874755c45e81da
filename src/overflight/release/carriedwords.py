"""The words for question 3: what it carried, as bounds, and beside them a distribution of ours."""

from overflight.ledgers.carried import Carried
from overflight.ledgers.carried.assumed import Assumed
from overflight.release import carriedpicture
from overflight.release.language import retell, tell, term
from overflight.release.sections import Section, Table
from overflight.release.wording import height, mass, percent
from overflight.units import express


def section(line: Carried) -> Section:
    """Question 3: what it carried."""
    return Section(
        anchor="carried",
        question=tell("What did it carry?"),
        answer=_answer(line),
        basis=tuple(map(retell, line.assumptions)),
        would_change=(
            tell(
                "A measured diameter, or an altitude with a stated kind and error: a tenth"
                " more diameter is a third more mass, a kilometre more height a seventh less."
                " What tells payload from the rest is the envelope's material and whether air"
                " was let into a ballonet."
            )
        ),
        tables=tuple(
            table for table in (_assumed(line), _bounds(line), _tensions(line)) if table.rows
        ),
        pictures=carriedpicture.pictures(line),
    )


def _answer(line: Carried) -> str:
    """The bounds first, then what is usual, then whether reports disagree."""
    said = [
        tell(
            "Envelope, payload and ballast together: between {solids_min} and {solids_max}."
            " These are bounds, not an estimate.",
            solids_min=mass(line.solids_min_kg),
            solids_max=mass(line.solids_max_kg),
        )
    ]
    if line.assumed:
        widest = line.assumed[-1].payload
        said.append(
            tell(
                "Of that, payload and ballast would be {p05} to {p95} (5 to 95 %) under"
                " assumptions of ours on envelope, gas and ballonet.",
                p05=mass(widest.p05_kg),
                p95=mass(widest.p95_kg),
            )
        )
    if line.tensions:
        count = len(line.tensions)
        said.append(
            tell("The reports of size, mass and height are in tension")
            + (tell(" in {count} ways.", count=count) if count > 1 else tell(", as told below."))
        )
    return " ".join(said)


def _assumed(line: Carried) -> Table:
    return Table(
        caption=tell("How much of it was payload, under assumptions"),
        columns=(
            tell("Air in a ballonet"),
            tell("All that is held up, median (5 to 95 %)"),
            tell("Payload and ballast, median (5 to 95 %)"),
            tell("More than the least claimed payload"),
        ),
        rows=tuple(_row(one) for one in line.assumed),
        note=(
            tell(
                "Sphere's volume times 0.93 to 1.02, air density within 3 %, envelope 0.10"
                " kg/m\u00b2 within a factor of 1.6 (one standard deviation), every size and gas"
                " reported equally probable, heights of the paths; balloons whose envelope is"
                " too heavy to float are left out. The spreads are ours."
            )
        ),
    )


def _row(one: Assumed) -> tuple[str, ...]:
    told = [
        tell("{p50} ({p05} to {p95})", p50=mass(m.p50_kg), p05=mass(m.p05_kg), p95=mass(m.p95_kg))
        for m in (one.solids, one.payload)
    ]
    above = (
        tell("no claim") if one.above_claim_fraction is None else percent(one.above_claim_fraction)
    )
    return (tell("up to 0.7 of the volume") if one.ballonet else tell("none"), *told, above)


def _bounds(line: Carried) -> Table:
    return Table(
        caption=tell("What a sphere of that size holds up"),
        columns=(
            tell("Diameter"),
            tell("Float height"),
            tell("Gas"),
            tell("Envelope + payload + ballast"),
        ),
        rows=tuple(
            (
                tell(
                    "{diameter:.1f} m ({feet:.0f} ft)",
                    diameter=case.diameter_m,
                    feet=express(case.diameter_m, "m", "ft"),
                ),
                height(case.height_m),
                term(case.gas),
                mass(case.solids_kg),
            )
            for case in line.lines
        ),
        note=tell("Full sphere, no air ballonet, gas at ambient pressure and temperature."),
    )


def _tensions(line: Carried) -> Table:
    return Table(
        caption=tell("Tensions between what was reported"),
        columns=(tell("Tension"),),
        rows=tuple((retell(tension.text),) for tension in line.tensions),
        note=tell("A tension is not a refutation: it says what else would have to be true."),
    )
