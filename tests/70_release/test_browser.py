"""The report in a real Chromium without network or GPU: what a reader gets."""

import base64
import re
import zlib
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import sync_playwright

from overflight.release.encode import quantise
from overflight.release.report import render, write

pytestmark = pytest.mark.browser

ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
AXE = Path(__file__).parent / "assets" / "axe.min.js"
READY_MS = 1_000.0
SETTLE_MS = 120


@pytest.fixture(scope="module")
def launch(chromium):
    """Start Chromium, with further arguments if need be."""
    with sync_playwright() as play:
        yield lambda *more: play.chromium.launch(executable_path=chromium, args=[*ARGUMENTS, *more])


@pytest.fixture(scope="module")
def browser(launch):
    running = launch()
    yield running
    running.close()


@contextmanager
def visit(browser, report, *, wait=True, **options):
    """Open the report; afterwards it must have asked for nothing and complained of nothing."""
    options = {"viewport": {"width": 1_200, "height": 900}, **options}
    context = browser.new_context(**options)
    page = context.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda m: complaints.append(m.text) if m.type in {"error", "warning"} else 0)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(report.as_uri())
    if wait:
        page.wait_for_function("window.__ready > 0")
    page.asked, page.complaints = asked, complaints
    yield page
    context.close()
    assert [url for url in asked if not re.match(r"(file|data|blob):", url)] == []
    assert complaints == []


@pytest.fixture
def opened(browser, report):
    with visit(browser, report) as page:
        yield page


def look(page, expression="v"):
    return page.evaluate(
        f"(() => {{ const v = window.__overflight.view; return {expression}; }})()"
    )


def onscreen(page):
    """Where the map is, brought into the window first."""
    page.locator("#globe").evaluate("e => e.scrollIntoView({behavior: 'instant'})")
    return page.locator("#globe").bounding_box()


def picture(page):
    """The canvas as it is after the next drawing."""
    page.wait_for_timeout(SETTLE_MS)
    return page.evaluate("document.getElementById('globe').toDataURL()")


def test_it_asks_for_nothing_and_complains_of_nothing(opened):
    opened.mouse.wheel(0, 20_000)
    opened.wait_for_timeout(SETTLE_MS)
    assert [url for url in opened.asked if not url.startswith("data:")] == [opened.url]


def test_it_is_ready_within_a_second(browser, report):
    times_ms = []
    for _ in range(3):
        with visit(browser, report) as page:
            times_ms.append(page.evaluate("window.__ready"))
    assert 0.0 < min(times_ms) < READY_MS


def test_the_page_cannot_phone_home(browser, report):
    with visit(browser, report) as page:
        refused = page.evaluate(
            "fetch('https://example.org/x').then(() => 'sent', (error) => error.name)"
        )
        assert refused == "TypeError"
        assert any("Content Security Policy" in text for text in page.complaints)
        assert page.asked == [page.url] or all(u.startswith(("file:", "data:")) for u in page.asked)
        page.complaints.clear()  # the refusal is what was asked for


def test_the_policy_refuses_a_script_that_is_not_ours(opened):
    opened.evaluate(
        "() => { const s = document.createElement('script');"
        " s.textContent = 'window.__broken = 9'; document.body.append(s); }"
    )
    opened.wait_for_timeout(SETTLE_MS)
    assert opened.evaluate("window.__broken") is None
    assert any("Content Security Policy" in text for text in opened.complaints)
    opened.complaints.clear()


def test_hostile_rows_did_nothing_in_the_browser(opened):
    for n in range(opened.locator("#choose option").count() - 1):
        opened.select_option("#choose", str(n))
    opened.wait_for_timeout(SETTLE_MS)
    assert opened.evaluate("window.__broken") is None
    assert opened.locator("main img, main iframe, main script, #card script").count() == 0


def test_the_browser_decodes_exactly_what_was_encoded(opened, page):
    decoded = np.array(opened.evaluate("Array.from(window.__overflight.steps)"), dtype=np.int16)
    data = page.map
    expected = quantise(
        np.vstack([data.lat_deg, data.median_lat_deg]),
        np.vstack([data.lon_deg, data.median_lon_deg]),
    )
    assert np.array_equal(decoded.reshape(expected.shape), expected)
    text = opened.locator("#tracks").text_content()
    assert len(zlib.decompress(base64.b64decode(text))) == expected.nbytes


def rows_shown(page):
    return page.evaluate(
        "[...document.querySelectorAll('#statements tbody tr')]"
        ".filter((row) => row.offsetParent).map((row) => row.cells[0].textContent.trim())"
    )


