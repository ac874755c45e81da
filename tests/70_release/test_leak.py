"""Seeded leaks, one in each hiding place; every one is found."""

import base64
import gzip
import hashlib
import html
import io
import json
import sqlite3
import struct
import zipfile
import zlib
from urllib.parse import quote

import numpy as np
import pytest

from overflight.errors import OverflightError
from overflight.release.redact import leak
from overflight.release.redact.withheld import Withheld

NAME = "Tamsin \u00c9vrard"
SHORT = "Orb"
LONG = "it hung over the grain silo like a second moon"
PLACE = (45.7312, -108.6147)
WITHHELD = Withheld(strings=(NAME, SHORT, LONG), places={PLACE: (45.7, -108.6)})


def png(*chunks):
    def chunk(kind, body):
        raw = kind + body
        return struct.pack(">I", len(body)) + raw + struct.pack(">I", zlib.crc32(raw))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0"))
    parts = [chunk(kind, body) for kind, body in chunks]
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(parts) + pixels + chunk(b"IEND", b"")


def netcdf(folder, **attributes):
    import h5py

    path = folder / "a.nc"
    with h5py.File(path, "w") as file:
        where = np.array([[44.0, -100.0], [*PLACE]])
        file.create_dataset("place", data=where if not attributes else where[:1],
                            compression="gzip", shuffle=True)  # fmt: skip
        for name, value in attributes.items():
            file.attrs[name] = value
        words = np.array([attributes.get("title", "x") * 5], dtype=object)
        file.create_dataset("words", data=words, dtype=h5py.string_dtype(), compression="gzip")
    return path.read_bytes()


def database(folder, *, deleted, text=LONG):
    path = folder / "a.sqlite"
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA secure_delete = OFF")
        file.execute("CREATE TABLE said (text TEXT)")
        file.executemany("INSERT INTO said VALUES (?)", [(f"row {n}",) for n in range(500)])
        file.execute("INSERT INTO said VALUES (?)", (f"{'x' * 9_000}{text}",))
        file.commit()
        if deleted:
            file.execute("DELETE FROM said")
            file.commit()
    file.close()
    raw = path.read_bytes()
    path.unlink()
    return raw


def zipped(name, content, comment=b""):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, content)
        file.comment = comment
    return out.getvalue()


def text_of(raw):
    return base64.b64encode(raw).decode()


BYTES = NAME.encode()
SEEDS = {
    "plain": f"said {NAME}.".encode(),
    "other case": NAME.upper().encode(),
    "decomposed": "Tamsin E\u0301vrard".encode(),
    "full width": "\uff34\uff21\uff2d\uff33\uff29\uff2e \u00c9vrard".encode(),
    "over two lines": "Tamsin\n   \u00c9vrard".encode(),
    "utf-16": f"x{NAME}".encode("utf-16-le"),
    "utf-16, other end": NAME.encode("utf-16-be"),
    "utf-32": NAME.encode("utf-32"),
    "latin": NAME.encode("cp1252"),
    "percent": quote(NAME).encode(),
    "form": quote(NAME).replace("%20", "+").encode(),
    "html": NAME.encode("ascii", "xmlcharrefreplace"),
    "html, by name": html.escape("Tamsin &").replace("&amp;", "&Eacute;vrard").encode(),
    "html, hexadecimal": "".join(f"&#x{ord(c):x};" for c in NAME).encode(),
    "json": json.dumps({"by": NAME}).encode(),
    "script": "".join(f"\\x{ord(c):02x}" for c in NAME).encode(),
    "slug": b"by-tamsin-\xc3\xa9vrard.html",
    "joined": "tamsin\u00e9vrard".encode(),
    "short": b"<td>Orb</td>",
    "base64": text_of(b"by " + BYTES).encode(),
    "base64, inside": text_of(b"a" * 100 + BYTES).encode(),
    "deflated": b'<script>"' + text_of(zlib.compress(b"a,b" * 40 + BYTES)).encode() + b'"</script>',
    "bare deflate": text_of(zlib.compress(b"q" * 200 + bytes(range(200)) + BYTES)[2:-4]).encode(),
    "hexadecimal": (b"word " * 9 + BYTES).hex().encode(),
    "gzip": gzip.compress(BYTES),
    "zip": zipped("doc.kml", BYTES),
    "zip, name": zipped(f"{NAME}.kml", b""),
    "zip, comment": zipped("doc.kml", b"", BYTES),
    "zip in zip": zipped("a.kmz", zipped("doc.kml", BYTES)),
    "png text": png((b"tEXt", b"Author\0" + NAME.encode("latin-1"))),
    "png packed text": png((b"zTXt", b"Author\0\0" + zlib.compress(NAME.encode("latin-1")))),
    "png exif": png((b"eXIf", b"MM\0*" + BYTES)),
    "after a png": png() + BYTES,
    "sha256": hashlib.sha256(BYTES).hexdigest().encode(),
    "md5 of lower case": hashlib.md5(NAME.lower().encode()).hexdigest().upper().encode(),
    "cut hash": hashlib.sha1(BYTES).hexdigest()[:16].encode(),
    "bare hash": b"\0\1" + hashlib.sha256(BYTES).digest(),
    "hash of the short": hashlib.sha256(b"Orb").hexdigest().encode(),
    "position": b"45.7312,-108.6147",
    "position, other way": b'{"coordinates": [-108.6147, 45.7312]}',
    "position, fewer digits": b"near 45.73 N, 108.61 W",
    "position, decimal commas": "cerca de 45,73\u00b0 N, 108,61\u00b0 O".encode(),
    "position, more digits": b"45.73120000 -108.61470000",
    "position, in bits": struct.pack("<dd", *PLACE),
    "position, in few bits": struct.pack(">ff", *PLACE),
}  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_a_seeded_leak_is_found(seed, tmp_path):
    (tmp_path / "report.bin").write_bytes(b"begin " + SEEDS[seed] if seed[:3] not in {
        "zip", "gzi", "png"} else SEEDS[seed])  # fmt: skip
    assert leak.found(tmp_path, WITHHELD) != []


