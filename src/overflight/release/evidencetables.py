"""Which files of a release tell of the evidence and of the order of things."""

import json
from importlib.metadata import version
from pathlib import Path

from overflight.release import chronologywords, evidencefiles, ledgerfile
from overflight.release.page import Made


def write(made: Made, folder: Path) -> None:
    """Write chronology.json, tags.csv, claims.jsonld, prov.json and ledger.sqlite."""
    if made.evidence is None or made.chronology is None:
        return
    release = version("overflight")
    text = json.dumps(chronologywords.facts(made.chronology), indent=1, allow_nan=False)
    (folder / "chronology.json").write_text(text + "\n", encoding="utf-8")
    evidencefiles.write(made.case, made.claimed, made.evidence, release, folder)
    about = {
        "case": made.case.id,
        "title": made.case.title,
        "version": release,
        "wind": made.posterior.wind_statement,
        "seed": str(made.posterior.seed),
        "observations": made.evidence.account,
    }
    told = ledgerfile.Told(
        made.case,
        made.claimed,
        made.evidence,
        made.chronology,
        made.posterior.sighting_probability,
        about,
    )
    ledgerfile.write(told, folder / "ledger.sqlite")
