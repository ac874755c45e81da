"""An interrupted account goes on from what it has kept, to the same bits; nothing else does."""

import hashlib
import json
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from overflight import account, checkpoint
from overflight.account import Running
from overflight.case.template import write_new
from overflight.errors import OverflightError
from overflight.inference import packing
from overflight.inference.prior import unseen
from overflight.inference.stratum import Settings, prepare, work_out

TINY = Settings(
    n_points=30, n_strata=4, n_filtered=4, n_runs=2, n_particles=16, n_draws=4, n_paths=40,
    n_starts=1, n_defensive=1,
)  # fmt: skip

PROGRAM = """
import sys
from pathlib import Path
from overflight import account
from overflight.inference.stratum import Settings
case, out, resume = sys.argv[1:]
account.run(
    Path(case), Path(out), settings=Settings({settings}),
    running=account.Running(resume=resume == "yes"),
)
"""
WRITER = """
import sys
from pathlib import Path
from overflight.checkpoint import Checkpoint
kept = Checkpoint(Path(sys.argv[1]), {"case": "a"}, resume=True, tell=lambda words: None)
print("ready", flush=True)
for index in range(10**9):
    kept.save("pieces", index % 7, 7, bytes([index % 251]) * 3_000_000)
"""


class Stopped(KeyboardInterrupt):
    """Ctrl-C at a chosen moment."""


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept") / "case"
    write_new(folder)
    return folder


# Units of work: a launch, pilots in three turns, strata, the prior, the origin. How many pilots are
# looked for a second time depends on the case; those are left out of the count.
EVERY = 1 + 4 + 2 + 2 + 4 + 1 + 1


@pytest.fixture(scope="module")
def whole(case, tmp_path_factory):
    out = tmp_path_factory.mktemp("whole") / "release"
    account.run(case, out, settings=TINY)
    return contents(out)


@pytest.fixture
def said():
    return []


def contents(release):
    found = (path for path in release.rglob("*") if path.is_file())
    return {str(path.relative_to(release)): path.read_bytes() for path in found}


def stop_at(stage, count):
    def progress(at, done, total):
        if (at, done) == (stage, count):
            raise Stopped

    return progress


def interrupt(case, out, stage="paths", count=6, said=None, **changes):
    with pytest.raises(Stopped):
        account.run(
            case, out, settings=TINY, progress=stop_at(stage, count),
            running=Running(tell=(said if said is not None else []).append), **changes,
        )  # fmt: skip


def resumed(case, out, said, **changes):
    """Run to the end; the units that were worked out."""
    kept = checkpoint.Checkpoint.save
    worked = []

    def save(self, stage, index, of, data):
        if not stage.startswith("second "):
            worked.append((stage, index))
        kept(self, stage, index, of, data)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoint.Checkpoint, "save", save)
        account.run(
            case, out, **{"settings": TINY, "running": Running(resume=True, tell=said.append)}
            | changes,
        )  # fmt: skip
    return worked


@pytest.mark.parametrize(
    ("stage", "count"), [("launches", 1), ("paths", 3), ("paths", 7), ("origin", 1), ("ledgers", 2)]
)
def test_an_interrupted_account_goes_on_to_the_same_bits(case, whole, tmp_path, said, stage, count):
    interrupt(case, tmp_path / "out", stage, count, said)
    assert not (tmp_path / "out").exists()
    assert said[-1].endswith(
        f"are kept in {tmp_path / 'out.partial'}: the same command with --resume goes on there."
    )
    worked = resumed(case, tmp_path / "out", said)
    before = {"launches": 1, "paths": 1 + count, "origin": EVERY, "ledgers": EVERY}[stage]
    assert len(worked) <= EVERY - before
    assert contents(tmp_path / "out") == whole
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_the_interrupted_hear_how_much_is_kept(case, tmp_path, said):
    interrupt(case, tmp_path / "out", "paths", 6, said)
    (told,) = said
    assert "1 of 1 launches, 4 of 4 pilots, 2 of 2 pilots in turn 2 are kept in" in told


