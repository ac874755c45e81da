"""Whether the sections of a GRIB message fit together, checked before a decoder sees them.

A damaged length or count makes decoders stop the whole program, not only fail; what could do that
is found here: sections that do not follow one another, counts that contradict each other, and
data that are shorter than they say.
"""

from dataclasses import dataclass

_MISSING_COUNT = 0xFFFFFFFF  # rows of different length: the grid is reduced
_MOST_POINTS = 100_000_000  # a global grid of 0.03 degrees
_MOST_BITS = 32
_MOST_GAUSSIAN = 8_000  # rows between pole and equator
_GRID_OCTETS = {0: 72, 1: 84, 10: 72, 20: 65, 30: 81, 40: 72}  # by template of section 3
_PACKING_OCTETS = {0: 21, 2: 47, 3: 49, 40: 23, 41: 21, 42: 25}  # by template of section 5
_GROUPED = (2, 3)
_GRIB1_GRIDS = (0, 1, 3, 4, 5, 10)


def fault(message: bytes, edition: int) -> str | None:
    """What is wrong with a message, in words; None if its sections fit together."""
    try:
        return _fault_of_edition_1(message) if edition == 1 else _fault_of_edition_2(message)
    except IndexError:
        return "a section that reaches beyond its message"


def _number(data: bytes, at: int, octets: int) -> int:
    data[at + octets - 1]  # an IndexError where the data end before
    return int.from_bytes(data[at : at + octets], "big")


@dataclass
class _Counts:
    """What the sections of one field have said so far."""

    points: int = 0
    values: int = 0
    template: int = -1
    bits: int = 0
    groups_bits: int = 0
    bitmap: int = 255


def _fault_of_edition_2(message: bytes) -> str | None:
    counts, at, before, end = _Counts(), 16, 0, len(message) - 4
    while at < end:
        length, number = _number(message, at, 4), _number(message, at + 4, 1)
        if length < 5 or at + length > end:
            return f"a section {number} that reaches beyond its message"
        follows = number == before + 1 or (before == 1 and number == 3)
        repeats = before == 7 and number in (2, 3, 4)
        if not (follows or repeats):
            return f"a section {number} after section {before}"
        check = _CHECKS.get(number)
        told = check(message[at : at + length], counts) if check else None
        if told is not None:
            return told
        at, before = at + length, number
    return None if before == 7 else "no data"


def _grid(section: bytes, counts: _Counts) -> str | None:
    counts.points, template = _number(section, 6, 4), _number(section, 12, 2)
    if len(section) < _GRID_OCTETS.get(template, 14):
        return "a description of its grid that is too short"
    if not 0 <= counts.points <= _MOST_POINTS:
        return f"a grid of {counts.points:,} points"
    return _rows_and_columns(section, template, counts.points) if template in _GRID_OCTETS else None


def _rows_and_columns(section: bytes, template: int, points: int) -> str | None:
    columns, rows = _number(section, 30, 4), _number(section, 34, 4)
    if columns == _MISSING_COUNT:
        lengths = _row_lengths(section, rows)
        ends = [_number(section, at, 4) / 1e6 for at in (50, 59)] if template == 40 else []
        listed, part = sum(lengths), bool(ends) and _is_part(ends, lengths)
        if listed < points if part else listed != points:
            return f"rows of {listed:,} points together on a grid of {points:,}"
    elif columns * rows != points:
        return f"{rows:,} rows of {columns:,} on a grid of {points:,} points"
    return _gaussian(_number(section, 67, 4), rows) if template == 40 else None


def _row_lengths(section: bytes, rows: int) -> list[int]:
    octets = _number(section, 10, 1)
    start = len(section) - octets * rows
    if octets not in (1, 2, 4) or rows > _MOST_GAUSSIAN * 2 or start < 14:
        return []
    return [_number(section, start + octets * row, octets) for row in range(rows)]


def _is_part(ends_deg: list[float], lengths: list[int]) -> bool:
    """Whether rows that are listed whole are only there from one longitude to another."""
    usual = 360.0 / max(max(lengths, default=1), 1)
    return (ends_deg[1] - ends_deg[0]) % 360.0 + 1.5 * usual < 360.0


def _longitude_of_edition_1(section: bytes, at: int) -> float:
    """Thousandths of a degree, whose first bit is the sign."""
    number = _number(section, at, 3)
    return (number & 0x7FFFFF) * (-1e-3 if number & 0x800000 else 1e-3)


def _gaussian(number: int, rows: int) -> str | None:
    if not 1 <= number <= _MOST_GAUSSIAN or rows > 2 * number:
        return f"{rows:,} rows on a Gaussian grid of number {number:,}"
    return None