def test_statements_can_be_narrowed_by_words_and_by_choice(opened, page):
    sift = opened.locator("[data-table=statements]")
    n_rows = len(page.statements.rows)
    assert len(rows_shown(opened)) == n_rows
    sift.locator("input").fill("t007")
    assert rows_shown(opened) == ["T007"]
    assert sift.locator("output").text_content() == f"1 of {n_rows} rows"
    sift.locator("input").fill("")
    sift.get_by_label("Verdict").select_option("untestable")
    assert rows_shown(opened) == [f"T{n:03d}" for n in range(0, 60, 3)]
    sift.locator("input").fill("T007 official")
    assert rows_shown(opened) == []
    sift.get_by_label("Verdict").select_option("")
    assert rows_shown(opened) == ["T007"]


def test_local_time_stands_beside_utc_where_the_reader_asks_for_it(opened, page):
    assert opened.locator("#there").text_content() == ""
    opened.select_option("#zone", "America/Denver")
    opened.locator("#when").fill("0")
    utc = opened.locator("#now").text_content()
    there = opened.locator("#there").text_content()
    assert utc.endswith(f"{page.map.time_iso[0][11:16]} UTC")
    hour = (int(page.map.time_iso[0][11:13]) - 7) % 24  # Denver in winter
    assert f"{hour:02d}:{page.map.time_iso[0][14:16]}" in there
    opened.select_option("#choose", "3")
    assert "from " in opened.locator("#card").text_content()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_map_alone_fits_into_an_article(browser, embedded, scheme):
    view = {"width": 600, "height": 700}
    with visit(browser, embedded, bypass_csp=True, viewport=view, color_scheme=scheme) as page:
        page.locator("#play").click()
        page.locator("#play").click()
        page.select_option("#choose", "3")
        assert page.locator("table").count() == 0
        assert page.locator("#globe").bounding_box()["height"] == 300.0
        assert page.locator("#globe").bounding_box()["y"] < 400.0
        page.evaluate(AXE.read_text(encoding="utf-8"))
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert [(v["id"], v["nodes"][0]["target"]) for v in result["violations"]] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1_200, 320])
def test_axe_finds_nothing_to_object_to(browser, report, scheme, width):
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    with visit(browser, report, bypass_csp=True, **options) as page:
        page.select_option("#choose", "3")
        page.locator("details.numbers summary").click()
        page.evaluate(AXE.read_text(encoding="utf-8"))
        result = page.evaluate("axe.run(document, {resultTypes: ['violations', 'passes']})")
        found = [
            (v["id"], v["impact"], [node["target"] for node in v["nodes"]][:4])
            for v in result["violations"]
        ]
        assert found == []
        assert len(result["passes"]) > 30


@pytest.fixture(scope="module")
def spanish(page, tmp_path_factory):
    path = tmp_path_factory.mktemp("spanish") / "report.html"
    write(render(replace(page, language="es")), path)
    return path


def test_the_spanish_page_works_and_axe_has_no_objection(browser, spanish):
    with visit(browser, spanish, bypass_csp=True, viewport={"width": 360, "height": 900}) as page:
        page.select_option("#choose", "3")
        page.locator("details.numbers summary").click()
        assert "Centro de las trayectorias" in page.locator("#read").text_content()
        assert re.search(r"\d,\d\u00b0", page.locator("#read").text_content())
        assert "a menos de" in page.locator("#card").text_content()
        assert re.search(r"\bene\b|\bfeb\b", page.locator("#now").text_content())
        assert page.locator(".sift output").first.text_content().endswith("filas")
        page.click("#play")
        assert page.locator("#play").text_content() == "Pausa"
        page.evaluate(AXE.read_text(encoding="utf-8"))
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert [(v["id"], v["nodes"][0]["target"]) for v in result["violations"]] == []
        inner, outer = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert inner <= outer


@pytest.mark.parametrize("width", [320, 390, 768, 1_200, 1_920])
def test_the_page_never_scrolls_sideways(browser, report, width):
    with visit(browser, report, viewport={"width": width, "height": 800}) as page:
        page.select_option("#choose", "32")
        inner, outer = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert inner <= outer


def test_a_telephone_shows_the_bottom_line_on_its_first_screen(browser, report):
    """Fifteen links stood before it, one below the other."""
    with visit(browser, report, viewport={"width": 360, "height": 740}) as page:
        at = page.evaluate("document.querySelector('.bottom p').getBoundingClientRect().bottom")
        assert at < 740
        page.locator(".contents a").last.focus()  # and every link can still be reached
        assert onscreen_x(page, ".contents li:last-child a")


def onscreen_x(page, selector):
    """Whether an element lies between the edges of the window."""
    box = page.locator(selector).bounding_box()
    return box["x"] >= 0 and box["x"] + box["width"] <= page.viewport_size["width"]


def test_buttons_are_large_enough_to_hit(browser, report):
    with visit(browser, report, viewport={"width": 320, "height": 800}) as page:
        sizes = page.evaluate(
            "[...document.querySelectorAll('button, select, input')].map((e) =>"
            " { const b = e.getBoundingClientRect(); return [e.id || e.textContent,"
            " b.width, b.height]; })"
        )
        assert [s for s in sizes if s[1] < 44.0 or s[2] < 44.0] == []


