"""The page docs/calibration.md as its studies see it: telemetry, and how a part is written."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TRACKS = ROOT.parent / "shared" / "data" / "telemetry" / "tracks"
IMAGES = ROOT / "docs" / "images"
LONG = ("ldb_anitalite", "ldb_anita2", "shab14v_20220822")
_PAGE = ROOT / "docs" / "calibration.md"


def put(part, text):
    """Write a part of the page between its two marks; the rest stays."""
    begin, end = f"<!-- {part}: begin -->", f"<!-- {part}: end -->"
    page = _PAGE.read_text(encoding="utf-8")
    before, rest = page.split(begin)
    _, after = rest.split(end)
    _PAGE.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")
