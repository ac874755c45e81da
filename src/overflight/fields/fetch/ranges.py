"""Get bytes over HTTP from servers that cut, stall, lie and fail.

A range is asked for; what came is counted; what is missing is asked for again, as long as the
object has not changed. The answer is either the right number of bytes of one version of the
object, or an error that says what happened. What a cut run leaves on disk is continued by the
next. The standard library is enough for that (docs/decisions/007).
"""

import base64
import hashlib
import http.client
import io
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from overflight.errors import FieldError
from overflight.fields.fetch import hosts
from overflight.fields.fetch.transfer import Again, DiskFault, Mark, Transfer, too_large

AGENT = "overflight (public data for a public account)"
_CHUNK_BYTES = 1 << 16
_AGAIN = {408, 425, 429, 500, 502, 503, 504}
_ABSENT = {403, 404, 410}  # public buckets answer 403 for what is not there
_LONGEST_WAIT_S = 60.0


class Absent(Exception):  # noqa: N818 (a finding, not a fault: the caller knows what it means)
    """There is no such object, or (403) none that may be seen."""

    def __init__(self, url: str, status: int = 404) -> None:
        super().__init__(url)
        self.status = status


@dataclass(frozen=True)
class Limits:
    """How patient to be, and how much to take."""

    timeout_s: float = 30.0  # without a byte
    attempts: int = 8  # in a row that bring nothing new
    backoff_s: float = 1.0  # doubled each time
    slowest_bps: float = 1_000.0  # bytes a second, after stall_s
    stall_s: float = 60.0
    most_bytes: int = 400_000_000  # of one object or range
    connections: int = 4  # at once: enough to hide how long an archive takes to begin


@dataclass(frozen=True)
class Wanted:
    """A range of an object, and the file that it shall become."""

    url: str
    path: Path
    start: int = 0
    end: int | None = None  # first byte not wanted; None for all up to the end of the object


