"""The documentation as a site: whole, and fit for small screens and readers without a mouse."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
AXE = Path(__file__).parent / "assets" / "axe.min.js"
ELSEWHERE = re.compile(r"(https?|mailto|data|javascript):")
LOOKED_AT = ("docs/site/index", "docs/gallery", "docs/benchmarks", "docs/reference/api")


class Seen(HTMLParser):
    """What a page can be linked to at, what it links to, and its pictures without words."""

    def __init__(self, text):
        super().__init__()
        self.anchors, self.links, self.wordless = {""}, [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        has = dict(attrs)
        self.anchors |= {has[name] for name in ("id", "name") if has.get(name)}
        self.links += [
            has[name] for name in ("href", "src") if has.get(name) and tag in {"a", "img"}
        ]
        if tag == "img" and not has.get("alt"):
            self.wordless.append(has.get("src"))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "-q", "-b", "html", "-c", "docs/site", "."]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    subprocess.run([*command, str(folder)], cwd=ROOT, env=environment, check=True)
    return folder


@pytest.fixture(scope="module")
def pages(site):
    return {path: Seen(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}


def test_every_link_within_the_site_leads_to_its_place(site, pages):
    lost = []
    for path, seen in pages.items():
        for link in seen.links:
            if ELSEWHERE.match(link):
                continue
            name, _, anchor = link.partition("#")
            there = (path.parent / name).resolve() if name else path
            if not there.exists() or (there in pages and anchor not in pages[there].anchors):
                lost.append((str(path.relative_to(site)), link))
    assert lost == []


def test_every_page_is_in_the_navigation_and_every_picture_has_words(site, pages):
    front = site / "docs" / "site" / "index.html"
    listed = {(front.parent / link.partition("#")[0]).resolve() for link in pages[front].links}
    made = {front, *(site / f"{name}.html" for name in ("search", "genindex", "py-modindex"))}
    assert sorted(str(path.relative_to(site)) for path in set(pages) - listed - made) == []
    assert [(path.name, seen.wordless) for path, seen in pages.items() if seen.wordless] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault_on_a_telephone(chromium, site, scheme):
    found, asked, wide = [], [], []
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=chromium, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        size = {"width": 360, "height": 740}
        page = browser.new_page(viewport=size, color_scheme=scheme, bypass_csp=True)
        page.on("request", lambda request: asked.append(request.url))
        for name in LOOKED_AT:
            page.goto((site / f"{name}.html").as_uri())
            page.evaluate(AXE.read_text(encoding="utf-8"))
            told = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            grave = [v for v in told["violations"] if v["impact"] in {"serious", "critical"}]
            found += [(name, v["id"], v["nodes"][0]["html"][:90]) for v in grave]
            root = "document.documentElement"
            if page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"):
                wide.append(name)
        browser.close()
    assert (found, wide) == ([], [])
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
