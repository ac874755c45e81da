"""All that a file holds, layer by layer: archives, arrays, database cells, packed blocks."""

import base64
import binascii
import gzip
import io
import re
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

DEEPEST = 6
SMALLEST = 8  # bytes of a packed stream that holds anything
LARGEST_BYTES = 400_000_000  # of one layer, once unpacked
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){24,}")
_PNG = b"\x89PNG\r\n\x1a\n"
_HDF5 = b"\x89HDF\r\n\x1a\n"
_SQLITE = b"SQLite format 3\0"
_PAGE_HEADS = (4, 8, 12)  # bytes before what an overflow or b-tree page holds


@dataclass(frozen=True)
class Blob:
    """Bytes, and where they stand."""

    where: str
    content: bytes
    depth: int = 0
    numbers: bool = False  # floating-point ones, in which no text is sought but as it is

    def inner(self, name: str, content: bytes) -> "Blob":
        """A layer inside."""
        return Blob(f"{self.where} > {name}", content, self.depth + 1)

    def last(self, name: str, content: bytes, *, numbers: bool = False) -> "Blob":
        """A layer inside that is not looked into any further."""
        return Blob(f"{self.where} > {name}", content, DEEPEST, numbers)


def blobs(blob: Blob) -> Iterator[Blob]:
    """The bytes as they are, and every layer inside them."""
    if not blob.content:
        return
    yield blob
    if blob.depth >= DEEPEST:
        return
    for inner in _inside(blob):
        yield from blobs(inner)


def _inside(blob: Blob) -> Iterator[Blob]:
    head = blob.content[:16]
    for start, unpack in _KINDS:
        if head.startswith(start):
            yield from unpack(blob)
            return
    yield from _blocks(blob)


def _members(blob: Blob) -> Iterator[Blob]:
    try:
        with zipfile.ZipFile(io.BytesIO(blob.content)) as file:
            yield blob.inner("comment", file.comment)
            for member in file.infolist():
                yield blob.inner("a member's name", member.filename.encode("utf-8", "replace"))
                yield blob.inner("a member's comment", member.comment)
                if member.file_size <= LARGEST_BYTES and not member.flag_bits & 1:
                    yield blob.inner(member.filename, file.read(member))
    except (zipfile.BadZipFile, OSError, NotImplementedError, zlib.error):
        return


def _gzip(blob: Blob) -> Iterator[Blob]:
    try:
        with gzip.open(io.BytesIO(blob.content)) as file:
            yield blob.inner("unzipped", file.read(LARGEST_BYTES))
    except (OSError, EOFError, zlib.error):
        return


def _chunks(blob: Blob) -> Iterator[Blob]:
    """Chunks of a PNG picture, those with packed text unpacked, and its pixels."""
    at, pixels = 8, b""
    while at + 8 <= len(blob.content):
        (length,) = struct.unpack(">I", blob.content[at : at + 4])
        kind = blob.content[at + 4 : at + 8]
        body = blob.content[at + 8 : at + 8 + length]
        if kind == b"IDAT":
            pixels += body
        else:
            yield blob.inner(kind.decode("latin-1"), body)
            for start in range(min(len(body), 200)):
                if body[start : start + 1] == b"x" and (text := _inflated(body[start:])):
                    yield blob.inner(f"{kind.decode('latin-1')}, unpacked", text)
        at += 12 + length
    if unpacked := _inflated(pixels):
        yield blob.inner("pixels", unpacked)
    yield blob.inner("after the picture", blob.content[at:])


def _arrays(blob: Blob) -> Iterator[Blob]:
    """Names, attributes and unpacked arrays of an HDF5 or NetCDF 4 file."""
    import h5py  # noqa: PLC0415 (only where there is such a file)

    try:
        with h5py.File(io.BytesIO(blob.content), "r") as file:
            parts: list[Blob] = []
            file.visititems(lambda name, node: parts.extend(_node(blob, name, node)))
            yield from (*_node(blob, "/", file), *parts)
    except OSError:
        return