def test_the_keyboard_reaches_every_control(opened):
    reached = []
    for _ in range(400):
        opened.keyboard.press("Tab")
        here = opened.evaluate(
            "(() => { const e = document.activeElement; return e === document.body ? ''"
            " : e.id || e.className || e.tagName; })()"
        )
        reached.append(here)
        if here == "diagnostics":
            break
    controls = (
        "skip", "globe", "zoom-in", "zoom-out", "home", "pan-left", "pan-right", "pan-up",
        "pan-down", "shape", "play", "when", "previous", "choose", "next", "show", "scroll tall",
    )  # fmt: skip
    assert [name for name in controls if name not in reached] == []


def test_arrow_keys_turn_the_map_and_signs_zoom_it(opened):
    opened.focus("#globe")
    for key, what in (
        ("ArrowLeft", "v.lon"), ("ArrowUp", "v.lat"), ("+", "v.zoom"), ("ArrowRight", "v.lon"),
        ("ArrowDown", "v.lat"), ("-", "v.zoom"),
    ):  # fmt: skip
        before, drawn = look(opened, what), picture(opened)
        opened.keyboard.press(key)
        assert look(opened, what) != before
        assert picture(opened) != drawn
    opened.keyboard.press("ArrowLeft")
    opened.keyboard.press("Home")
    assert look(opened, "v.turned") is False


def test_sightings_can_be_stepped_through_by_key(opened, page):
    opened.focus("#globe")
    for n in range(3):
        opened.keyboard.press("n")
        assert look(opened, "v.chosen") == n
        assert page.map.sightings[n].label in opened.locator("#card").text_content()
    opened.keyboard.press("p")
    assert look(opened, "v.chosen") == 1
    opened.keyboard.press("Escape")
    assert look(opened, "v.chosen") == -1


def test_every_button_of_the_map_moves_it(opened):
    for name in ("zoom-in", "pan-left", "pan-up", "zoom-out", "pan-right", "pan-down", "shape"):
        before = picture(opened)
        opened.focus(f"#{name}")
        opened.keyboard.press("Enter")
        assert picture(opened) != before, name
    assert opened.locator("#shape").text_content() == "Globe"
    opened.locator("#shape").click()
    opened.locator("#pan-left").click()
    before = picture(opened)
    opened.locator("#home").click()
    assert picture(opened) != before


def test_dragging_turns_and_the_focused_map_takes_the_wheel(opened):
    box = onscreen(opened)
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    before, zoom = look(opened, "v.lon"), look(opened, "v.zoom")
    opened.mouse.move(*middle)
    opened.mouse.wheel(0, -50)
    opened.wait_for_timeout(SETTLE_MS)
    assert look(opened, "v.zoom") == zoom  # the page's own wheel
    box = onscreen(opened)
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    opened.mouse.move(*middle)
    opened.mouse.down()
    opened.mouse.move(middle[0] + 80, middle[1], steps=4)
    opened.mouse.up()
    assert look(opened, "v.lon") < before
    opened.focus("#globe")
    box = onscreen(opened)
    opened.mouse.move(box["x"] + 300, box["y"] + 200)
    opened.mouse.wheel(0, -50)
    opened.wait_for_timeout(SETTLE_MS)
    assert look(opened, "v.zoom") > zoom


def test_the_slider_moves_time_by_key_and_says_so(opened, page):
    opened.focus("#when")
    before = picture(opened)
    opened.keyboard.press("Home")
    assert look(opened, "v.time") == 0
    opened.keyboard.press("ArrowRight")
    assert look(opened, "v.time") == 1
    assert picture(opened) != before
    said = opened.locator("#when").get_attribute("aria-valuetext")
    assert said == opened.locator("#now").text_content() == "Fri, 20 Jan 2023, 02:24 UTC"
    opened.keyboard.press("End")
    assert look(opened, "v.time") == len(page.map.time_iso) - 1
    assert "Middle of the tracks" in opened.locator("#read").text_content()


def test_the_time_shown_moves_the_line_in_the_height_drawing(opened):
    end = float(opened.locator("#cursor").get_attribute("x1"))
    opened.focus("#when")
    opened.keyboard.press("Home")
    start = float(opened.locator("#cursor").get_attribute("x1"))
    assert start == float(opened.locator("#cursor").get_attribute("x2")) < end