def _product(section: bytes, counts: _Counts) -> str | None:
    del counts
    coordinates = _number(section, 5, 2)
    if 9 + 4 * coordinates > len(section):
        return f"{coordinates:,} coefficients of its levels in too little room"
    return None


def _packing(section: bytes, counts: _Counts) -> str | None:
    counts.values, counts.template = _number(section, 5, 4), _number(section, 9, 2)
    if len(section) < _PACKING_OCTETS.get(counts.template, 11):
        return "a description of its packing that is too short"
    if counts.template not in _PACKING_OCTETS:
        return None
    counts.bits = section[19]
    if counts.bits > _MOST_BITS:
        return f"values of {counts.bits} bits"
    if counts.template in _GROUPED:
        return _groups(section, counts)
    return None


def _groups(section: bytes, counts: _Counts) -> str | None:
    """Complex packing: groups of values, each with a reference, a width and a length."""
    groups, width_bits, length_bits = _number(section, 31, 4), section[36], section[46]
    if not 0 <= groups <= max(counts.values, 1):
        return f"{groups:,} groups of {counts.values:,} values"
    if max(width_bits, length_bits, section[35]) > _MOST_BITS:
        return "groups of values wider than 32 bits"
    if counts.template == 3 and (section[47] not in (1, 2) or section[48] > 4):
        return f"differences of order {section[47]}"
    counts.groups_bits = groups * (counts.bits + width_bits + length_bits)
    return None


def _bitmap(section: bytes, counts: _Counts) -> str | None:
    counts.bitmap = _number(section, 5, 1)
    if counts.bitmap == 0:
        marked = int.from_bytes(section[6:], "big").bit_count()
        if 8 * (len(section) - 6) < counts.points or marked < counts.values:
            return "a map of missing values that does not fit its grid"
    elif counts.bitmap == 255 and counts.values != counts.points:
        return f"{counts.values:,} values on a grid of {counts.points:,} points"
    return None


def _data(section: bytes, counts: _Counts) -> str | None:
    room = 8 * (len(section) - 5)
    said = counts.values * counts.bits if counts.template == 0 else counts.groups_bits
    return None if said <= room else "fewer data than it says"


_CHECKS = {3: _grid, 4: _product, 5: _packing, 6: _bitmap, 7: _data}


def _fault_of_edition_1(message: bytes) -> str | None:
    end, at = len(message) - 4, 8
    length, flags = _number(message, at, 3), _number(message, at + 7, 1)
    if length < 28 or at + length > end:
        return "a section 1 that reaches beyond its message"
    at += length
    points: int | None = None
    if flags & 128:
        length = _number(message, at, 3)
        if length < 32 or at + length > end:
            return "a section 2 that reaches beyond its message"
        points, told = _grid_of_edition_1(message[at : at + length])
        if told is not None:
            return told
        at += length
    if flags & 64:
        length = _number(message, at, 3)
        if length < 6 or at + length > end:
            return "a section 3 that reaches beyond its message"
        if points is not None and not _number(message, at + 4, 2) and 8 * (length - 6) < points:
            return "a map of missing values that does not fit its grid"
        points = None  # fewer values than points
        at += length
    return _data_of_edition_1(message[at:end], points)


def _grid_of_edition_1(section: bytes) -> tuple[int | None, str | None]:
    """Points of the grid, if it counts them, and what is wrong with its description."""
    coordinates, place, kind = section[3], section[4], section[5]
    if coordinates and place != 255 and place - 1 + 4 * coordinates > len(section):
        return None, f"{coordinates} coefficients of its levels in too little room"
    if kind not in _GRIB1_GRIDS:
        return None, None
    columns, rows = _number(section, 6, 2), _number(section, 8, 2)
    if kind == 4 and (told := _gaussian(_number(section, 25, 2), rows)) is not None:
        return None, told
    if columns != 0xFFFF:
        too_many = columns * rows > _MOST_POINTS
        return columns * rows, f"a grid of {columns * rows:,} points" if too_many else None
    start = place - 1 + 4 * coordinates
    lengths = [_number(section, start + 2 * row, 2) for row in range(rows)]
    ends_deg = [_longitude_of_edition_1(section, at) for at in (13, 20)]
    return (None if _is_part(ends_deg, lengths) else sum(lengths)), None


def _data_of_edition_1(section: bytes, points: int | None) -> str | None:
    length, flags, bits = _number(section, 0, 3), _number(section, 3, 1), _number(section, 10, 1)
    if bits > _MOST_BITS:
        return f"values of {bits} bits"
    if flags & 0xD0 or not bits or points is None:  # no simple packing, or one constant
        return None
    if length < 11 or length > len(section):
        return None if length < 120 else "a section 4 that reaches beyond its message"
    values = ((length - 11) * 8 - (flags & 15)) // bits
    return None if values >= points else f"{values:,} values on a grid of {points:,} points"
