"""Write a whole release: report, figures, tables, paths, formats, case, crate, manifest.

All files are made from one :class:`~overflight.release.page.Made`, so what is withheld there is
nowhere. The manifest comes last and names every other file.
"""

from pathlib import Path

from overflight.case.model import Case
from overflight.inference.posterior import Posterior
from overflight.release import copies, crate, figures, page, provenance, report, tables
from overflight.release.formats import cf, writing
from overflight.release.language import ENGLISH
from overflight.release.page import Made
from overflight.release.provenance import MANIFEST, Origin


def write(made: Made, source: Path, origin: Origin, scratch: Path) -> None:
    """Fill an empty folder.

    Parameters
    ----------
    source
        The case's folder; its files are copied, and no others of the folder.
    """
    case = made.case
    copies.copy(source, copies.names_of(case), scratch / copies.FOLDER)
    if origin.level == "full":
        copies.copy_people(source, case, scratch / copies.FOLDER)
    language = str(origin.settings.get("language", ENGLISH))
    laid = page.layout(made, provenance.inputs_sha256(origin.inputs), language)
    report.write(report.render(laid), scratch / "report.html")
    report.write(report.render(laid, embed=True), scratch / "embed.html")
    figures.write(laid, scratch / figures.FOLDER)
    tables.write(made, scratch)
    cf.write(made.posterior, about(case, made.posterior, made.attributions), scratch / cf.NAME)
    writing.write(writing.tracks_of(scratch), writing.AT_ONCE, scratch)
    crate.write(scratch, case.title, case.summary, origin)
    (scratch / MANIFEST).write_bytes(provenance.manifest(scratch, origin))


def about(case: Case, drawn: Posterior, attributions: tuple[str, ...]) -> dict[str, str]:
    """Global attributes of the file of paths."""
    version = provenance.made_with()["overflight"]
    return {
        "title": case.title,
        "summary": case.summary,
        "wind": drawn.wind_statement,
        "source": f"overflight {version}",
        "institution": "not stated",
        "history": f"made by overflight {version}, seed {drawn.seed}",
        "references": " ".join(attributions) or "none",
        "comment": "Weighted paths: each is as probable as the exponential of its log_weight says.",
    }
