"""Make what ``src/overflight/release/assets`` holds; run once, by hand, then commit the result.

    npm install --no-save --prefix FOLDER d3-geo@3.1.1 topojson-client@3.1.0 \\
        world-atlas@2.0.2 esbuild@0.28.2
    python tools/make_bundle.py FOLDER

The same packages give the same bytes. Nothing of this runs on a user's machine:

    map.min.js            d3-geo and topojson-client as one script with one global name, ``G``;
                          the licences of all parts stand at its head, so that they travel with
                          every report
    world-110m.json       outlines of land and countries, TopoJSON (Natural Earth, public domain)
    licences/             the same licence texts, one file per package
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
from pathlib import Path

ASSETS = Path(__file__).resolve().parents[1] / "src" / "overflight" / "release" / "assets"
PARTS = ("d3-geo", "d3-array", "internmap", "topojson-client", "world-atlas")
ENTRY = """
export {geoOrthographic, geoNaturalEarth1, geoPath, geoGraticule10, geoCircle, geoDistance}
    from "d3-geo";
export {feature, mesh} from "topojson-client";
"""


def licence_of(package: Path) -> str:
    found = sorted(package.glob("LICENSE*"))
    return found[0].read_text(encoding="utf-8").strip()


def head(packages: Path) -> str:
    """One comment with every part's name, version and licence."""
    texts = []
    for name in PARTS:
        version = json.loads((packages / name / "package.json").read_text())["version"]
        texts.append(f"{name} {version}\n\n{licence_of(packages / name)}")
    return "/*!\n" + "\n\n----\n\n".join(texts) + "\n*/\n"


def bundle(folder: Path) -> str:
    entry = folder / "overflight-entry.mjs"
    entry.write_text(ENTRY, encoding="utf-8")
    done = subprocess.run(
        [
            folder / "node_modules" / ".bin" / "esbuild", entry, "--bundle", "--minify",
            "--format=iife", "--global-name=G", "--target=es2020", "--charset=ascii",
            "--legal-comments=none",
        ],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where npm installed the packages")
    folder = parser.parse_args().folder.resolve()
    packages = folder / "node_modules"
    (ASSETS / "licences").mkdir(parents=True, exist_ok=True)
    (ASSETS / "map.min.js").write_text(head(packages) + bundle(folder), encoding="utf-8")
    world = json.loads((packages / "world-atlas" / "countries-110m.json").read_text())
    compact = json.dumps(world, separators=(",", ":"), ensure_ascii=True)
    (ASSETS / "world-110m.json").write_text(compact + "\n", encoding="utf-8")
    for name in PARTS:
        target = ASSETS / "licences" / f"{name}.txt"
        target.write_text(licence_of(packages / name) + "\n", encoding="utf-8")
    for path in sorted(ASSETS.rglob("*.*")):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        print(f"{digest[:16]}  {path.stat().st_size:>8}  {path.relative_to(ASSETS)}")


if __name__ == "__main__":
    main()