@pytest.mark.slow
def test_a_killed_account_goes_on_to_the_same_bits(case, whole, tmp_path):
    """SIGKILL at a moment of the filters: nothing is cleaned up, and another process goes on."""
    out, kept = tmp_path / "out", tmp_path / "out.partial"
    settings = ", ".join(f"{name}={value!r}" for name, value in vars(TINY).items())
    program = [sys.executable, "-c", PROGRAM.format(settings=settings), str(case), str(out), "yes"]
    with subprocess.Popen(program) as run:
        while len(list(kept.glob("*.unit"))) < 6 and run.poll() is None:
            time.sleep(0.002)
        run.kill()
        assert run.wait() == -signal.SIGKILL
    # The lock that refuses a second run is the system's: its file stays, and holds nobody up.
    left = {path.suffix: path for path in tmp_path.iterdir()}
    assert left.pop(".lock", None) is not None
    assert left == {".partial": kept}
    assert len(list(kept.glob("*.unit"))) >= 6
    subprocess.run(program, check=True)
    assert contents(out) == whole
    assert list(tmp_path.iterdir()) == [out]


def test_a_kill_while_units_are_written_leaves_each_whole_or_absent(tmp_path):
    place = tmp_path / "out.partial"
    rng = np.random.default_rng(3)
    n_whole = 0
    for _ in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(place)], stdout=subprocess.PIPE, text=True
        ) as run:
            assert run.stdout.readline() == "ready\n"
            time.sleep(rng.uniform(0.0, 0.3))
            run.kill()
        kept = checkpoint.Checkpoint(place, {"case": "a"}, resume=True, tell=lambda words: None)
        found = [kept.load("pieces", index, 7) for index in range(7)]
        assert all(len(data) == 3_000_000 and len(set(data)) == 1 for data in found if data)
        assert sum(data is not None for data in found) == len(list(place.glob("*.unit")))
        assert list(place.glob(".new-*")) == []  # the half-written went
        n_whole += sum(data is not None for data in found)
    assert n_whole > 0


@pytest.mark.parametrize(
    ("part", "changes"),
    [("seed", {"seed": 2}), ("settings", {"settings": replace(TINY, n_particles=17)})],
)
def test_another_account_is_not_gone_on_with(case, tmp_path, said, part, changes):
    interrupt(case, tmp_path / "out")
    worked = resumed(case, tmp_path / "out", said, **changes)
    assert len(worked) == EVERY
    assert f"differs in its {part}: it is discarded" in said[0]


def test_a_changed_case_is_not_gone_on_with(tmp_path, said):
    case = tmp_path / "case"
    write_new(case)
    interrupt(case, tmp_path / "out")
    text = (case / "case.yaml").read_text(encoding="utf-8")
    (case / "case.yaml").write_text(text + "# a second thought\n", encoding="utf-8")
    assert len(resumed(case, tmp_path / "out", said)) == EVERY
    assert "differs in its case" in said[0]


def test_everything_that_decides_a_number_is_part_of_the_name():
    base = checkpoint.parts({"case.yaml": "1"}, ["w"], TINY, 1)
    assert checkpoint.parts({"case.yaml": "1"}, ["w"], replace(TINY, n_threads=9), 1) == base
    for part, other in {
        "case": checkpoint.parts({"case.yaml": "2"}, ["w"], TINY, 1),
        "wind": checkpoint.parts({"case.yaml": "1"}, ["v"], TINY, 1),
        "settings": checkpoint.parts({"case.yaml": "1"}, ["w"], replace(TINY, dt_s=600.0), 1),
        "seed": checkpoint.parts({"case.yaml": "1"}, ["w"], TINY, 2),
    }.items():
        assert [name for name in base if base[name] != other[name]] == [part]
    assert {"program", "processor"} < set(base)


def test_without_resume_all_is_worked_out_and_the_kept_pieces_are_announced(
    case, whole, tmp_path, said
):
    interrupt(case, tmp_path / "out")
    worked = resumed(case, tmp_path / "out", said, running=Running(tell=said.append))
    assert len(worked) == EVERY
    assert "of this very account, and all is worked out anew; stop this and add --resume" in said[0]
    assert contents(tmp_path / "out") == whole


def test_nothing_to_resume_is_said(case, tmp_path, said):
    interrupt(case, tmp_path / "out", "wind", 1)
    resumed(case, tmp_path / "out", said)
    assert "holds nothing to resume" in said[0]


def damage_tail(data):
    return data[:-1] + bytes([data[-1] ^ 1])