def _node(blob: Blob, name: str, node: object) -> Iterator[Blob]:
    import h5py  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    yield blob.inner("a name", name.encode("utf-8", "replace"))
    for key, value in getattr(node, "attrs", {}).items():
        yield blob.inner(f"{name}@{key}", key.encode("utf-8", "replace"))
        yield blob.inner(f"{name}@{key}", _bytes_of(np.asarray(value)))
    if isinstance(node, h5py.Dataset) and node.shape is not None:
        array = np.asarray(node[()])
        if array.dtype.kind == "f":
            yield blob.last(name, array.tobytes(), numbers=True)
        else:
            yield blob.inner(name, _bytes_of(array))


def _bytes_of(values: "object") -> bytes:
    import numpy as np  # noqa: PLC0415

    array = np.asarray(values)
    if array.dtype.kind not in "OUS":
        return array.tobytes()
    texts = (
        one if isinstance(one, bytes) else str(one).encode("utf-8", "replace")
        for one in array.ravel().tolist()
    )  # fmt: skip
    return b"\n".join(texts)


def _cells(blob: Blob) -> Iterator[Blob]:
    """Cells of an SQLite file, and its pages joined as overflowing text runs through them."""
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(blob.content)
            database.text_factory = bytes
            tables = [row[0].decode() for row in database.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")]  # fmt: skip
            for table in tables:
                name = table.replace('"', '""')
                for row in database.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 (its own name)
                    for cell in row:
                        if isinstance(cell, bytes):
                            yield blob.inner(table, cell)
    except (sqlite3.Error, UnicodeDecodeError):
        pass
    (size,) = struct.unpack(">H", blob.content[16:18])
    size = 65_536 if size == 1 else size
    if size >= 512:
        pages = [blob.content[at : at + size] for at in range(0, len(blob.content), size)]
        for head in _PAGE_HEADS:
            yield blob.inner("pages joined", b"".join(page[head:] for page in pages))


def _blocks(blob: Blob) -> Iterator[Blob]:
    """Blocks of base64 or hexadecimal text, and the packed streams among them.

    What the blocks hold is searched together: there are thousands in a long text, most of them
    words that only look like one.
    """
    if unpacked := _inflated(blob.content):
        yield blob.inner("unpacked", unpacked)
    runs = [
        one[0].rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        for one in _BASE64.finditer(blob.content)
    ]
    for skip in range(4):
        found = [_decoded(run[skip:]) for run in runs]
        yield blob.last("blocks of base64", b"\n".join(found))
        for raw in found:
            if len(raw) >= SMALLEST and (unpacked := _inflated(raw)):
                yield blob.inner("a packed block of base64", unpacked)
    pairs = [binascii.unhexlify(one[0]) for one in _HEX.finditer(blob.content)]
    yield blob.last("blocks of hexadecimal", b"\n".join(pairs))


def _decoded(text: bytes) -> bytes:
    try:
        whole = text[:-1] if len(text) % 4 == 1 else text
        return base64.b64decode(whole + b"=" * (-len(whole) % 4))
    except (binascii.Error, ValueError):
        return b""


def _inflated(content: bytes) -> bytes:
    """Unpack a zlib, gzip or bare deflate stream; nothing if it is none."""
    if len(content) < SMALLEST:
        return b""
    for wbits in (47, -15) if content[:1] in {b"x", b"\x1f"} else (-15,):
        try:
            unpacker = zlib.decompressobj(wbits)
            text = unpacker.decompress(content, LARGEST_BYTES)
        except zlib.error:
            continue
        if text and (unpacker.eof or wbits > 0):  # a bare stream that goes on is no stream
            return text
    return b""


_KINDS: tuple[tuple[bytes, Callable[[Blob], Iterator[Blob]]], ...] = (
    (b"PK", _members),
    (b"\x1f\x8b", _gzip),
    (_PNG, _chunks),
    (_HDF5, _arrays),
    (_SQLITE, _cells),
)
