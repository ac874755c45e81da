"""Where the messages of a GRIB file begin and end, found without decoding anything.

A cut download and a damaged byte show here, with their place in the file, before a decoder stops
at them with less to say.
"""

import mmap
from dataclasses import dataclass
from pathlib import Path

from overflight.errors import FieldError
from overflight.fields.readers import grib_sections

_START, _END = b"GRIB", b"7777"
_LARGE_GRIB1 = 0x800000  # ECMWF's mark of a GRIB 1 message above 8 MB: its length counts in 120
_MOST_GARBAGE_BYTES = 65_536  # bulletin headers between messages; more is no GRIB file


@dataclass(frozen=True)
class Message:
    """One message of a file."""

    offset: int
    length: int
    edition: int


def scan(path: Path) -> list[Message]:
    """List the messages of a file.

    Raises
    ------
    FieldError
        If the file ends inside a message, if a message does not end as it says, or if there is
        none.
    """
    with path.open("rb") as file:
        try:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:
            raise _none(path) from None
        with data:
            return list_messages(data, path.name)


def list_messages(data: mmap.mmap | bytes, name: str) -> list[Message]:
    """List the messages in bytes; ``name`` is what an error calls them."""
    found: list[Message] = []
    at, size = 0, len(data)
    while (start := data.find(_START, at)) >= 0:
        if found and start - at > _MOST_GARBAGE_BYTES:
            raise _damaged(name, len(found), at, f"{start - at:,} bytes that are no message")
        if start + 16 > size:
            raise _cut(name, len(found), start, size)
        edition = data[start + 7]
        if edition not in (1, 2):
            at = start + 4  # the four letters by chance
            continue
        length = _length(data, start, edition)
        if length is None:
            length = _by_its_end(data, start)
        if start + length > size:
            raise _cut(name, len(found), start, size)
        fault = _fault(data, start, length, edition)
        if fault is not None:
            raise _damaged(name, len(found), start, f"a message {fault}")
        found.append(Message(start, length, edition))
        at = start + length
    if not found:
        raise FieldError(
            found=f"{name} holds no GRIB message",
            expected="GRIB of edition 1 or 2",
            remedy="Fetch it again.",
        )
    rest = size - at
    if rest > _MOST_GARBAGE_BYTES:
        raise _damaged(name, len(found), at, f"{rest:,} bytes that are no message")
    return found


def _fault(data: mmap.mmap | bytes, start: int, length: int, edition: int) -> str | None:
    """What is wrong with a message, in words; None for nothing."""
    if length < 16 or data[start + length - 4 : start + length] != _END:
        return "that does not end as it says"
    told = grib_sections.fault(bytes(data[start : start + length]), edition)
    return None if told is None else f"with {told}"


def _length(data: mmap.mmap | bytes, start: int, edition: int) -> int | None:
    """Length that a message says of itself; None where it needs its end to be found."""
    if edition == 2:
        return int.from_bytes(data[start + 8 : start + 16], "big")
    length = int.from_bytes(data[start + 4 : start + 7], "big")
    return None if length & _LARGE_GRIB1 else length


def _by_its_end(data: mmap.mmap | bytes, start: int) -> int:
    """Length of a large GRIB 1 message: to the last end mark before the next message."""
    following = data.find(_END + _START, start + 8)
    end = following if following >= 0 else data.rfind(_END)
    return max(end + 4 - start, 16)


def _none(path: Path) -> FieldError:
    return FieldError(
        found=f"{path.name} is empty", expected="GRIB messages", remedy="Fetch it again."
    )


def _cut(name: str, count: int, start: int, size: int) -> FieldError:
    return FieldError(
        found=f"{name} ends inside message {count + 1}, which begins at byte {start:,} of {size:,}",
        expected="whole messages",
        remedy="The download was cut short: fetch it again.",
    )


def _damaged(name: str, count: int, at: int, what: str) -> FieldError:
    return FieldError(
        found=f"{name} has {what} at byte {at:,}, after {count} whole messages",
        expected="one message after the other",
        remedy="The file is damaged: fetch it again.",
    )
