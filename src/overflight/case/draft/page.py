"""The text of an HTML page: paragraphs, without what a browser would run or hide.

The parser is that of the standard library, which loads nothing and runs nothing. Of the page's
head, title, date, publisher and address are kept; they are what the page says of itself.
"""

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

DROPPED = frozenset(
    "script style noscript template svg math iframe object embed canvas form button select nav"
    " footer aside audio video map".split()
)
_BLOCKS = frozenset(
    "p div section article main header h1 h2 h3 h4 h5 h6 li ul ol dl dt dd blockquote figure"
    " figcaption table tr td th pre address hr title".split()
)
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_PREFERRED = ("article", "main")
_ENOUGH = 400  # characters of an article element that make it the article
_SPACES = re.compile(r"[ \t\n\r\f\v\u00a0]+")
_MOST_JSON = 200_000
_MOST_DEPTH = 2_000


@dataclass(frozen=True)
class Page:
    """What a page holds for a reader."""

    text: str
    title: str = ""
    publisher: str = ""
    published: str = ""
    url: str = ""
    notes: tuple[str, ...] = ()


@dataclass
class _Reader(HTMLParser):
    meta: dict[str, str] = field(default_factory=dict)
    blocks: list[tuple[bool, str]] = field(default_factory=list)  # (inside an article, text)
    dropped: int = 0

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[str] = []
        self._hidden: list[str] = []
        self._line: list[str] = []
        self._title = False
        self._data: list[str] | None = None

    __hash__ = object.__hash__

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self._note(tag, named)
        if self._hidden:
            if tag == self._hidden[-1] and tag not in _VOID:
                self._hidden.append(tag)
        elif tag in DROPPED:
            self._hide(tag, named)
        else:
            if tag in _BLOCKS or tag == "br":
                self._end_of_line()
            self._title = self._title or tag == "title"
            if tag in _PREFERRED and len(self._open) < _MOST_DEPTH:
                self._open.append(tag)

    def _note(self, tag: str, named: dict[str, str]) -> None:
        """What the page says of itself; the first word counts."""
        if tag == "meta":
            key = named.get("property") or named.get("name") or named.get("itemprop") or ""
            self.meta.setdefault(key.lower(), named.get("content", ""))
        elif tag == "link" and named.get("rel", "").lower() == "canonical":
            self.meta.setdefault("canonical", named.get("href", ""))
        elif tag == "time" and "datetime" in named:
            self.meta.setdefault("time", named["datetime"])

    def _hide(self, tag: str, named: dict[str, str]) -> None:
        """Drop what follows, to the end of the element."""
        if tag not in _VOID:
            self._hidden.append(tag)
        self.dropped += 1
        if tag == "script" and "ld+json" in named.get("type", "").lower():
            self._data = []  # data about the article; read as JSON, never run

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            if tag == self._hidden[-1]:
                self._hidden.pop()
                self._take_data()
            return
        if tag in _BLOCKS:
            self._end_of_line()
        if tag == "title":
            self._title = False
        if tag in _PREFERRED and tag in self._open:
            self._open.remove(tag)

    def handle_data(self, data: str) -> None:
        if self._data is not None and self._hidden:
            self._data.append(data)
        elif not self._hidden:
            self._line.append(data)

    def _end_of_line(self) -> None:
        text = _SPACES.sub(" ", "".join(self._line)).strip()
        self._line.clear()
        if self._title:
            self.meta.setdefault("title", text)
        elif text:
            self.blocks.append((bool(self._open), text))

    def _take_data(self) -> None:
        if self._data is None:
            return
        text, self._data = "".join(self._data), None
        if len(text) <= _MOST_JSON:
            try:
                _from_json(json.loads(text), self.meta, 0)
            except (ValueError, RecursionError):
                return

    def finish(self) -> None:
        self.close()
        self._end_of_line()


def _from_json(value: Any, meta: dict[str, str], depth: int) -> None:  # noqa: ANN401
    """What JSON-LD says of the article: date, headline, publisher."""
    if depth > 6:
        return
    if isinstance(value, list):
        for one in value[:50]:
            _from_json(one, meta, depth + 1)
        return
    if not isinstance(value, dict):
        return
    for key in ("datePublished", "headline"):
        if isinstance(value.get(key), str):
            meta.setdefault(key.lower(), value[key])
    publisher = value.get("publisher")
    if isinstance(publisher, dict) and isinstance(publisher.get("name"), str):
        meta.setdefault("ld:publisher", publisher["name"])
    _from_json(value.get("@graph", []), meta, depth + 1)


def read(source: str) -> Page:
    """Read a page; scripts and what surrounds the article are dropped.

    >>> read("<p>It flew.<script>alert(1)</script> Slowly.</p>").text
    'It flew. Slowly.'
    """
    reader = _Reader()
    reader.feed(source)
    reader.finish()
    inside = [text for within, text in reader.blocks if within]
    chosen = inside if sum(map(len, inside)) >= _ENOUGH else [text for _, text in reader.blocks]
    meta = {key: _SPACES.sub(" ", value).strip()[:500] for key, value in reader.meta.items()}

    def first(*keys: str) -> str:
        return next((meta[key] for key in keys if meta.get(key)), "")

    notes = (f"{reader.dropped} parts of the page were dropped (scripts, menus)",)
    return Page(
        "\n\n".join(chosen),
        first("og:title", "headline", "title"),
        first("og:site_name", "ld:publisher"),
        first("article:published_time", "datepublished", "date", "dc.date", "pubdate", "time"),
        first("canonical", "og:url"),
        notes if reader.dropped else (),
    )
