"""One file, escaped throughout, the same each time, allowed to do nothing but what is hashed."""

import base64
import dataclasses
import hashlib
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from overflight.errors import OverflightError
from overflight.release import report
from overflight.release.report import render, safe_url, write
from overflight.release.sections import Table


class Parsed(HTMLParser):
    """Elements with attributes, and the text within scripts and styles."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.raw, self.shown, self._inside = [], [], [], None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag in {"script", "style"}:
            self._inside = (tag, dict(attrs), [])

    def handle_endtag(self, tag):
        if self._inside and tag == self._inside[0]:
            name, attributes, parts = self._inside
            self.raw.append((name, attributes, "".join(parts)))
            self._inside = None

    def handle_data(self, data):
        (self._inside[2] if self._inside else self.shown).append(data)

    def block(self, name):
        return next(text for _, attributes, text in self.raw if attributes.get("id") == name)


@pytest.fixture(scope="module")
def parsed(html):
    return Parsed(html)


def sha256(text):
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_the_same_page_gives_the_same_bytes(page, html):
    assert render(page) == html


def test_the_file_stays_below_its_budget(html):
    assert len(html.encode()) < 700_000


def test_the_policy_names_exactly_the_script_and_the_style_that_are_there(parsed):
    policy = next(
        a["content"] for t, a in parsed.elements if a.get("http-equiv") == "Content-Security-Policy"
    )
    runs = [text for tag, a, text in parsed.raw if tag == "script" and "type" not in a]
    styles = [text for tag, _, text in parsed.raw if tag == "style"]
    assert len(runs) == len(styles) == 1
    assert policy.split("; ") == [
        "default-src 'none'",
        f"script-src 'sha256-{sha256(runs[0])}'",
        f"style-src 'sha256-{sha256(styles[0])}'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]


def test_the_policy_comes_before_anything_it_governs(parsed):
    tags = [(t, a) for t, a in parsed.elements if t in {"meta", "style", "script", "link", "title"}]
    assert [a.get("charset") or a.get("http-equiv") for _, a in tags[:2]] == [
        "utf-8",
        "Content-Security-Policy",
    ]


def test_script_and_style_hold_nothing_that_html_would_read_otherwise():
    for text in (report.script(), report.style()):
        assert "\r" not in text
        assert not re.search(r"</(script|style)|<!--", text, re.IGNORECASE)


def test_no_element_carries_a_style_or_a_handler(parsed):
    found = [
        (tag, name)
        for tag, attributes in parsed.elements
        for name in attributes
        if name == "style" or name.startswith("on")
    ]
    assert found == []


def test_nothing_is_loaded_from_anywhere(parsed):
    sources = [(t, a["src"]) for t, a in parsed.elements if "src" in a]
    links = [a["href"] for t, a in parsed.elements if t == "link"]
    assert sources == []
    assert links == ["data:,"]
    assert "@import" not in report.style()
    assert "url(" not in report.style()


def test_hostile_text_opens_no_element(parsed):
    tags = [tag for tag, _ in parsed.elements]
    assert tags.count("script") == 5
    assert not {"img", "iframe", "object", "embed", "base", "form"} & set(tags)


@pytest.mark.parametrize("field", ["title", "summary", "would_change", "how_to_cite", "caution"])
@pytest.mark.parametrize("text", ["<script>x()</script>", "\"'><img src=x>", "{{ 7 * 7 }}"])
def test_hostile_text_is_shown_as_it_is(page, field, text):
    parsed = Parsed(render(dataclasses.replace(page, **{field: text})))
    assert any(text in shown for shown in parsed.shown)
    assert not any(tag == "img" for tag, _ in parsed.elements)


def test_a_formula_is_only_text(html):
    assert "=HYPERLINK(&#34;https://example.org/x&#34;,&#34;open&#34;)" in html


def test_data_blocks_cannot_be_ended_by_their_content(parsed, page):
    for name in ("data", "world"):
        text = parsed.block(name)
        assert "<" not in text
        json.loads(text)
    labels = [mark["label"] for mark in json.loads(parsed.block("data"))["sightings"]]
    assert labels == [marker.label for marker in page.map.sightings]


def test_only_plain_web_addresses_become_links(parsed):
    addresses = {a["href"] for tag, a in parsed.elements if tag == "a"}
    outside = {address for address in addresses if not address.startswith("#")}
    assert all(address.startswith("https://") for address in outside)
    assert len(outside) > 30


def test_links_tell_nobody_where_the_reader_came_from(parsed):
    for tag, attributes in parsed.elements:
        if tag == "a" and not attributes["href"].startswith("#"):
            assert "noreferrer" in attributes["rel"]


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//example.org",
        "https:example.org", "https://", "https://user:secret@example.org/", "ftp://example.org",
        "https://exa mple.org", "https://example.org/\n", "https://example.org/\"onclick=x",
        " https://example.org", "https://[::1", "https://example.org/<b>", "",
    ],
)  # fmt: skip
def test_an_address_in_doubt_stays_text(text):
    assert safe_url(text) is None


@pytest.mark.parametrize("text", ["https://example.org/a?b=c&d=%20#e", "HTTP://example.org"])
def test_a_plain_address_is_a_link(text):
    assert safe_url(text) == text


def test_anchors_lead_somewhere(parsed):
    ids = [a["id"] for _, a in parsed.elements if "id" in a]
    assert len(ids) == len(set(ids))
    inside = {a["href"][1:] for t, a in parsed.elements if t == "a" and a["href"][0] == "#"}
    assert inside <= set(ids)


def test_tables_have_a_caption_and_scoped_headings(parsed):
    tags = [tag for tag, _ in parsed.elements]
    assert tags.count("table") == tags.count("caption") == 7
    assert all(a.get("scope") in {"row", "col"} for t, a in parsed.elements if t == "th")


def test_the_tables_hold_what_the_map_shows(parsed, page):
    shown = " ".join(parsed.shown)
    for marker in page.map.sightings:
        assert marker.label in shown
    known = np.isfinite(page.map.median_lat_deg)
    minutes = [t.replace("T", " ").replace("-", "\u2011")[:-1] for t in page.map.time_iso]
    assert all((minute in shown) for minute, here in zip(minutes, known, strict=True) if here)


def test_the_banner_stands_before_the_bottom_line_when_only_a_prior_is_told(page, html):
    assert 0 < html.index("Prior only.") < html.index('id="bottom-line-h"')
    assert "Prior only." not in render(dataclasses.replace(page, prior_only=False))


def test_gaps_and_missing_heights_leave_no_nan(page):
    gone = dataclasses.replace(
        page.map,
        lat_deg=np.full((1, 1), np.nan),
        lon_deg=np.full((1, 1), np.nan),
        height_m=np.full((1, 1), np.nan),
        median_lat_deg=np.full(1, np.nan),
        median_lon_deg=np.full(1, np.nan),
        time_iso=("2023-02-01T00:00Z",),
        sightings=(),
    )
    text = render(dataclasses.replace(page, map=gone))
    data = Parsed(text).block("data")
    assert "NaN" not in data
    assert json.loads(data)["half_km"] == [None]


def test_more_tracks_than_a_browser_can_draw_are_refused(page):
    many = dataclasses.replace(page.map, lat_deg=np.zeros((201, 150)), lon_deg=np.zeros((201, 150)))
    with pytest.raises(OverflightError, match="at most 200 tracks"):
        render(dataclasses.replace(page, map=many))


def test_an_empty_table_is_still_a_table(page):
    text = render(dataclasses.replace(page, statements=Table("None", ("Id",), ())))
    assert '<caption id="statements-caption"><span>None</span></caption>' in text


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "new" / "report.html"
    write("one\n", path)
    assert path.read_text() == "one\n"

    def refuse(*_):
        raise OSError

    monkeypatch.setattr("pathlib.Path.replace", refuse)
    with pytest.raises(OSError):  # noqa: PT011
        write("two\n", path)
    assert path.read_text() == "one\n"
    assert [p.name for p in path.parent.iterdir()] == ["report.html"]


def test_the_licences_of_the_parts_travel_with_the_page(html):
    assert html.count("Permission to use, copy, modify, and/or distribute this software") >= 4
    assert "GeographicLib" in html
