"""Text becomes paragraphs, and paragraphs become frames: sentences with their quotations whole.

A frame is what stands between two full stops outside quotation marks, so that '"It strayed. We said
so," he told them.' is one. Sentences are found by pysbd in a text whose quotations are blanked;
what it leaves joined ("hurt.The wreck") or cuts too early ("Brig. Gen. Ryder") is mended here.
"""

import re
import warnings
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any

from overflight.case.draft import quotes
from overflight.case.draft.quotes import Quote

_LONGEST = 4_000  # characters given to the splitter at once
_SOFT = range(45, 111)  # lengths of lines that were wrapped and belong together
_SCARE = 3  # words; shorter quotations are words set in marks and stay in the sentence
_BLANK = "§"  # stands for a quotation in a frame's text

_BULLET = re.compile(r"\s*(?:[-*•–‣◦]|\d{1,3}[.)])\s+")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(\"“])(?:Brig|Gen|Maj|Lt|Col|Capt|Cmdr|Cdr|Sgt|Cpl|Adm|Vice Adm|Rear Adm|Sens?|Reps?"
    r"|Gov|Govs|Pres|Prof|Drs?|Mrs?|Ms|Mx|St|Ste|Mt|Ft|Fr|Hon|Rev|Det|Supt|Insp|Amb|Sec|Dep|Asst"
    r"|Atty"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|No|Nos|approx|ca|vs|cf|e\.g|i\.e|al|Inc|Ltd|Co"
    r"|Corp|Bros|Univ|Dept|Ave|Blvd|Rd|Maj\.-Gen|Lt\.-Gen|Brig\.-Gen|Lt\.-Col|ret|[A-Z])\.$"
)
_DOTTED_END = re.compile(r"(?:\b[ap]\.\s?m\.|\bU\.(?:S|K|N)\.|\bD\.C\.|\b(?:[A-Z]\.){2,})$")
_GOES_ON = re.compile(
    r"[a-z0-9]|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|(?:Eastern|Central|Mountain|Pacific"
    r"|Alaska|local|[A-Z]{2,4}T|UTC|GMT|ET|CT|MT|PT)\b|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct"
    r"|Nov|Dec)|(?:Air|Army|Navy|Marine|Coast|Space|Senate?|House|Rep|Northern|Department|Secretary"
    r"|President|Embassy|Attorney|Capitol|State|Geological|Transportation|Defense|Military|Forest)"
)
_RUN_ON = re.compile(
    r"(?<=[a-z]{2}[.!?])(?=[A-Z][a-z]|[\"“«][A-Z]|§)(?!\S*\.(?:com|org|net|gov)\b)"
    r"|(?<=[a-z]{2}[.!?][\"”»])(?=[A-Z][a-z])|(?<=§[.!?])(?=[A-Z][a-z])"
    r"|(?<=(?<!\d)[12]\d{3})(?=[A-Z][a-z])|(?<=[ap]\.m\.)(?=[A-Z][a-z]+ [a-z])"
)
_DATELINE = re.compile(
    r"(?P<place>[A-ZÀ-Þ][A-ZÀ-Þ .'’/-]{2,40}(?:, [A-Z][\w. ]{1,25})?)"
    r"(?:,? (?P<date>(?:\d{1,2} )?[A-Z][a-z]{2,8}\.?(?: \d{1,2})?(?:, \d{4})?))?"
    r" ?(?:\((?P<agency>[^()]{2,30})\))? ?(?:—|–|--|(?<=[\s)])-(?=\s)|―)\s*"
)
# "Vilnius, Oct. 28 (BNS) —": in small letters only with a day or an agency.
_SMALL_DATELINE = re.compile(
    r"(?P<place>[A-ZÀ-Ž][\w.'’-]+(?: [A-ZÀ-Ž][\w.'’-]+){0,2}(?:, [A-Z][\w. ]{1,25}?)?)"
    r"(?:,? (?P<date>(?:\d{1,2} )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
    r"(?: \d{1,2})?(?:, \d{4})?) ?(?:\([^()]{2,30}\) ?)?|,? \((?P<agency>[A-Z][^()]{1,29})\) ?)"
    r"(?:—|–|--|-|―)\s*"
)
# Who speaks, in a transcript: "Q:", "MR. KIRBY:", "SENIOR DEFENSE OFFICIAL:".
_LABEL = re.compile(
    r"(?:[A-Z][A-Z.'’ -]{0,60}|Q|A|Question|Reporter|Moderator)(?: \([^()]{1,40}\))?:\s"
)
_NEWLINE = re.compile(r"\r\n|\r|\n")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Paragraph:
    """A stretch of the article between line breaks that mean something."""

    index: int
    start: int
    end: int
    dateline: str = ""


@dataclass
class Frame:
    """A sentence by its characters, with the quotations in it."""

    paragraph: int
    start: int
    end: int
    outside: str
    """Its text with every quotation blanked, of the same length."""
    quotes: list[Quote] = field(default_factory=list)
    goes_on: bool = False
    """It begins inside a quotation that an earlier paragraph opened."""

    def bare(self) -> str:
        """What of it stands outside quotation marks, without punctuation."""
        return re.sub(rf"[{_BLANK}\W]+", " ", self.outside).strip()


def paragraphs(text: str) -> list[Paragraph]:
    """Split at blank lines, and at line ends that were not made by wrapping."""
    found: list[Paragraph] = []
    block: list[tuple[int, int]] = []
    position = 0
    for match in [*_NEWLINE.finditer(text), None]:
        end = match.start() if match else len(text)
        if text[position:end].strip():
            block.append((position, end))
        elif block:
            _add_block(text, block, found)
            block = []
        position = match.end() if match else end
    if block:
        _add_block(text, block, found)
    return found


