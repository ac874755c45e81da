"""One range of one object on its way: what was asked for, what is here, and of which version."""

import contextlib
import http.client
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from overflight.errors import FieldError

_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")

_MD5 = re.compile(r"md5=([A-Za-z0-9+/=]+)")

_MOMENT_BYTES = 1 << 20


class Again(Exception):  # noqa: N818 (a finding: the next attempt may do better)
    """An attempt failed; the next may not."""

    def __init__(self, why: str, wait_s: float = 0.0) -> None:
        super().__init__(why)
        self.wait_s = wait_s


class DiskFault(Exception):  # noqa: N818
    """Bytes could not be kept on disk: no use to ask the server again."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


class Mark:
    """What an unfinished file is a part of: its address, range and version."""

    def __init__(self, path: Path, url: str, start: int, end: int | None) -> None:
        self.path = path
        self.known = False
        self._about = {"url": url, "start": start, "end": end}

    def read(self) -> str | None:
        """Version of what is on disk; None where nothing can be continued."""
        try:
            told = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        if not isinstance(told, dict):
            return None
        version = told.pop("version", None)
        self.known = told == self._about
        return str(version) if self.known and version else None

    def write(self, version: str | None) -> None:
        """Record the version, whole or not at all."""
        fresh = self.path.with_name(f"{self.path.name}.new")
        fresh.write_text(json.dumps({**self._about, "version": version}), encoding="utf-8")
        fresh.replace(self.path)


class Transfer:
    """State of one range between attempts; the bytes themselves go to ``sink``."""

    def __init__(
        self,
        url: str,
        start: int,
        end: int | None,
        most_bytes: int,
        sink: IO[bytes],
        mark: Mark | None = None,
        count: int = 0,
    ) -> None:
        if end is not None and end - start > most_bytes:
            raise too_large(url, most_bytes)
        self.url, self.start, self.end, self.most_bytes = url, start, end, most_bytes
        self.count = count  # bytes that are here
        self.version: str | None = None
        self.total: int | None = None  # length of the object, as the server says
        self.md5 = ""  # of the object, in base64, where the server says
        self._sink, self._mark = sink, mark

    @property
    def wanted(self) -> int | None:
        """Length of the range; None while it is not known."""
        end = self.end if self.end is not None else self.total
        return None if end is None else end - self.start

    @property
    def complete(self) -> bool:
        """Whether every byte is here."""
        return self.wanted is not None and self.count >= self.wanted

    def gained(self, before: int) -> bool:
        """Whether enough came since ``before`` bytes that to go on asking will end.

        An eighth of what was missing, or as much as a fast server sends in a moment: a server that
        gives five bytes and stalls, again and again, gains nothing.
        """
        missing = _MOMENT_BYTES if self.wanted is None else self.wanted - before
        return self.count > before and self.count - before >= min(missing / 8.0, _MOMENT_BYTES)

    def headers(self) -> dict[str, str]:
        """What to ask for: the part that is missing, of the version that was begun.

        Even the whole is asked for as a range, because the answer then says how long it is.
        """
        first = self.start + self.count
        told = {"Range": f"bytes={first}-{'' if self.end is None else self.end - 1}"}
        if self.version is not None and self.count:
            told["If-Range"] = self.version
        return told

    def restart(self) -> None:
        """Forget what is here."""
        with disk():
            self._sink.seek(0)
            self._sink.truncate(0)
        self.count, self.total, self.version = 0, None, None

    def begin(self, status: int, headers: http.client.HTTPMessage) -> int:
        """Check an answer before its body is read; return how many bytes of it to pass over."""
        version = headers.get("ETag")
        if not version or version.startswith("W/"):  # a weak tag does not promise the same bytes
            version = headers.get("Last-Modified")
        digest = _MD5.search(headers.get("x-goog-hash") or "")
        self.md5 = digest[1] if digest else ""
        if status == 206:
            return self._begin_part(version, headers.get("Content-Range") or "")
        if status != 200:
            raise Again(why=f"the server answered {status}")
        self.restart()  # the whole object comes, whatever was asked for
        length = headers.get("Content-Length") or ""
        self.total = int(length) if length.isascii() and length.isdigit() else None
        if self.start + (self.wanted or 0) > self.most_bytes:
            raise too_large(self.url, self.most_bytes)
        self._remember(version)
        return self.start

    def _begin_part(self, version: str | None, said: str) -> int:
        if self.count and (version is None or version != self.version):
            self.restart()
            raise Again(why="the object changed while it was fetched")
        match = _CONTENT_RANGE.fullmatch(said.strip())
        if match is None or int(match[1]) != self.start + self.count:
            raise Again(why=f"another range came than was asked for ({said!r})")
        if match[3] != "*":
            self.total = int(match[3])
        elif self.end is None:
            self.total = int(match[2]) + 1
        if self.total is not None and self.end is not None and self.total < self.end:
            raise FieldError(
                found=f"{self.url} is {self.total:,} bytes long",
                expected=f"at least {self.end:,}, as its index says",
                remedy="The index and the object do not fit together: try again later.",
            )
        if (self.wanted or 0) > self.most_bytes:
            raise too_large(self.url, self.most_bytes)
        self._remember(version)
        return 0

    def _remember(self, version: str | None) -> None:
        self.version = version
        if self._mark is not None:
            with disk():
                self._mark.write(version)

    def take(self, chunk: bytes) -> None:
        """Keep bytes; no more than were asked for."""
        wanted = self.wanted
        kept = chunk if wanted is None else chunk[: max(wanted - self.count, 0)]
        if self.count + len(kept) > self.most_bytes:
            raise too_large(self.url, self.most_bytes)
        with disk():
            self._sink.write(kept)
        self.count += len(kept)

    def finish(self) -> None:
        """Accept the end of a body, or ask for the rest."""
        with disk():
            self._sink.flush()
        if self.wanted is not None and self.count < self.wanted:
            raise Again(why=f"it was cut after {self.count:,} of {self.wanted:,} bytes")


@contextlib.contextmanager
def disk() -> Iterator[None]:
    """Tell faults of this machine's disk from those of the network."""
    try:
        yield
    except OSError as error:
        raise DiskFault(error) from error


def too_large(url: str, most_bytes: int) -> FieldError:
    """Refuse an object that cannot be the data."""
    return FieldError(
        found=f"{url} is larger than {most_bytes / 1e6:,.3g} MB, or does not end",
        expected="an object of the size that its archive has",
        remedy="This is not the data: use another source or mirror.",
    )
