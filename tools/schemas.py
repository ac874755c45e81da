"""Write the JSON Schemas of a release's files, or check those that are stored.

python tools/schemas.py            writes docs/reference/schemas/
python tools/schemas.py --check    says whether they are what the dataclasses say
"""

import sys
from pathlib import Path

from overflight.release import schemas

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference" / "schemas"


def stale() -> list[str]:
    """Names of stored files that differ, are missing, or belong to no ledger."""
    wanted = {f"{name}.schema.json": schemas.text(name) for name in schemas.ROOT}
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    return sorted(
        name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name)
    )


def main() -> int:
    """Write the schemas, or say which are out of date."""
    if "--check" in sys.argv[1:]:
        found = stale()
        if found:
            print(f"out of date: {', '.join(found)}: run 'make docs'.", file=sys.stderr)
            return 1
        print("docs/reference/schemas says what the dataclasses say.")
        return 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in stale():
        (FOLDER / name).unlink(missing_ok=True)
    for name in schemas.ROOT:
        (FOLDER / f"{name}.schema.json").write_text(schemas.text(name), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
