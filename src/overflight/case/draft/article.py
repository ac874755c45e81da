"""A file becomes text, with the hash of both: plain text, HTML, or a folder of them.

The text is data. It is decoded, never run; scripts in a page are dropped unread, and nothing that
it asks of a reader is done. Anchors count characters (code points) of :attr:`Article.text`: of a
text file all that it holds, line ends as they are, without a byte order mark; of a page the text
that was taken from it. It is kept beside the proposals so that anybody can check them.
"""

import codecs
import hashlib
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from overflight.case.draft import page
from overflight.errors import CaseError
from overflight.units import shorten

LARGEST_BYTES = 10_000_000
LARGEST_TEXT = 1_000_000  # characters: some 150,000 words
MOST_FILES = 500
SUFFIXES = (".txt", ".text", ".md", ".html", ".htm", ".xhtml")

_ARCHIVES = {
    b"PK\x03\x04": "a zip archive (or an office document)",
    b"PK\x05\x06": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a rar archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"%PDF": "a PDF",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"\xd0\xcf\x11\xe0": "an old office document",
    b"{\\rtf": "a rich-text document",
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.I)
_XML = re.compile(rb"^<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{1,40})", re.I)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|article|p|div|meta|script)\b", re.I)
# Encodings that a page may name: text in 8 or 16 bits, and no codec that computes something.
_TEXTUAL = re.compile(
    r"utf[-_]?(?:8|16)(?:[-_]?(?:le|be))?|(?:us[-_]?)?ascii|iso[-_]?8859[-_]?\d{1,2}|latin[-_]?\d"
    r"|windows[-_]?\d{3,4}|cp\d{3,4}|koi8[-_]?[ru]|gb2312|gbk|gb18030|big5|euc[-_]?(?:jp|kr)"
    r"|shift[-_]?jis|sjis|mac[-_]?roman|tis[-_]?620",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Article:
    """One article: its text, and what the file says of itself."""

    name: str
    text: str
    sha256: str
    """Of the file as it was given."""
    title: str = ""
    publisher: str = ""
    is_page: bool = False
    published: str = ""
    """As found in the page, ISO 8601 or nothing; :mod:`overflight.case.draft.days` reads it."""
    url: str = ""
    notes: tuple[str, ...] = ()

    @property
    def text_sha256(self) -> str:
        """Of the text in UTF-8, which anchors count in."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()


def read(path: Path) -> Article:
    """Read one file of text or HTML.

    Raises
    ------
    CaseError
        Too large, an archive, not text, empty, or in no encoding that could be told.
    """
    raw = _bytes(path)
    text, notes = _decoded(raw, path.name)
    sha256 = hashlib.sha256(raw).hexdigest()
    is_page = path.suffix.lower() in {".html", ".htm", ".xhtml"} or bool(_HTML.search(text[:2000]))
    if not is_page:
        return Article(path.name, _not_empty(text, path.name), sha256, notes=notes)
    found = page.read(text)
    return Article(
        path.name, _not_empty(found.text, path.name), sha256, found.title, found.publisher,
        is_page=True, published=found.published, url=found.url, notes=(*notes, *found.notes),
    )  # fmt: skip


def files(paths: list[Path]) -> Iterator[Path]:
    """The files meant: those named, and in folders every text or page, in order of name."""
    count = 0
    for path in paths:
        inside = sorted(_inside(path)) if path.is_dir() else [path]
        if not inside:
            raise CaseError(
                found=f"no article in {shorten(path.name)}",
                expected=f"files ending in {', '.join(SUFFIXES)}",
                remedy="Save the articles as text or HTML, or name the files one by one.",
            )
        for one in inside:
            count += 1
            if count > MOST_FILES:
                raise CaseError(
                    found=f"more than {MOST_FILES} files",
                    expected="fewer at a time",
                    remedy="Draft them in several runs.",
                )
            yield one


def _inside(folder: Path) -> list[Path]:
    return [
        path
        for path in folder.iterdir()
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()
    ]


def _bytes(path: Path) -> bytes:
    """At most so many bytes of a plain file: neither its size nor its name is trusted."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise CaseError(
                found=f"{shorten(path.name)} is not a plain file",
                expected="a file of text or HTML",
                remedy="Save the article as a file.",
            )
        with path.open("rb") as file:
            raw = file.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise CaseError(
            found=f"{shorten(path.name)} is not there",
            expected="a file of text or HTML, or a folder of them",
            remedy="Check the name.",
        ) from None
    if len(raw) > LARGEST_BYTES:
        raise CaseError(
            found=f"{shorten(path.name)} has {max(len(raw), status.st_size) / 1e6:,.0f} MB",
            expected=f"at most {LARGEST_BYTES / 1e6:g} MB",
            remedy="Is it the right file? Save the article alone, as text.",
        )
    for mark, kind in _ARCHIVES.items():
        if raw.startswith(mark):
            raise CaseError(
                found=f"{shorten(path.name)} is {kind}",
                expected="text or HTML",
                remedy="Nothing was unpacked. Save the article as text or as a page.",
            )
    return raw