def _add_block(text: str, block: list[tuple[int, int]], found: list[Paragraph]) -> None:
    wrapped = all(end - start < _SOFT.stop for start, end in block)
    begin = block[0][0]
    for (start, end), following in zip(block, [*block[1:], None], strict=True):
        soft = (
            following is not None
            and wrapped
            and end - start in _SOFT
            and not _BULLET.match(text, *following)
            and not _LABEL.match(text, *following)
            and not (text[end - 1] in ".!?…" and text[following[0]] in quotes.QUOTE_MARKS)
        )
        if soft:
            continue
        first, last = _trimmed(text, begin, end)
        bullet = _BULLET.match(text, first, last)
        first = bullet.end() if bullet and bullet.end() < last else first
        dateline = _DATELINE.match(text, first, last) or _SMALL_DATELINE.match(text, first, last)
        shift = dateline.end() if dateline and dateline.end() < last else first
        found.append(Paragraph(len(found), shift, last, text[first:shift]))
        if following is not None:
            begin = following[0]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def frames(text: str, parts: list[Paragraph]) -> list[Frame]:
    """Cut every paragraph into frames; together they hold every quotation once."""
    found: list[Frame] = []
    going_on = False
    for part in parts:
        held = quotes.find(text, part.start, part.end)
        opens = going_on and bool(held) and held[0].start == part.start
        for start, end in _sentences(text, part, held):
            inside = [quote for quote in held if start <= quote.start < end]
            outside = _blanked(text, start, end, inside)
            shown = [quote for quote in inside if not _is_scare(text, quote, start, end)]
            first = opens and start == part.start
            found.append(Frame(part.index, start, end, outside, shown, first))
        going_on = bool(held) and not held[-1].closed
    return found


def _is_scare(text: str, quote: Quote, start: int, end: int) -> bool:
    """A word or two in marks, which are no quotation of a sentence."""
    inner = text[quote.start + 1 : quote.end - 1]
    alone = not _WORD.search(text, start, quote.start) and not _WORD.search(text, quote.end, end)
    few = len(_WORD.findall(inner)) <= _SCARE and all(ord(char) < 0x3000 for char in inner)
    return quote.closed and few and not alone and inner[-1:] not in ",.!?…"


def _blanked(text: str, start: int, end: int, held: list[Quote]) -> str:
    pieces, position = [], start
    for quote in held:
        stop = min(quote.end, end)
        pieces.append(text[position : quote.start])
        scare = _is_scare(text, quote, start, end)
        inner = text[quote.start + 1 : stop - 1]
        pieces.append(f" {inner} " if scare else _BLANK * (stop - quote.start))
        position = stop
    pieces.append(text[position:end])
    return _NEWLINE.sub(lambda m: " " * len(m.group()), "".join(pieces))


def _sentences(text: str, part: Paragraph, held: list[Quote]) -> list[tuple[int, int]]:
    """Sentences outside quotations, as positions of the article."""
    masked = list(text[part.start : part.end].replace("\r", " ").replace("\n", " "))
    for quote in held:
        first, last = quote.start + 1 - part.start, quote.end - part.start - quote.closed
        for index in range(first, last):
            masked[index] = "x"
        masked[first - 1] = "“"
        if quote.closed:
            masked[last] = "”"
        if last > first:
            masked[last - 1] = (
                "." if text[quote.start + 1 : quote.end].rstrip("”\"»’'")[-1:] == "." else ","
            )
    cuts = _cuts("".join(masked))
    spans = []
    for start, end in pairwise(cuts):
        first, last = _trimmed(text, part.start + start, part.start + end)
        if first < last:
            spans.append((first, last))
    return spans


def _cuts(masked: str) -> list[int]:
    """Where sentences of a blanked paragraph begin, and its end."""
    starts, offset = {0}, 0
    while offset < len(masked):
        piece = masked[offset : offset + _LONGEST]
        if len(piece) == _LONGEST:  # end where a sentence seems to end
            piece = piece[: piece.rfind(". ") + 2] if ". " in piece else piece
        starts.update(offset + start for start in _split(piece))
        offset += len(piece)
    starts.update(match.start() for match in _RUN_ON.finditer(masked))
    kept = [0]
    for start in sorted(starts)[1:]:
        before, after = masked[kept[-1] : start].rstrip(), masked[start:].lstrip()
        early = _ABBREVIATED.search(before[-24:]) or not _WORD.search(before)
        if _DOTTED_END.search(before[-12:]) and _GOES_ON.match(after):
            early = True
        if not early and not re.match(r"[a-z,;:)]", after):
            kept.append(start)
    return _no_longer_than(_LONGEST, [*kept, len(masked)])


def _no_longer_than(most: int, cuts: list[int]) -> list[int]:
    """Cut what is no sentence any more, so that no text takes for ever."""
    found = cuts[:1]
    for cut in cuts[1:]:
        found.extend(range(found[-1] + most, cut, most))
        found.append(cut)
    return found


def _split(piece: str) -> list[int]:
    """Where pysbd begins sentences; none where it cannot say."""
    try:
        sentences = _segmenter().segment(piece)
    except Exception:  # of a text it was not written for: the other rules remain
        return []
    found, position = [], 0
    for sentence in sentences:
        words = sentence.strip()
        start = piece.find(words, position) if words else -1
        if start < 0:
            continue
        found.append(start)
        position = start + len(words)
    return found


@cache
def _segmenter() -> Any:  # noqa: ANN401 (pysbd has no types)
    with warnings.catch_warnings():  # its patterns warn when Python compiles them
        warnings.simplefilter("ignore")
        import pysbd  # noqa: PLC0415 (a tenth of a second that --help need not pay)

        return pysbd.Segmenter(language="en", clean=False)