@pytest.mark.parametrize(("motion", "most"), [("no-preference", 149), ("reduce", 4)])
def test_playing_runs_slowly_for_who_asked_for_less_motion(browser, report, motion, most):
    with visit(browser, report, reduced_motion=motion) as page:
        page.focus("#play")
        page.keyboard.press("Enter")
        assert page.locator("#play").text_content() == "Pause"
        assert page.locator("#now").get_attribute("aria-live") == "off"
        page.wait_for_timeout(1_200)
        page.keyboard.press("Enter")
        assert page.locator("#play").get_attribute("aria-pressed") == "false"
        assert 0 < look(page, "v.time") <= most


def test_a_click_on_a_sighting_selects_it(opened, page):
    n = 26
    marker = page.map.sightings[n]
    x, y = opened.evaluate(f"window.__overflight.project([{marker.lon_deg}, {marker.lat_deg}])")
    box = onscreen(opened)
    opened.mouse.click(box["x"] + x, box["y"] + y)
    card = opened.locator("#card").text_content()
    assert look(opened, "v.chosen") == n
    assert marker.id in card
    assert marker.source_name in card
    assert "not judged" in card
    link = opened.locator("#card a")
    assert link.get_attribute("href") == marker.source_url
    assert "noreferrer" in link.get_attribute("rel")


def test_the_table_selects_on_the_map_by_key(opened, page):
    button = opened.locator("#sightings .show").nth(4)
    before = picture(opened)
    button.focus()
    opened.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "true"
    assert look(opened, "v.chosen") == 4
    assert picture(opened) != before
    assert "%" in opened.locator("#card").text_content()
    opened.keyboard.press("Enter")
    assert look(opened, "v.chosen") == -1


def test_the_card_and_the_table_agree(opened, page):
    for n, marker in enumerate(page.map.sightings[:6]):
        opened.select_option("#choose", str(n))
        row = opened.locator("#sightings tbody tr").nth(n)
        for cell in opened.locator("#card dd").all_text_contents()[2:]:
            assert cell in row.text_content()
        assert marker.id in row.text_content()


def test_an_address_that_is_no_link_is_no_link_in_the_card_either(opened):
    opened.select_option("#choose", "33")
    assert opened.locator("#card a").count() == 0


def test_light_and_dark_follow_the_reader_while_the_page_is_open(opened):
    light = picture(opened)
    opened.emulate_media(color_scheme="dark")
    for _ in range(50):  # a busy machine tells the page late
        if picture(opened) != light:
            return
    pytest.fail("it stayed light")


def test_a_resized_window_keeps_the_flight_in_view(opened):
    opened.set_viewport_size({"width": 500, "height": 800})
    opened.wait_for_timeout(SETTLE_MS)
    sizes = opened.evaluate(
        "(() => { const c = document.getElementById('globe');"
        " return [c.width / devicePixelRatio, c.clientWidth]; })()"
    )
    assert sizes[0] == pytest.approx(sizes[1], abs=1)


def test_without_script_the_drawing_and_every_table_are_there(browser, report, page):
    with visit(browser, report, wait=False, java_script_enabled=False) as reader:
        assert reader.locator(".static-map").is_visible()
        assert not reader.locator("figure.live").is_visible()
        assert not reader.locator(".pick").is_visible()
        assert reader.locator("#sightings tbody tr").count() == len(page.map.sightings)
        assert reader.locator(".heights .profile").is_visible()


def test_with_script_the_live_map_takes_its_place(opened):
    assert opened.locator("figure.live").is_visible()
    assert not opened.locator(".static-map").is_visible()


def test_on_paper_everything_is_laid_open(opened):
    opened.emulate_media(media="print", color_scheme="dark")
    opened.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert opened.locator(".static-map").is_visible()
    assert opened.locator("#middle").is_visible()
    assert not opened.locator("canvas").is_visible()
    assert not opened.locator(".contents").is_visible()
    assert (
        opened.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    )
    clipped = opened.evaluate(
        "[...document.querySelectorAll('.scroll')].filter((e) =>"
        " e.scrollHeight > e.clientHeight + 1"
        " && getComputedStyle(e).overflowY !== 'visible').length"
    )
    assert clipped == 0


def test_an_address_on_paper_has_room(browser, report):
    """In a sliver of a column each took a third of a page."""
    with visit(browser, report, viewport={"width": 690, "height": 1_000}) as page:
        page.emulate_media(media="print")
        page.evaluate(
            "document.querySelectorAll('#sightings a').forEach((a) => { a.href ="
            " 'https://example.org/' + 'words-of-a-headline-'.repeat(6); })"
        )
        heights = page.evaluate(
            "[...document.querySelectorAll('#sightings tbody tr')]"
            ".map((e) => e.getBoundingClientRect().height)"
        )
        assert sorted(heights)[len(heights) // 2] < 130


def test_it_works_where_3d_drawing_is_switched_off(launch, report):
    running = launch("--disable-3d-apis")
    with visit(running, report) as page:
        before = picture(page)
        page.focus("#when")
        page.keyboard.press("Home")
        assert picture(page) != before
    running.close()
