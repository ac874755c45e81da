"""The documentation becomes a site without a warning, and the site fetches nothing."""

import re
import subprocess
import sys

import pytest

FETCHED = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)=\"([^\"]+)\"")
IN_CSS = re.compile(r"url\(\s*['\"]?(?!data:)([^)'\"]+)|@import\s+['\"]([^'\"]+)")


@pytest.fixture(scope="module")
def site(root, tmp_path_factory):
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    done = subprocess.run(
        [*command, "-d", out / "kept", "-c", "docs/site", ".", out / "html"],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return out / "html"


def test_every_page_is_there(root, site):
    pages = {path.relative_to(root).with_suffix("") for path in (root / "docs").rglob("*.md")}
    missing = [page for page in pages if not (site / page).with_suffix(".html").is_file()]
    assert missing == []


def test_the_site_fetches_nothing_from_elsewhere(site):
    for page in site.rglob("*.html"):
        for target in FETCHED.findall(page.read_text(encoding="utf-8")):
            assert not re.match(r"(?:https?:)?//", target), (page.name, target)
    for sheet in site.rglob("*.css"):
        for url in IN_CSS.findall(sheet.read_text(encoding="utf-8")):
            assert not re.match(r"(?:https?:)?//", "".join(url)), (sheet.name, url)


def test_the_interface_from_python_is_described(site):
    page = (site / "docs" / "reference" / "api.html").read_text(encoding="utf-8")
    for name in ("overflight.account.run", "overflight.case.load.load", "LaunchLine"):
        assert name in page