def _decoded(raw: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Text, and what was replaced in it."""
    encoding, notes = _encoding(raw, name)
    if encoding not in {"utf-8", "utf-16-le", "utf-16-be"} and _is_utf8(raw):
        notes.append(f"it names {encoding} but is UTF-8, as pages saved by a browser are")
        encoding = "utf-8"
    mark = next((mark for mark, known in _MARKS if raw.startswith(mark)), b"")
    body = raw[len(mark) :]
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        raise CaseError(
            found=f"{shorten(name)}: the byte 0x{body[error.start]:02x} at offset "
            f"{error.start + len(mark)} is not {encoding}",
            expected="text in UTF-8, or a page that names its encoding",
            remedy="Open it in an editor with the right encoding and save it as UTF-8.",
        ) from None
    held = text.count("\0")
    if held:
        notes.append(f"{held} NUL characters were replaced by U+FFFD")
        text = text.replace("\0", "\ufffd")
    return text, tuple(notes)


def _is_utf8(raw: bytes) -> bool:
    """Whether letters beyond ASCII are UTF-8: text of another encoding never is by chance."""
    try:
        return not raw.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False


def _encoding(raw: bytes, name: str) -> tuple[str, list[str]]:
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return encoding, []
    if raw.count(b"\0", 0, 4096) > min(len(raw), 4096) // 4:
        raise CaseError(
            found=f"{shorten(name)} is a binary file, or UTF-16 without a mark",
            expected="text in UTF-8",
            remedy="Save it as UTF-8 text.",
        )
    named = _XML.search(raw[:400]) or _CHARSET.search(raw[:4096])
    said = named[1].decode("ascii") if named else "utf-8"
    if not _TEXTUAL.fullmatch(said):
        raise CaseError(
            found=f"{shorten(name)} names the encoding {shorten(said)}",
            expected="an encoding of text such as utf-8 or windows-1252",
            remedy="Save it as UTF-8.",
        )
    if said.lower().replace("_", "-") in {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"}:
        said = "windows-1252"  # as every browser reads them
    try:
        found = codecs.lookup(said).name
    except LookupError:
        raise CaseError(
            found=f"{shorten(name)} names the encoding {shorten(said)}, which Python lacks",
            expected="utf-8 or another common encoding",
            remedy="Save it as UTF-8.",
        ) from None
    return found, [] if found == "utf-8" else [f"read as {found}, which the page names"]


def _not_empty(text: str, name: str) -> str:
    if not text.strip():
        raise CaseError(
            found=f"{shorten(name)} holds no text",
            expected="an article",
            remedy="Is the text drawn by a script? Then copy it from the screen into a text file.",
        )
    if len(text) > LARGEST_TEXT:
        raise CaseError(
            found=f"{shorten(name)} holds {len(text):,} characters of text",
            expected=f"at most {LARGEST_TEXT:,}",
            remedy="Split it, or keep the article alone.",
        )
    return text