class _OnlyThere(urllib.request.HTTPRedirectHandler):
    """Follow a redirect only to an allowed address."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if not hosts.may_follow(req.full_url, newurl):
            raise FieldError(
                found=f"a redirect from {req.full_url} to {urlsplit(newurl).netloc}",
                expected="an answer from a host that is known",
                remedy="The archive may have moved: docs/how-to/fetch-wind.md names other sources"
                " and says how to set a mirror.",
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Client:
    """Gets objects and ranges of objects; knows how much it received."""

    def __init__(
        self, limits: Limits | None = None, sleep: Callable[[float], object] | None = None
    ) -> None:
        self.limits = limits or Limits()
        self.received_bytes = 0
        self.watch: Callable[[int], None] | None = None  # is told all received bytes as they come
        self._known: dict[str, bytes] = {}
        self._stopped = threading.Event()
        self._counting = threading.Lock()
        self._sleep = sleep or self._stopped.wait
        self._opener = urllib.request.build_opener(_OnlyThere)

    def get(self, url: str, most_bytes: int = 50_000_000) -> bytes:
        """All of a small object, in memory.

        Raises
        ------
        Absent
            If there is no such object.
        FieldError
            If it cannot be had whole, and why.
        """
        sink = io.BytesIO()
        self._transfer(Transfer(url, 0, None, min(most_bytes, self.limits.most_bytes), sink))
        return sink.getvalue()

    def once(self, url: str, most_bytes: int = 50_000_000) -> bytes:
        """Give an object as :meth:`get` does, asking for it only the first time."""
        if url not in self._known:
            self._known[url] = self.get(url, most_bytes)
        return self._known[url]

    def forget(self) -> None:
        """Ask anew for what :meth:`once` knows."""
        self._known.clear()

    def save(self, url: str, path: Path, start: int = 0, end: int | None = None) -> str | None:
        """Keep a range of an object in a file; go on where an earlier run was cut.

        Parameters
        ----------
        path
            Made whole or not at all. ``<path>.part`` and ``<path>.mark`` hold what is unfinished.
        end
            First byte not wanted; None for all up to the end of the object.

        Returns
        -------
        str or None
            The server's mark (ETag or date) of the version that was fetched.
        """
        mark = Mark(path.with_name(f"{path.name}.mark"), url, start, end)
        version = mark.read()
        if path.exists() and mark.known:
            return version
        unfinished = path.with_name(f"{path.name}.part")
        with unfinished.open("r+b" if unfinished.exists() else "w+b") as sink:
            if version is None or not mark.known:
                sink.truncate(0)
            sink.seek(0, io.SEEK_END)
            transfer = Transfer(url, start, end, self.limits.most_bytes, sink, mark, sink.tell())
            transfer.version = version
            self._transfer(transfer)
        if start == 0 and end is None and not _as_told(unfinished, transfer.md5):
            unfinished.unlink()
            raise FieldError(
                found=f"{url}: what came is not what the server has (its MD5 differs)",
                expected="the object as it is kept",
                remedy="Run the same command again.",
            )
        mark.write(transfer.version)
        unfinished.replace(path)
        return transfer.version

    def save_all(self, wanted: Sequence[Wanted]) -> list[str | None]:
        """Keep ranges as :meth:`save` does, a few at once; their versions in the order wanted.

        After an error no further one is begun, and those on their way are finished. When a person
        interrupts, all stop where they are, and a later run goes on there.
        """
        pool = ThreadPoolExecutor(self.limits.connections)
        tasks = [pool.submit(self.save, one.url, one.path, one.start, one.end) for one in wanted]
        try:
            wait(tasks, return_when=FIRST_EXCEPTION)
            pool.shutdown(cancel_futures=True)
        except BaseException:  # Ctrl-C
            self._stopped.set()
            pool.shutdown(cancel_futures=True)
            raise
        finally:
            self._stopped.clear()
        return [task.result() for task in tasks]  # what was cancelled stands behind its reason

    def _transfer(self, state: Transfer) -> None:
        """Attempt until all is there, or nothing new came for too long."""
        failures, why, best = 0, "", state.count
        while failures < self.limits.attempts:
            wait_s = 0.0
            try:
                self._attempt(state)
            except DiskFault as fault:
                raise fault.error from None
            except Again as problem:
                why, wait_s = str(problem), problem.wait_s
            except (OSError, http.client.HTTPException) as problem:
                why = f"could not reach {urlsplit(state.url).netloc}: {problem or repr(problem)}"
            else:
                return
            failures = 0 if state.gained(best) else failures + 1
            best = max(best, state.count)
            if failures < self.limits.attempts:
                delay_s = self.limits.backoff_s * 2.0 ** max(failures - 1, 0)
                self._sleep(min(max(delay_s, wait_s), _LONGEST_WAIT_S))
        raise FieldError(
            found=f"{state.url} could not be fetched: {why}; {self.limits.attempts} attempts in a"
            f" row brought nothing new after {state.count:,} bytes",
            expected="the whole of it",
            remedy="Check the network and run the same command again later: what is complete is"
            " kept.",
        )

    def _attempt(self, state: Transfer) -> None:
        self._heed()
        if not hosts.allowed(state.url):
            raise FieldError(
                found=f"the address {state.url}",
                expected="HTTPS",
                remedy="Winds are not fetched over plain HTTP, except from this machine.",
            )
        if state.complete:
            return
        told = {"User-Agent": AGENT, "Accept-Encoding": "identity", **state.headers()}
        request = urllib.request.Request(state.url, headers=told)  # noqa: S310 (checked above)
        try:
            with self._opener.open(request, timeout=self.limits.timeout_s) as answer:
                skip = state.begin(answer.status, answer.headers)
                self._read(answer, state, skip)
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 416 and state.count:
                    state.restart()
                    raise Again(why="the object is shorter than it was") from None
                _judge(error)
        except urllib.error.URLError as error:
            host = urlsplit(state.url).netloc
            raise Again(why=f"could not reach {host}: {error.reason}") from None
        state.finish()

    def _read(self, answer: http.client.HTTPResponse, state: Transfer, skip: int) -> None:
        """Read until the range is complete, the server ends, or it is too slow."""
        began, count = time.monotonic(), 0
        while not state.complete:
            chunk = answer.read1(_CHUNK_BYTES)
            if not chunk:
                return
            self._received(len(chunk))
            count += len(chunk)
            passed = min(skip, len(chunk))
            skip -= passed
            state.take(chunk[passed:])
            spent_s = time.monotonic() - began
            if spent_s > self.limits.stall_s and count < self.limits.slowest_bps * spent_s:
                raise Again(why=f"only {count:,} bytes in {spent_s:.0f} s")
            if count > state.most_bytes + state.start:
                raise too_large(state.url, state.most_bytes)

    def _heed(self) -> None:
        """End a thread whose person has interrupted."""
        if self._stopped.is_set():
            raise KeyboardInterrupt

    def _received(self, n_bytes: int) -> None:
        self._heed()
        with self._counting:
            self.received_bytes += n_bytes
            if self.watch is not None:
                self.watch(self.received_bytes)


def _as_told(path: Path, md5: str) -> bool:
    """Whether a file has the digest that the server gave, if it gave one."""
    if not md5:
        return True
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
    return base64.b64encode(digest.digest()).decode("ascii") == md5


def _judge(error: urllib.error.HTTPError) -> None:
    """Say what a status means: absent, again later, or never."""
    if error.code in _ABSENT:
        raise Absent(error.url, error.code)
    if error.code in _AGAIN:
        after = (error.headers.get("Retry-After") or "").strip() if error.headers else ""
        wait_s = float(after) if after.isascii() and after.isdigit() and len(after) < 9 else 0.0
        raise Again(why=f"the server answered {error.code}", wait_s=wait_s)
    raise FieldError(
        found=f"{error.url} answered {error.code} ({error.reason})",
        expected="data",
        remedy="The archive may have moved or closed: use another source or a mirror.",
    )
