"""Where quotations begin and end, whatever marks they are set in."""

import re
from typing import NamedTuple

_PAIRS = {
    "“": "”", "„": "“”", "«": "»", "»": "«", "‹": "›", "「": "」", "『": "』", "《": "》",
    '"': '"', "＂": "＂", "〝": "〞",
}  # fmt: skip
_SINGLE = {"‘": "’", "'": "'", "‚": "‘’"}
_ENDS = ",.!?…;:—–-"
_OPENING = '([{—–-:;,“"«„「 \t\n\u00a0'
QUOTE_MARKS = frozenset("".join(_PAIRS) + "".join(_PAIRS.values()) + "‘’'‚")
_WORD = re.compile(r"\w+")
_MOST = 300  # quotations of a paragraph; what has more is no text


class Quote(NamedTuple):
    """A quotation by the positions of its marks: ``text[start:end]`` includes both of them."""

    start: int
    end: int
    closed: bool

    def inner(self, text: str) -> tuple[int, int]:
        """What stands between the marks, without spaces at its ends."""
        start, end = self.start + 1, self.end - (1 if self.closed else 0)
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        return start, max(start, end)


def find(text: str, start: int, end: int) -> list[Quote]:
    """Outermost quotations of a paragraph, in order; one that does not close ends with it.

    >>> [text[q.start:q.end] for text in ['He said: «So. Yes.»'] for q in find(text, 0, len(text))]
    ['«So. Yes.»']
    """
    found: list[Quote] = []
    position = start
    while position < end and len(found) < _MOST:
        closing = _opens(text, position, start, end)
        if not closing:
            position += 1
            continue
        stop = _closing(text, position, end, closing)
        if stop is None and text[position] in _SINGLE:
            position += 1  # an apostrophe
        elif stop is None:
            found.append(Quote(position, end, closed=False))
            break
        else:
            found.append(Quote(position, stop + 1, closed=True))
            position = stop + 1
    return found


def _opens(text: str, position: int, start: int, end: int) -> str:
    """The marks that would close what opens here, '' where nothing does."""
    mark = text[position]
    if mark == '"' and position > start and text[position - 1].isdigit():
        return ""  # inches, or seconds of arc
    if mark == "»" and not _at_a_start(text, position, start):
        return ""
    if mark in _PAIRS:
        return _PAIRS[mark]
    follows = text[position + 1 : position + 2]
    if mark in _SINGLE and position + 1 < end and follows.isalnum():
        return _SINGLE[mark] if _at_a_start(text, position, start) else ""
    return ""


def _at_a_start(text: str, position: int, start: int) -> bool:
    return position == start or text[position - 1] in _OPENING


def _closing(text: str, position: int, end: int, closing: str) -> int | None:
    """Where the quotation closes; nested ones of the same kind are stepped over."""
    opening, depth = text[position], 0
    single = opening in _SINGLE
    for here in range(position + 1, end):
        char = text[here]
        if char in closing:
            if single and not _ends_a_quotation(text, position, here, end):
                continue
            if depth == 0:
                return here
            depth -= 1
        elif char == opening and opening not in closing and not single:
            depth += 1
    return None


def _ends_a_quotation(text: str, position: int, here: int, end: int) -> bool:
    """Whether a single mark closes: after a comma or stop, not inside or after a word."""
    outside = here + 1 >= end or not text[here + 1].isalnum()
    words = len(_WORD.findall(text[position:here]))
    return outside and text[here - 1] in _ENDS and words >= 2
