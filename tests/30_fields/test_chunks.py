"""What is read at once covers everything, cuts no chunk without need, and is bounded."""

import numpy as np
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from overflight.fields.readers import chunks


def variable(shape, chunk, dtype="f4"):
    made = xr.DataArray(np.zeros(shape, dtype), dims=("time", "level", "lat", "lon"))
    if chunk is not None:
        made.encoding["preferred_chunks"] = dict(zip(made.dims, chunk, strict=True))
    return made


def cut(values, times, levels):
    where = tuple({"time": int(i)} for i in times)
    out = np.empty((len(times), len(levels), *values.shape[2:]), dtype=np.float32)
    return list(chunks.blocks(values, where, ("level", np.asarray(levels)), out)), out


SHAPES = st.tuples(*(st.integers(1, 9) for _ in range(4)))


@given(st.data(), SHAPES, SHAPES, st.sampled_from(["i2", "f4", "f8"]), st.booleans())
def test_everything_is_read_once_and_every_whole_chunk_in_one_piece(data, shape, chunk, dtype, up):
    values = variable(shape, chunk, dtype)
    times = data.draw(st.lists(st.integers(0, shape[0] - 1), min_size=1, unique=True).map(sorted))
    levels = np.arange(shape[1])[:: 1 if up else -1]
    found, out = cut(values, times, levels)
    seen = np.zeros(out.shape[:2], dtype=int)
    for number, (rows, columns) in enumerate(found):
        seen[rows, columns] += 1
        assert out[rows, columns].size * values.dtype.itemsize <= max(
            out.nbytes, values[0, : chunk[1]].nbytes
        )
        if dtype == "f8":  # only then may a chunk of everything be larger than where it goes
            continue
        for other_rows, other_columns in found[:number]:
            shared = {times[i] // chunk[0] for i in range(rows.start, rows.stop)} & {
                times[i] // chunk[0] for i in range(other_rows.start, other_rows.stop)
            }
            apart = {levels[k] // chunk[1] for k in range(columns.start, columns.stop)} & {
                levels[k] // chunk[1] for k in range(other_columns.start, other_columns.stop)
            }
            assert not (shared and apart)
    assert (seen == 1).all()


def test_without_chunks_one_time_is_read_after_the_other():
    found, _ = cut(variable((5, 3, 4, 4), None), range(5), range(3))
    assert found == [(slice(i, i + 1), slice(0, 3)) for i in range(5)]


def test_a_large_chunk_of_times_is_read_level_by_level(monkeypatch):
    """Chunks of all times and two levels; six levels of 4 x 16 values do not fit at once."""
    monkeypatch.setattr(chunks, "AT_ONCE_BYTES", 4 * 2 * 16 * 4)
    found, _ = cut(variable((4, 6, 4, 4), (4, 2, 4, 4)), range(4), range(6))
    assert found == [(slice(0, 4), slice(k, k + 2)) for k in (0, 2, 4)]


def test_a_variable_without_time_or_level_is_read_at_once():
    flat = xr.DataArray(np.zeros((4, 4), "f4"), dims=("lat", "lon"))
    out = np.empty((3, 1, 4, 4), dtype=np.float32)
    where = tuple({"time": i} for i in range(3))
    assert list(chunks.blocks(flat, where, (None, np.arange(1)), out)) == [
        (slice(0, 3), slice(0, 1))
    ]
