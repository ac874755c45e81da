"""How long the map of a report takes to draw itself again, in Chromium without a GPU.

    python benchmarks/redraw.py [out/2023-conus/report.html] [--rounds 40] [--ratio 1]

A report of ``make demo``: 200 paths over 20 days. Each row moves the map in one way, again and
again. A redraw is the page's own animation frame, with the pixels read back at its end, so that
what Chromium puts off is counted too. Needs ``playwright`` (a test dependency) and Chromium on the
path.
"""

import argparse
import shutil
import statistics
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

REPORT = Path(__file__).resolve().parents[1] / "out" / "2023-conus" / "report.html"
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]

COUNT = """
(() => {
  const ask = window.requestAnimationFrame.bind(window);
  window.__took_ms = [];
  window.requestAnimationFrame = (act) => ask((at) => {
    const began = performance.now();
    act(at);
    const canvas = document.getElementById("globe");
    if (canvas) canvas.getContext("2d").getImageData(0, 0, 1, 1);
    window.__took_ms.push(performance.now() - began);
  });
})();
"""

MOVE = """
async ({ act, rounds, zoom, flat }) => {
  const view = window.__overflight.view, press = (id) => document.getElementById(id).click();
  const frame = () => new Promise((done) => setTimeout(done, 30));
  if (view.flat !== flat) press("shape");
  press("home");
  while (view.zoom * 1.25 <= zoom) press("zoom-in");
  await frame();
  window.__took_ms.length = 0;
  const when = document.getElementById("when"), nTimes = Number(when.max) + 1;
  const set = (k) => { when.value = k; when.dispatchEvent(new Event("input")); };
  const back = (n) => n % 2 === 1;
  const acts = {
    turn: (n) => press(back(n) ? "pan-right" : "pan-left"),
    zoom: (n) => press(back(n) ? "zoom-out" : "zoom-in"),
    time: (n) => set(nTimes - 1 - ((7 * n) % nTimes)),
    sighting: () => press("next"),
  };
  for (let n = 0; n < rounds; n++) {
    acts[act](n);
    await frame();
  }
  set(nTimes - 1);
  await frame();
  return window.__took_ms.slice(0, rounds);
}
"""

VIEWS = {
    "globe, as it opens": (False, 0.0),
    "globe, 8 times": (False, 8.0),
    "globe, 40 times": (False, 40.0),
    "flat, as it opens": (True, 0.0),
    "flat, 8 times": (True, 8.0),
    "flat, 40 times": (True, 40.0),
}


def took_ms(page: Page, act: str, view: str, rounds: int) -> list[float]:
    """Redraws of one kind, in the order they were made."""
    flat, zoom = VIEWS[view]
    what = {"act": act, "rounds": rounds, "zoom": zoom, "flat": flat}
    return [float(ms) for ms in page.evaluate(MOVE, what)]


def row(view: str, act: str, times_ms: list[float]) -> str:
    """Median, 95th percentile and largest, as a line of the table."""
    ranked = sorted(times_ms)
    p95 = ranked[round(0.95 * (len(ranked) - 1))]
    middle = statistics.median(ranked)
    return f"| {view} | {act} | {middle:.0f} | {p95:.0f} | {ranked[-1]:.0f} |"


def table(page: Page, rounds: int) -> list[str]:
    """All kinds of redraw in all views."""
    lines = ["| view | what moves | median, ms | 95 %, ms | largest, ms |", "|---|---|---|---|---|"]
    kinds = [(view, act) for view in VIEWS for act in ("turn", "zoom", "time", "sighting")]
    return lines + [row(view, act, took_ms(page, act, view, rounds)) for view, act in kinds]


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report", type=Path, nargs="?", default=REPORT)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--ratio", type=float, default=1.0, help="pixels of screen to one of CSS")
    return parser.parse_args()


def main() -> None:
    """Print the table."""
    chosen = options()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("chromium is not on the path")
    size: dict[str, Any] = {"viewport": {"width": 1_200, "height": 900}}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_page(device_scale_factor=chosen.ratio, **size)
        page.add_init_script(COUNT)
        page.goto(chosen.report.resolve().as_uri())
        page.wait_for_function("window.__ready > 0")
        print(*table(page, chosen.rounds), sep="\n")
        browser.close()


if __name__ == "__main__":
    main()
