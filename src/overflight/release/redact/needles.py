"""What to look for: withheld strings in the shapes they take, their hashes, and positions."""

import base64
import hashlib
import html
import re
import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from overflight.release.redact.withheld import Place, Withheld

LONG = 6  # characters; shorter strings count as whole words only
APART = 80  # characters between the two numbers of a position
HASH = 12  # hexadecimal digits of a hash that tell it from chance
_ALGORITHMS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s",
               "sha3_256", "sha3_512")  # fmt: skip
_HEX = re.compile(rf"[0-9a-f]{{{HASH},}}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{20,}")
_FINE = re.compile(r"(?<![\d.])\d{1,3}\.\d{2,17}(?![\d])")
_COMMA = re.compile(r"(?<![\d.,])\d{1,3},\d{2,17}(?![\d.,])")  # pages of other languages
_NUMBER = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,17})?(?![\d])")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_PAIRED = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_SMALL_BYTES = 2_000_000  # of what is searched for bare hashes


@dataclass(frozen=True)
class Needles:
    """All shapes of what is withheld, each with the string that it is a shape of."""

    words: dict[str, str]  # folded text
    raw: dict[bytes, str]  # in other encodings
    hashes: dict[str, str]  # first digits
    digests: dict[bytes, str]
    places: tuple[Place, ...]
    finer: dict[str, list[tuple[Place, float]]]  # a coordinate as written: its place, the other one

    @classmethod
    def of(cls, withheld: Withheld) -> "Needles":
        """Work out what to look for."""
        words: dict[str, str] = {}
        raw: dict[bytes, str] = {}
        hashes: dict[str, str] = {}
        digests: dict[bytes, str] = {}
        for text in withheld.strings:
            words.update(dict.fromkeys(_shapes(text), text))
            raw.update(dict.fromkeys(_encoded(text), text))
            for digest in _digests(text):
                hashes[digest.hex()[:HASH]] = text
                digests[digest[: HASH // 2 + 2]] = text
        finer = tuple(old for old in withheld.places if _is_finer(old, withheld.digits))
        return cls(words, raw, hashes, digests, finer, _written(finer, withheld.digits))

    def in_text(self, text: str) -> list[str]:
        """What is withheld and stands in a text, in words."""
        found = {
            shown: None
            for view in _views(text)
            for shown in (*self._words_in(view), *self._hashes_in(view))
        }
        return [*found, *self._places_in(text)]

    def in_blob(self, content: bytes, *, numbers: bool = False) -> list[str]:
        """What is withheld and stands in some bytes, in words; ``numbers`` hold no other text."""
        lines = [
            f"{text!r} in another encoding" for raw, text in self.raw.items() if raw in content
        ]
        if len(content) <= _SMALL_BYTES:
            lines += [f"a hash of {text!r}" for raw, text in self.digests.items() if raw in content]
        lines += [
            f"the position {place[0]:g}, {place[1]:g} as numbers"
            for place in self.places
            if any(all(part in content for part in parts) for parts in _packed(place))
        ]
        if numbers:
            return lines
        lines += self.in_text(content.decode("utf-8", "replace"))
        if b"\0" in content:  # text of two or four bytes a letter
            lines += self.in_text(content.replace(b"\0", b"").decode("latin-1"))
        return list(dict.fromkeys(lines))

    def _words_in(self, view: str) -> Iterator[str]:
        for word, text in self.words.items():
            at = view.find(word)
            while at >= 0:
                if len(word) >= LONG or _is_whole(view, at, len(word)):
                    yield repr(text)
                    break
                at = view.find(word, at + 1)

    def _hashes_in(self, view: str) -> Iterator[str]:
        for run in _HEX.findall(view):
            for at in range(len(run) - HASH + 1):
                if (text := self.hashes.get(run[at : at + HASH])) is not None:
                    yield f"a hash of {text!r}"

    def _places_in(self, text: str) -> Iterator[str]:
        if not self.finer:
            return
        for form, comma in ((_FINE, "."), (_COMMA, ",")):
            for match in form.finditer(text):
                for place, other in self.finer.get(match[0].replace(comma, ".").rstrip("0"), ()):
                    around = text[max(match.start() - APART, 0) : match.end() + APART]
                    numbers = _NUMBER.findall(around.replace(comma, "."))
                    if any(_means(number, other) for number in numbers):
                        yield f"the position {place[0]:g}, {place[1]:g}"


def _folded(text: str) -> str:
    if text.isascii():
        return " ".join(text.lower().split())
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.casefold().split())


def _shapes(text: str) -> set[str]:
    """A string folded, and as it would be in an address, an id or a file's name."""
    folded = _folded(text)
    parts = re.findall(r"\w+", folded)
    found = {folded, unicodedata.normalize("NFKD", folded)}
    for mark in ("", "-", "_", "+", "."):
        joined = mark.join(parts)
        if len(parts) > 1 and len(joined) >= LONG:
            found.add(joined)
    return {one for one in found if one}


def _encoded(text: str) -> set[bytes]:
    forms = {text, text.lower(), text.upper(), unicodedata.normalize("NFD", text)}
    found = set()
    for form in forms:
        for codec in ("utf-16-le", "utf-16-be", "utf-32-le", "cp1252", "cp1251", "utf-7"):
            raw = form.encode(codec, "ignore")
            if len(raw) >= max(LONG, len(text)) and not (codec == "cp1252" and text.isascii()):
                found.add(raw)
        plain = form.encode("utf-8", "replace")
        found |= _in_base64(plain) | ({plain} if len(plain) >= LONG else set())
    return found


def _in_base64(raw: bytes) -> set[bytes]:
    """What base64 makes of some bytes wherever they begin in a longer text."""
    found = set()
    for before in range(3):
        whole = base64.b64encode(bytes(before) + raw)
        first = (before * 8 + 5) // 6
        last = (len(raw) + before) * 8 // 6
        if last - first >= LONG:
            found |= {whole[first:last], whole[first:last].translate(_URL_SAFE)}
    return found


_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def _digests(text: str) -> Iterator[bytes]:
    stripped = text.strip()
    for form in {text, stripped, stripped.lower(), stripped.upper(), f"{stripped}\n"}:
        for name in _ALGORITHMS:
            yield hashlib.new(name, form.encode("utf-8", "replace"), usedforsecurity=False).digest()


def _views(text: str) -> Iterator[str]:
    """The text folded, and with the escapes of addresses, HTML and JSON undone."""
    seen = set()
    plain = [text]
    if _PERCENT.search(text):
        plain.append(_PERCENT.sub(lambda run: unquote(run[0]), text))
    if "&" in text:
        plain.append(html.unescape(text))
    if "\\" in text:
        plain += [_unescaped(one) for one in list(plain)]
    if "+" in text:
        plain.append(text.replace("+", " "))
    for one in plain:
        view = _folded(one)
        if view not in seen:
            seen.add(view)
            yield view


def _unescaped(text: str) -> str:
    def letter(found: re.Match[str]) -> str:
        if found[1] or found[2]:
            return chr(int(found[1] or found[2], 16))
        return {"n": " ", "t": " ", "r": " "}.get(found[3], found[3])

    return _PAIRED.sub(
        lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"),
        _ESCAPED.sub(letter, text),
    )


def _is_whole(view: str, at: int, length: int) -> bool:
    before, after = view[at - 1 : at], view[at + length : at + length + 1]
    return not (before.isalnum() or after.isalnum())


def _is_finer(place: Place, digits: int) -> bool:
    """Whether a position has digits that no path of the release shows."""
    return any(abs(value - round(value, digits)) > 1e-9 for value in place)


def _written(
    places: tuple[Place, ...], digits: int
) -> dict[str, list[tuple[Place, float]]]:  # fmt: skip
    """Coordinates as they may be written, with more digits than a release shows."""
    found: dict[str, list[tuple[Place, float]]] = {}
    for place in places:
        for value, other in (place, place[::-1]):
            texts = {f"{abs(value):.{n}f}".rstrip("0") for n in range(digits + 1, 9)}
            for text in texts:
                if len(text.partition(".")[2]) > digits:
                    found.setdefault(text, []).append((place, other))
    return found


def _means(number: str, value_deg: float) -> bool:
    """Whether a number is a coordinate, as far as its digits go; whole degrees say nothing."""
    if "." not in number and abs(value_deg - round(value_deg)) > 1e-9:
        return False
    digits = len(number.partition(".")[2])
    return abs(float(number) - abs(value_deg)) <= 0.5 * 10.0**-digits + 1e-9


def _packed(place: Place) -> Iterator[tuple[bytes, bytes]]:
    for form in ("<d", ">d", "<f", ">f"):
        yield struct.pack(form, place[0]), struct.pack(form, place[1])
