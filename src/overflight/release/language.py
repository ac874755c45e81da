"""The language that a page is written in: messages by their English, numbers and dates.

A message is named by its own English, with placeholders (:func:`tell`); a catalogue in
``languages/`` says it in another language. What has no translation stays English. The language is
held here, for as long as a page is laid out (:func:`speaking`): files for programs are written
outside of that and know nothing of it.
"""

import json
import re
import string
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

from overflight.errors import OverflightError

ENGLISH = "en"
# Words of tables that are no English: who stands behind a report.
_WORDS = {
    "official_named": "named official",
    "official_anonymous": "unnamed official",
    "foreign_government": "foreign government",
    "press_analysis": "press analysis",
    "press_report": "press report",
    "expert_named": "named expert",
}
FOLDER = "languages"
SENTENCE = 4  # words; what is shorter and unknown is taken for a name

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_RANGE = re.compile(r"(?<=\d) to (?=\d)")
_WORD = re.compile(r"[^\W\d_]{4,}|_")  # longer than any unit
_FIELD = re.compile(r"\{(\w+)[^{}]*\}")
_DATE = re.compile(r"%[bB]")


@dataclass(frozen=True)
class Catalogue:
    """A language as its file gives it.

    ``messages`` are those of :func:`tell`; ``words`` single words of a case and of the ledgers
    (:func:`term`); ``sentences`` what the stages before this one wrote (:func:`retell`); ``script``
    parts of the page's script, as they stand there.
    """

    code: str
    name: str
    decimal: str = "."
    thousands: str = ","
    months: Sequence[str] = ()
    short_months: Sequence[str] = ()
    messages: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    sentences: Mapping[str, str] = field(default_factory=dict)
    script: Mapping[str, str] = field(default_factory=dict)


_PLAIN = Catalogue(ENGLISH, "English")
_spoken: ContextVar[Catalogue] = ContextVar("overflight_language", default=_PLAIN)
_left: ContextVar[list[str]] = ContextVar("overflight_left")


def codes() -> tuple[str, ...]:
    """The languages that a page can be written in, English first.

    >>> codes()[:2]
    ('en', 'es')
    """
    names = (one.name for one in (files("overflight.release") / FOLDER).iterdir())
    found = sorted(one.removesuffix(".json") for one in names if one.endswith(".json"))
    return (ENGLISH, *found)


def known_language(code: str) -> str:
    """The code of a language that there is a catalogue of.

    Raises
    ------
    OverflightError
        If there is none.
    """
    if code not in codes():
        raise OverflightError(
            found=f"language {code!r}",
            expected=f"one of {', '.join(codes())}",
            remedy="Choose one of these; docs/how-to/translate.md says how another is added.",
        )
    return code


@lru_cache(maxsize=8)
def catalogue(code: str) -> Catalogue:
    """Read a catalogue; that of English is empty."""
    if known_language(code) == ENGLISH:
        return _PLAIN
    path = files("overflight.release") / FOLDER / f"{code}.json"
    return Catalogue(code, **json.loads(path.read_text(encoding="utf-8")))


@contextmanager
def speaking(code: str) -> Iterator[list[str]]:
    """Tell everything in this language until the end of the block.

    What is given fills with the sentences that had to stay English.
    """
    left: list[str] = []
    spoken, noted = _spoken.set(catalogue(code)), _left.set(left)
    try:
        yield left
    finally:
        _spoken.reset(spoken)
        _left.reset(noted)


def mark(message: str) -> str:
    """The message itself: a constant that is told later, found by ``tools/catalogue.py``."""
    return message


def tell(message: str, /, **values: object) -> str:
    """A message with its values, in the language that is spoken.

    Numbers and the names of months follow the language too, by the format beside them.

    >>> tell("{n:,} paths, {share:.1f} %", n=1200, share=2.5)
    '1,200 paths, 2.5 %'
    >>> with speaking("es"):
    ...     tell("{n:.1f} km", n=2.5)
    '2,5 km'
    """
    now = _spoken.get()
    return _Said(now).vformat(now.messages.get(message, message), (), values)


def several(count: int, one: str, many: str, /, **values: object) -> str:
    """One of two messages, by whether it is of one thing or of another number of them.

    >>> several(1, "one way", "{count} ways"), several(3, "one way", "{count} ways")
    ('one way', '3 ways')
    """
    return tell(one if count == 1 else many, count=count, **values)


def term(word: str) -> str:
    """A name or a word of a case or a ledger, such as a label, as a reader is told it."""
    return _WORDS.get(word, word) if _spoken.get().code == ENGLISH else _known(word) or word


def retell(text: str) -> str:
    """Sentences that earlier stages wrote in English: known by their form, told again.

    What is not known stays as it is, but for the parts of a list, and is noted (:func:`speaking`).
    """
    if _spoken.get().code == ENGLISH or not text:
        return text
    told = _known(text)
    if told is not None:
        return told
    for between in ("; ", ", "):
        if between in text:
            return between.join(map(retell, text.split(between)))
    if len(text.split()) >= SENTENCE:
        _left.get().append(text)
    return text


def _known(text: str) -> str | None:
    """The text in the language that is spoken; None where that is not known."""
    now = _spoken.get()
    if text in now.words:
        return now.words[text]
    for form, said in _forms(now.code):
        found = form.fullmatch(text)
        if found:
            values = {name: _inner(value) for name, value in found.groupdict().items()}
            return _Said(now).vformat(said, (), values)
    return None if _WORD.search(text) else _numbers(text)


def _inner(text: str) -> str:
    """What stands in a sentence: another, a list of them, a word, or numbers with units."""
    told = _known(text)
    for between in ("; ", ", "):
        if told is None and between in text:
            return between.join(map(_inner, text.split(between)))
    return text if told is None else told


def _numbers(text: str) -> str:
    """Numbers in a text as the language writes them, and the word between two of them."""
    between = _spoken.get().words.get("to", "to")
    return _NUMBER.sub(lambda found: _local(found[0]), _RANGE.sub(f" {between} ", text))


@lru_cache(maxsize=8)
def _forms(code: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns of the sentences of a catalogue, the longest first."""
    found = []
    pairs = sorted(catalogue(code).sentences.items(), key=lambda pair: -len(pair[0]))
    for form, said in pairs:
        parts, seen, at = [], set(), 0
        for place in _FIELD.finditer(form):
            name = place[1]
            parts.append(re.escape(form[at : place.start()]))
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.+?)")
            seen.add(name)
            at = place.end()
        parts.append(re.escape(form[at:]))
        found.append((re.compile("".join(parts), re.DOTALL), said))
    return tuple(found)


def _local(text: str) -> str:
    """A number as Python writes it with commas and a point, in the language that is spoken."""
    now = _spoken.get()
    whole, point, rest = text.partition(".")
    if len(whole.replace(",", "")) == 4:
        whole = whole.replace(",", now.thousands if now.thousands == "," else "")
    whole = whole.replace(",", now.thousands)
    return whole + (now.decimal if point else "") + rest


class _Said(string.Formatter):
    """Fills a message in, with numbers and months of a language."""

    def __init__(self, language: Catalogue) -> None:
        self._language = language

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401 - any value
        now = self._language
        if isinstance(value, date):
            if now.months:
                names = {"%b": now.short_months, "%B": now.months}
                format_spec = _DATE.sub(lambda f: names[f[0]][value.month - 1], format_spec)
            return format(value, format_spec)
        text = str(format(value, format_spec))
        if now.code != ENGLISH and format_spec and not isinstance(value, str):
            return _NUMBER.sub(lambda found: _local(found[0]), text)
        return text
