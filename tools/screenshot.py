"""Photograph a report's first screens for the README.

    python tools/screenshot.py out/report.html docs/images/report.png

Needs ``playwright`` (a test dependency) and Chromium on the path.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--hide-scrollbars",
]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report", type=Path)
    parser.add_argument("image", type=Path, nargs="?", default=Path("docs/images/report.png"))
    parser.add_argument("--width", type=int, default=1_200)
    parser.add_argument("--height", type=int, default=1_500)
    parser.add_argument("--scheme", choices=("light", "dark"), default="light")
    parser.add_argument("--full", action="store_true", help="the whole page, however long")
    parser.add_argument("--at", help="element to scroll to, such as '#inputs'")
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("chromium is not on the path")
    options.image.parent.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        view = {"width": options.width, "height": options.height}
        page = browser.new_page(viewport=view, color_scheme=options.scheme)
        page.goto(options.report.resolve().as_uri())
        page.wait_for_function("window.__ready > 0")
        if options.at:
            page.locator(options.at).evaluate("e => e.scrollIntoView({behavior: 'instant'})")
        page.wait_for_timeout(300)
        page.screenshot(path=options.image, full_page=options.full)
        print(f"ready after {page.evaluate('window.__ready'):.0f} ms; {options.image}")
        browser.close()


if __name__ == "__main__":
    main()
