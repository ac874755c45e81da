"""The drawings of a report as files of their own: SVG that carries its colours and no font."""

import re
from collections.abc import Iterator
from pathlib import Path

from overflight.release import heights, staticmap
from overflight.release.language import speaking
from overflight.release.report import Page, slug, style

FOLDER = "figures"
FONT = "Helvetica, Arial, sans-serif"

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_CLASS = re.compile(r'class="([^"]+)"')
_VARIABLE = re.compile(r"var\((--[a-z-]+)\)")
_BOX = re.compile(r'viewBox="0 0 (\d+) (\d+)"')


def write(page: Page, folder: Path) -> None:
    """Write every drawing of a page."""
    folder.mkdir()
    with speaking(page.language):
        drawings = list(_drawings(page))
    for name, drawing in drawings:
        (folder / f"{name}.svg").write_text(alone(drawing), encoding="utf-8", newline="\n")


def _drawings(page: Page) -> Iterator[tuple[str, str]]:
    yield "map", str(staticmap.draw(page.map))
    profile = str(heights.draw(page.map))
    if profile:
        yield "heights", profile
    for section in page.sections:
        for number, picture in enumerate(section.pictures, start=1):
            yield f"{slug(section.anchor)}-{number}", str(picture.drawing)


def alone(drawing: str) -> str:
    """A drawing of the page as a whole SVG file, in the colours of a light page."""
    box = _BOX.search(drawing)
    size = f' width="{box[1]}" height="{box[2]}"' if box else ""
    head, _, rest = drawing.partition(">")
    opened = head.replace("<svg", f'<svg xmlns="http://www.w3.org/2000/svg"{size}', 1)
    used = {name for found in _CLASS.findall(drawing) for name in found.split()}
    return f"{opened}><style>{_rules(used)}</style>{rest}\n"


def _rules(used: set[str]) -> str:
    """The page's rules for these classes, with colours in place of their names."""
    text = re.sub(r"/\*.*?\*/", "", style(), flags=re.DOTALL)
    outside = re.sub(r"@[^{}]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", text)
    values = dict(re.findall(r"(--[a-z-]+):\s*([^;}]+)", outside)) | {"--text": FONT}
    kept = []
    for selectors, body in _RULE.findall(outside):
        if any(_meant(one.strip(), used) for one in selectors.split(",")):
            plain = _VARIABLE.sub(lambda found: values.get(found[1], "currentColor"), body)
            kept.append(f"{selectors.strip()}{{{plain.strip()}}}")
    return "".join(kept)


def _meant(selector: str, used: set[str]) -> bool:
    names = re.findall(r"\.([A-Za-z0-9_-]+)", selector)
    return selector == "svg text" or (bool(names) and set(names) <= used)