@pytest.mark.parametrize("name", [f"{NAME}.csv", "by-tamsin-\u00e9vrard.csv", "orb.csv"])
def test_the_name_of_a_file_is_searched(name, tmp_path):
    (tmp_path / name).write_bytes(b"")
    assert "the name of" in leak.found(tmp_path, WITHHELD)[0]


def test_arrays_and_attributes_are_searched_unpacked(tmp_path):
    whole = tmp_path / "whole"
    whole.mkdir()
    (whole / "paths.nc").write_bytes(netcdf(tmp_path))
    assert any("place" in line and "position" in line for line in leak.found(whole, WITHHELD))
    (whole / "paths.nc").write_bytes(netcdf(tmp_path, title=NAME))
    found = leak.found(whole, WITHHELD)
    assert any("title" in line for line in found)
    assert any("words" in line for line in found)


@pytest.mark.parametrize("deleted", [False, True])
def test_databases_are_searched_with_their_free_pages(deleted, tmp_path):
    whole = tmp_path / "whole"
    whole.mkdir()
    (whole / "ledger.sqlite").write_bytes(database(tmp_path, deleted=deleted))
    assert leak.found(whole, WITHHELD) != []


def test_what_is_withheld_nowhere_is_found_nowhere(tmp_path):
    (tmp_path / "a.txt").write_text(
        "Tamsin saw an orbit, 45.7 north and 108.6 west; 45.73 kg, and far away 108.61 km.",
        encoding="utf-8",
    )
    (tmp_path / "b.nc").write_bytes(netcdf(tmp_path, title="Open"))
    (tmp_path / "a.nc").unlink()
    withheld = Withheld(strings=("Zebulon Quist", SHORT), places={(45.7312, -107.0): (45.7, -107)})
    assert leak.found(tmp_path, withheld) == []


def test_a_release_with_a_leak_is_refused_and_the_file_named(tmp_path):
    (tmp_path / "notes.txt").write_text(NAME, encoding="utf-8")
    with pytest.raises(OverflightError, match=r"notes\.txt: 'Tamsin"):
        leak.refuse(tmp_path, WITHHELD)


def test_broken_containers_are_searched_as_they_are(tmp_path):
    for head in (b"PK\3\4", b"\x1f\x8b", b"\x89PNG\r\n\x1a\n", b"\x89HDF\r\n\x1a\n",
                 b"SQLite format 3\0\x10\0"):  # fmt: skip
        (tmp_path / "broken").write_bytes(head + b"rest " + BYTES)
        assert leak.found(tmp_path, WITHHELD) != [], head