def cut(data):
    return data[: len(data) // 2]


def empty(data):
    return b""


def lie(data):
    """Wrong content with the right checksum: what a stranger could leave there."""
    header, _, _ = data.partition(b"\n")
    told = json.loads(header)
    tree = b'{"kind": "os.system", "fields": {"command": "true"}}'
    body = len(tree).to_bytes(8, "little") + tree
    told["sha256"] = hashlib.sha256(body).hexdigest()
    return json.dumps(told).encode() + b"\n" + body


@pytest.mark.parametrize("harm", [damage_tail, cut, empty, lie])
def test_a_damaged_unit_is_worked_out_again(case, whole, tmp_path, said, harm):
    interrupt(case, tmp_path / "out", "ledgers", 1)
    place = tmp_path / "out.partial"
    hurt = sorted(place.glob("*.unit"))[::3]
    for file in hurt:
        file.write_bytes(harm(file.read_bytes()))
    counted = [file for file in hurt if not file.name.startswith("second")]
    assert len(resumed(case, tmp_path / "out", said)) == len(counted) > 1
    assert contents(tmp_path / "out") == whole


def test_a_unit_under_another_name_is_not_taken(case, whole, tmp_path, said):
    """A pilot's file copied over another's: its checksum is right, its name inside is not."""
    interrupt(case, tmp_path / "out", "ledgers", 1)
    place = tmp_path / "out.partial"
    (place / "pilots-2-of-4.unit").write_bytes((place / "pilots-1-of-4.unit").read_bytes())
    assert resumed(case, tmp_path / "out", said) == [("pilots", 1)]
    assert contents(tmp_path / "out") == whole


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_is_no_checkpoint_is_left_alone(case, tmp_path, what):
    place = tmp_path / "out.partial"
    if what == "file":
        place.write_text("years of work")
    else:
        place.mkdir()
        (place / "chapter.txt").write_text("years of work")
    with pytest.raises(OverflightError, match="is not a checkpoint of overflight; expected"):
        account.run(case, tmp_path / "out", settings=TINY)
    assert place.exists()
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_said_at_once(case, tmp_path, monkeypatch):
    def refused(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(checkpoint.tempfile, "mkstemp", refused)
    with pytest.raises(OverflightError, match=r"out\.partial cannot be written \(Permission"):
        account.run(case, tmp_path / "out", settings=TINY)


def test_a_disk_that_fills_up_costs_the_checkpoint_not_the_account(
    case, whole, tmp_path, said, monkeypatch
):
    write = checkpoint._write

    def full(file, content):
        if len(list(file.parent.glob("*.unit"))) == 3:
            raise OSError(28, "No space left on device")
        write(file, content)

    monkeypatch.setattr(checkpoint, "_write", full)
    account.run(case, tmp_path / "out", settings=TINY, running=Running(tell=said.append))
    (told,) = said
    assert "cannot be written (No space left on device): going on, but" in told
    assert contents(tmp_path / "out") == whole


def test_values_come_back_as_they_went():
    value = (
        1, -0.0, float("nan"), float("inf"), None, True, "Zürich", [np.float64(0.1), 2.5],
        np.arange(6, dtype=np.int64).reshape(2, 3)[:, ::2], np.zeros((0, 4)), np.float32(1e-40),
    )  # fmt: skip
    back = packing.unpack(packing.pack(value, {}), {}, {})
    assert repr(back) == repr(value)
    assert back[8].flags.writeable
    assert type(back[7][0]) is np.float64


def test_shared_arrays_are_named_and_not_written():
    large = np.ones(100_000)
    data = packing.pack((large, large + 0.0), {"grid.uv_mps": large})
    assert large.nbytes < len(data) < 1.1 * large.nbytes
    assert packing.unpack(data, {}, {"grid.uv_mps": large})[0] is large


@pytest.mark.parametrize(
    "tree",
    [
        {"array": ["|O", [1], 0], "plain": False},
        {"array": ["<f8", [10**12], 0], "plain": False},
        {"array": [["<f8"], [1], 0], "plain": False},
        {"shared": "grid.uv_mps"},
        {"kind": "subprocess.Popen", "fields": {"args": "true"}},
        {"set": [1]},
        {"list": 3},
    ],
    ids=str,
)
def test_what_nobody_packed_is_refused(tree):
    text = json.dumps(tree).encode()
    with pytest.raises(packing.DAMAGED):
        packing.unpack(len(text).to_bytes(8, "little") + text + bytes(64), {}, {})


def test_what_cannot_be_kept_is_a_fault_that_says_so():
    with pytest.raises(OverflightError, match="an answer with a set in it"):
        packing.pack({1, 2}, {})


@pytest.mark.parametrize("function", [prepare, work_out, unseen])
def test_only_records_that_a_unit_mentions_are_made(function):
    kinds = packing.kinds_of(function)
    assert kinds
    assert all(name.startswith("overflight.") for name in kinds)
