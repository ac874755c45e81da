"""The tables of the benchmarks say what was measured, and what got slower cannot hide in them."""

import importlib
import sys

import numpy as np
import pytest

from overflight.errors import OverflightError

BORROWED = ("record", "peer_runs", "march_rate")


@pytest.fixture(scope="module")
def bench(root):
    """Modules of the benchmarks, which are no package."""
    sys.path.insert(0, str(root / "benchmarks"))
    yield {name: importlib.import_module(name) for name in reversed(BORROWED)}
    sys.path.remove(str(root / "benchmarks"))
    for name in BORROWED:
        sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def record(bench):
    return bench["record"]


@pytest.fixture(scope="module")
def peer_runs(bench):
    return bench["peer_runs"]


def made(*relative, processor="P", particles=1_000, rate=20.0, cores=2.0):
    rows = [
        {
            "kernel": f"kernel {i}",
            "start": "global",
            "particles": particles,
            "field": "361 x 721 x 20 x 26",
            "threads": 2,
            "cores": [cores],
            "per_core_mps": [rate],
            "relative": [value, value, 9.0],  # one pass that a busy machine spoilt
        }
        for i, value in enumerate(relative)
    ]
    ends = {"particles": 10, "lost": 0, "median_m": 0.02, "p99_m": 0.3, "largest_m": 1_200.0}
    return {
        "date": "2026-11-26",
        "processor": processor,
        "cores": 2,
        "versions": {"numba": "0.68"},
        "passes": 3,
        "note": "",
        "rows": rows,
        "ends": {"midpoint": ends},
    }


def lines_of(table, start):
    return [line for line in table.splitlines() if line.strip("|* ").startswith(start)]


def test_a_row_that_lost_more_than_a_tenth_is_bold_and_fails_a_check(record):
    before, now = made(1.0, 1.0, 1.0), made(0.89, 0.91, 1.3)
    table = record.kernels(now, [before])
    (lost,) = lines_of(table, "kernel 0")
    assert "**kernel 0**" in lost
    assert "**−11%**" in lost
    assert "**" not in "".join(lines_of(table, "kernel 1") + lines_of(table, "kernel 2"))
    (said,) = record.lost(now, [before])
    assert said.startswith("kernel 0")
    assert said.endswith("-11%")


def test_a_slow_hour_is_no_loss(record):
    """The rate halved, and so did that of the fixed calculation."""
    now = made(1.0, rate=10.0)
    assert record.lost(now, [made(1.0, rate=20.0)]) == []


def test_a_row_that_did_not_get_its_cores_says_so(record):
    assert "| 2 on 1.1 | 20 |" in record.kernels(made(1.0, cores=1.1), [])
    assert "| 2 | 20 |" in record.kernels(made(1.0, cores=1.9), [])


@pytest.mark.parametrize("other", [{"processor": "Q"}, {"particles": 2_000}])
def test_only_the_same_job_on_the_same_processor_is_compared(record, other):
    assert record.changes(made(0.5), [made(1.0, **other)]) == [None]
    assert "| new |" in record.kernels(made(0.5), [made(1.0, **other)])


def test_the_last_time_counts_even_if_a_record_lies_between(record):
    earlier = [made(4.0), made(2.0), made(1.0, processor="Q")]
    assert record.changes(made(1.0), earlier) == [-0.5]


def test_records_come_back_as_they_were_kept(record, tmp_path):
    kept = [made(1.0, 2.5e-7, processor=f"P{i}") for i in range(record.KEPT + 2)]
    record.save(tmp_path / "r.json", kept)
    assert record.load(tmp_path / "r.json") == kept[2:]
    assert record.load(tmp_path / "none.json") == []


@pytest.mark.parametrize(
    "text", ["", "{}", '{"records": [{}]}', '{"records": [{"rows": 1}]}', "[]"]
)
def test_a_spoilt_file_of_records_is_refused(record, tmp_path, text):
    path = tmp_path / "r.json"
    path.write_text(text)
    with pytest.raises(OverflightError, match=r"r\.json cannot be read"):
        record.load(path)


def test_only_what_stands_between_the_marks_is_replaced(record, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- bench: begin -->\nold\n<!-- bench: end -->\nb\n")
    record.put(page, "bench", "new")
    record.put(page, "bench", "newer")
    assert page.read_text() == "a\n<!-- bench: begin -->\nnewer\n<!-- bench: end -->\nb\n"


@pytest.mark.parametrize(
    "text", ["", "<!-- bench: begin -->", "<!-- bench: end -->\n<!-- bench: begin -->"]
)
def test_a_page_without_the_marks_is_left_alone(record, tmp_path, text):
    page = tmp_path / "page.md"
    page.write_text(text)
    with pytest.raises(OverflightError, match="marks"):
        record.put(page, "bench", "new")
    assert page.read_text() == text


@pytest.mark.parametrize(
    ("distance_m", "words"),
    [(45_000.0, "45 km"), (590.0, "590 m"), (0.021, "2.1 cm"), (0.0031, "3.1 mm"),
     (1e-5, "under 1 mm")],
)  # fmt: skip
def test_distances_read_well(record, distance_m, words):
    assert record.metres(distance_m) == words


def test_the_page_can_take_the_tables(record, root, tmp_path):
    page = tmp_path / "page.md"
    page.write_text((root / "docs" / "benchmarks.md").read_text())
    for name in ("bench", "peers, one", "peers, on", "peers, between"):
        record.put(page, name, "")
    record.load(root / "docs" / "benchmarks.json")


def test_unknown_peers_are_refused(peer_runs):
    for names, given in ((["hysplit"], []), ([], ["hysplit=python"]), (["overflight"], [])):
        with pytest.raises(
            OverflightError, match="is not a peer; expected one of opendrift, parcels"
        ):
            peer_runs.pythons(names, given)


def test_a_peer_that_is_not_installed_is_said_before_anything_is_measured(peer_runs, tmp_path):
    given = [f"parcels={tmp_path / 'python'}"]
    with pytest.raises(OverflightError, match=r"no interpreter for Parcels .* Run 'make peers'"):
        peer_runs.pythons(["parcels"], given)


def test_every_peer_has_a_script_and_pins(peer_runs, root):
    folder = root / "benchmarks" / "peers"
    for name in peer_runs.PEERS:
        assert (folder / f"{name}_job.py").is_file()
    for name in peer_runs.set_apart(peer_runs.PEERS):
        pins = (folder / f"requirements-{name}.txt").read_text().splitlines()
        assert sum(pin.startswith(f"{name}==") for pin in pins) == 1
        assert [pin for pin in pins if "==" not in pin] == []


def test_lost_particles_are_counted_and_not_averaged(peer_runs):
    truth = np.array([[1.0, 0.0, 0.0]] * 4)
    places = truth + np.array([[0.0, step, 0.0] for step in (1e-6, 2e-6, 3e-6, np.nan)])
    ends = peer_runs.apart(places, truth)
    assert (ends["particles"], ends["lost"]) == (4, 1)
    assert ends["median_m"] == pytest.approx(2e-6 * 6_371_008.8, rel=0.01)
    assert np.isnan(peer_runs.apart(np.full((2, 3), np.nan), truth[:2])["median_m"])
