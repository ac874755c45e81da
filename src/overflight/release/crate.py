"""The release as an RO-Crate 1.1 that tells one run (Process Run Crate 0.5), written by hand.

It says with schema.org's words what the manifest says: what was run, from what, to what, with a
hash of each. It holds the one date of a release, the day it was made.
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from overflight.release.formats.text import plain
from overflight.release.provenance import CRATE, Origin, made_with, sha256

ROCRATE = "https://w3id.org/ro/crate/1.1"
PROCESS = "https://w3id.org/ro/wfrun/process/0.5"
TYPES = {
    ".html": "text/html", ".csv": "text/csv", ".json": "application/json",
    ".geojson": "application/geo+json", ".nc": "application/netcdf", ".svg": "image/svg+xml",
    ".png": "image/png", ".kmz": "application/vnd.google-earth.kmz", ".yaml": "application/yaml",
    ".kml": "application/vnd.google-earth.kml+xml", ".sqlite": "application/vnd.sqlite3",
    ".jsonld": "application/ld+json", ".db": "application/vnd.sqlite3",
}  # fmt: skip
LICENCE = (
    "The facts are those of the sources that the report names, under their own terms; the"
    " attributions at the foot of the report apply to what was added."
)


def write(release: Path, title: str, summary: str, origin: Origin) -> None:
    """Describe all files that are in a release so far."""
    inside = [path for path in sorted(release.rglob("*")) if path.is_file()]
    files = [_file(path, path.relative_to(release).as_posix()) for path in inside]
    inputs = _inputs(origin, {one["@id"] for one in files})
    graph = [
        {
            "@id": CRATE, "@type": "CreativeWork", "about": {"@id": "./"},
            "conformsTo": [{"@id": ROCRATE}, {"@id": PROCESS}],
        },
        {
            "@id": "./", "@type": "Dataset", "name": plain(title), "description": plain(summary),
            "datePublished": origin.made_on.isoformat(), "license": {"@id": "#licence"},
            "conformsTo": {"@id": PROCESS}, "hasPart": _ids(files), "mentions": {"@id": "#run"},
        },
        {"@id": PROCESS, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        {"@id": "#licence", "@type": "CreativeWork", "name": "Terms", "description": LICENCE},
        _run(origin, files, inputs),
        *_software(),
        *(one for one in inputs if one["@id"].startswith("#")),
        *files,
    ]  # fmt: skip
    context = [f"{ROCRATE}/context", {"sha256": "https://schema.org/sha256"}]
    text = json.dumps({"@context": context, "@graph": graph}, indent=1, allow_nan=False)
    (release / CRATE).write_text(text + "\n", encoding="utf-8", newline="\n")


def _ids(entities: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [{"@id": str(one["@id"])} for one in entities]


def _file(path: Path, name: str) -> dict[str, Any]:
    return {
        "@id": quote(name), "@type": "File", "name": name,
        "encodingFormat": TYPES.get(path.suffix, "application/octet-stream"),
        "contentSize": str(path.stat().st_size), "sha256": sha256(path),
    }  # fmt: skip


def _inputs(origin: Origin, held: set[str]) -> list[dict[str, Any]]:
    """The run's inputs: files of the release, files named by hash alone, and settings."""
    found: list[dict[str, Any]] = []
    for name, digest in origin.inputs.items():
        inside = quote(f"case/{name.removeprefix('population/')}")
        if inside in held:
            found.append({"@id": inside})
        else:
            found.append(
                {
                    "@id": f"#{quote(name)}", "@type": "CreativeWork", "name": plain(name),
                    "sha256": digest, "description": "An input that the release does not hold.",
                }
            )  # fmt: skip
    for name, value in origin.settings.items():
        told = {"@type": "PropertyValue", "name": name, "value": value}
        found.append({"@id": f"#setting-{quote(name)}", **told})
    return found


def _run(
    origin: Origin, files: list[dict[str, Any]], inputs: list[dict[str, Any]]
) -> dict[str, Any]:
    made = [one for one in files if not str(one["@id"]).startswith("case/")]
    return {
        "@id": "#run", "@type": "CreateAction", "name": "The run that made this release",
        "description": plain(origin.command), "instrument": {"@id": "#overflight"},
        "object": _ids(inputs), "result": _ids(made),
        "actionStatus": {"@id": "http://schema.org/CompletedActionStatus"},
    }  # fmt: skip


def _software() -> list[dict[str, Any]]:
    versions = made_with()
    own = versions.pop("overflight")
    needs = [
        {"@id": f"#{name}", "@type": "SoftwareApplication", "name": name, "softwareVersion": number}
        for name, number in versions.items()
    ]
    return [
        {
            "@id": "#overflight", "@type": "SoftwareApplication", "name": "overflight",
            "softwareVersion": own, "softwareRequirements": _ids(needs),
        },
        *needs,
    ]  # fmt: skip
