"""What the map of a report shows does not depend on how the reader came to look at it."""

from hashlib import sha256

import numpy as np
import pytest
from playwright.sync_api import sync_playwright

pytestmark = pytest.mark.browser

SETTLE_MS = 150
WAYS = {
    "turned and zoomed": ("pan-left", "zoom-in", "zoom-in", "pan-up", "zoom-in"),
    "far in and back out": ("zoom-in", "zoom-in", "zoom-in", "pan-right", "zoom-out", "zoom-out"),
    "flat": ("pan-left", "shape", "pan-right", "zoom-in", "zoom-in", "pan-down"),
    "flat and back": ("shape", "zoom-in", "shape", "pan-left", "pan-left", "pan-left"),
}


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as play:
        running = play.chromium.launch(
            executable_path=chromium, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        yield running
        running.close()


@pytest.fixture
def reading(browser, report):
    """A function that opens the report once more; its pages are closed afterwards."""
    opened = []

    def read(scheme="light"):
        page = browser.new_page(viewport={"width": 900, "height": 800}, color_scheme=scheme)
        opened.append(page)
        page.goto(report.as_uri())
        page.wait_for_function("window.__ready > 0")
        return page

    yield read
    for page in opened:
        page.close()


def press(page, names):
    """Press buttons, each after the map was drawn."""
    for name in names:
        page.evaluate(f"document.getElementById('{name}').click()")
        page.wait_for_timeout(SETTLE_MS / 3)


def show(page, k):
    """Move time to step ``k``, which draws the map anew."""
    page.evaluate(
        f"(() => {{ const e = document.getElementById('when'); e.value = {k};"
        " e.dispatchEvent(new Event('input')); })()"
    )
    page.wait_for_timeout(SETTLE_MS)


def picture(page):
    """What the canvas shows, as a hash: a difference of two pictures tells nobody anything."""
    page.wait_for_timeout(SETTLE_MS)
    shown = page.evaluate("document.getElementById('globe').toDataURL()")
    return sha256(shown.encode()).hexdigest()


@pytest.mark.parametrize("way", WAYS)
def test_a_map_moved_step_by_step_is_the_map_drawn_at_once(reading, way):
    moved, at_once = reading(), reading()
    press(moved, WAYS[way])
    show(moved, 40)
    show(moved, 90)
    state = moved.evaluate("({...window.__overflight.view})")
    at_once.evaluate("(state) => Object.assign(window.__overflight.view, state)", state)
    assert picture(at_once) != picture(moved)  # nothing has drawn it yet
    show(at_once, 90)
    assert picture(at_once) == picture(moved)


def test_a_map_whose_colours_changed_is_the_map_opened_in_them(reading):
    changed, opened = reading(), reading("dark")
    light = picture(changed)
    changed.emulate_media(color_scheme="dark")
    assert picture(changed) == picture(opened) != light


def test_a_map_made_narrower_and_wide_again_is_as_it_was(reading):
    page = reading()
    before = picture(page)
    page.set_viewport_size({"width": 500, "height": 800})
    assert picture(page) != before
    page.set_viewport_size({"width": 900, "height": 800})
    assert picture(page) == before


@pytest.mark.parametrize("way", WAYS)
def test_tracks_stand_where_the_projection_of_the_map_puts_them(reading, page, way):
    """The globe's and the flat map's formulas are written out for tracks, d3's draw the coasts."""
    reader = reading()
    press(reader, WAYS[way])
    reader.wait_for_timeout(SETTLE_MS)
    n_times = len(page.map.time_iso)
    which = [
        p * n_times + k for p in range(0, page.map.n_tracks, 20) for k in range(15, n_times, 9)
    ]
    placed, projected = reader.evaluate(
        """(which) => {
          const { steps, project, placed } = window.__overflight;
          const data = JSON.parse(document.getElementById("data").textContent);
          const at = (i) =>
            [steps[2 * i] / data.lon_steps_per_deg, steps[2 * i + 1] / data.lat_steps_per_deg];
          return [which.map(placed), which.map((i) => project(at(i)))];
        }""",
        which,
    )
    assert np.array(placed) == pytest.approx(np.array(projected), abs=1e-3)
