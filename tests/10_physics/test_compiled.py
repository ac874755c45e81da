"""Code that is kept between runs: the same numbers sooner, or compiled anew; never a stale piece.

Each run is a process of its own, with a copy of the part of the package that compiles and a tiny
model of a step and a loop.
"""

import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import overflight
from overflight import compiled, kept

PACKAGE = Path(overflight.__file__).parent
FACTORS = "FACTOR = 2.0"
STEPS = """
from overflight.physics.factors import FACTOR
from overflight.physics.kernel import kernel

@kernel
def doubled(x):
    return FACTOR * x

@kernel
def tripled(x):
    return 3.0 * x
"""
LOOPS = """
from typing import NamedTuple
import numpy as np
from overflight.physics.kernel import loop
from overflight.physics.steps import doubled, tripled

class Rows(NamedTuple):
    values: np.ndarray
    factor: float

@loop
def total(step, rows):
    whole = np.zeros(1)
    for value in rows.values:
        whole[0] += rows.factor * step(value)
    return Rows(whole, rows.factor)

def made(factor):
    @loop
    def scaled(x):
        return factor * x
    return scaled
"""
EARLY = """
from overflight.physics.kernel import kernel

@kernel
def one(x):
    return 1.0
"""
PROGRAM = """
import json
{before}
from numba.core import event
from overflight import compiled
counted = []
class Listener(event.Listener):
    def on_start(self, happened):
        counted.append(happened.data["dispatcher"].py_func.__name__)
    def on_end(self, happened):
        pass
event.register("numba:compile", Listener())
import numpy as np
{between}
from overflight.physics import loops
result = {call}
print(json.dumps({{"answer": result, "compiled": counted}}))
"""
CALL = "loops.total(loops.{step}, loops.Rows(np.arange(4.0), 10.0)).values[0]"
DOUBLED = {"answer": 120.0, "compiled": []}


class Place(NamedTuple):
    """A copy of the package, and where it keeps its code."""

    tree: Path
    cache: Path

    def start(self, step="doubled", *, before="", between="", call=None, cache=None):
        code = PROGRAM.format(before=before, between=between, call=call or CALL.format(step=step))
        environment = {
            **os.environ,
            "PYTHONPATH": str(self.tree),
            "PYTHONDONTWRITEBYTECODE": "1",  # a source of the same size and second is read anew
            kept.SWITCH: str(cache or self.cache),
        }
        environment.pop("NUMBA_DISABLE_JIT", None)
        return subprocess.Popen(
            [sys.executable, "-c", code],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments, **how):
        return finished(self.start(*arguments, **how))

    @property
    def entries(self):
        return sorted(self.cache.glob("compiled/*/*.code"))


def finished(process):
    told, complaint = process.communicate(timeout=300)
    assert process.returncode == 0, complaint
    assert complaint == ""
    return json.loads(told)


@pytest.fixture
def place(tmp_path):
    physics = tmp_path / "tree" / "overflight" / "physics"
    physics.mkdir(parents=True)
    for name in ("__init__.py", "kept.py", "compiled.py", "physics/__init__.py"):
        shutil.copy(PACKAGE / name, physics.parent / name)
    shutil.copy(PACKAGE / "physics" / "kernel.py", physics)
    (physics / "factors.py").write_text(FACTORS)
    (physics / "steps.py").write_text(STEPS)
    (physics / "loops.py").write_text(LOOPS)
    return Place(tmp_path / "tree", tmp_path / "cache")


def test_a_second_process_compiles_nothing_though_a_function_is_an_argument(place):
    first = place.run()
    assert first["answer"] == 120.0
    assert "total" in first["compiled"]
    assert place.run() == DOUBLED


def test_another_function_as_an_argument_is_another_code(place):
    place.run("doubled")
    other = place.run("tripled")
    assert other["answer"] == 180.0
    assert "total" in other["compiled"]
    assert place.run("doubled") == DOUBLED
    assert place.run("tripled") == {"answer": 180.0, "compiled": []}


def test_a_change_of_a_number_in_another_file_is_never_missed(place):
    place.run()
    source = place.tree / "overflight" / "physics" / "factors.py"
    before = source.stat()
    source.write_text(FACTORS.replace("2.0", "5.0"))
    os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))  # size and time are as before
    changed = place.run()
    assert changed["answer"] == 300.0
    assert "total" in changed["compiled"]


@pytest.mark.parametrize("used", ["", "from overflight.physics import early; early.one(1.0)"])
def test_a_source_that_changes_while_it_is_loaded_is_neither_kept_nor_served(place, used):
    (place.tree / "overflight" / "physics" / "early.py").write_text(EARLY)
    place.run(between=used)
    before = place.entries
    source = str(place.tree / "overflight" / "physics" / "factors.py")
    edit = f"p = {source!r}; t = open(p).read(); open(p, 'w').write(t.replace('2.0', '7.0'))"
    assert place.run(between=f"{used}\n{edit}")["answer"] == 420.0
    assert place.entries == before


def test_functions_made_in_functions_are_not_mistaken_for_each_other(place):
    for factor in (2.0, 3.0):
        assert place.run(call=f"loops.made({factor})(10.0)")["answer"] == 10.0 * factor
    assert place.entries == []


def test_another_option_of_the_compiler_is_another_code(place, monkeypatch):
    place.run()
    monkeypatch.setenv("NUMBA_OPT", "2")
    assert "total" in place.run()["compiled"]


@pytest.mark.parametrize(
    "harm",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: (
            content[: len(content) // 3]
            + bytes([content[len(content) // 3] ^ 1])
            + content[len(content) // 3 + 1 :]
        ),
        lambda content: bytes(len(content)),
    ],
    ids=["empty", "half", "one bit", "zeros"],
)
def test_a_damaged_entry_counts_as_absent_and_is_mended(place, harm):
    place.run()
    for entry in place.entries:
        entry.write_bytes(harm(entry.read_bytes()))
    again = place.run()
    assert again["answer"] == 120.0
    assert "total" in again["compiled"]
    assert place.run() == DOUBLED


def test_without_a_folder_to_write_it_only_takes_longer(place, tmp_path):
    (tmp_path / "file").write_text("")
    for where in ("off", tmp_path / "file" / "below", "/proc/no/such/place"):
        got = place.run(cache=where)
        assert got["answer"] == 120.0
        assert "total" in got["compiled"]


def test_a_full_disk_leaves_nothing_behind(place):
    full = (
        "import resource, signal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))"
    )
    assert place.run(before=full)["answer"] == 120.0
    assert [p for p in place.cache.rglob("*") if p.is_file()] == []


def test_processes_that_compile_at_once_do_each_other_no_harm(place):
    together = [place.start() for _ in range(3)]
    assert [finished(one)["answer"] for one in together] == [120.0] * 3
    assert place.run() == DOUBLED
    assert list(place.cache.rglob(".new-*")) == []


def test_a_kill_between_writing_and_naming_leaves_no_entry(place):
    kill = (
        "import os, signal\nfrom pathlib import Path\n"
        "Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)"
    )
    process = place.start(before=kill)
    process.communicate(timeout=300)
    assert process.returncode == -signal.SIGKILL
    assert len(list(place.cache.rglob(".new-*"))) == 1
    assert place.entries == []
    assert place.run()["answer"] == 120.0
    assert place.run() == DOUBLED


class _Trap:
    """Leaves a mark when it is loaded."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return os.mkdir, (str(self.mark),)


def test_code_is_not_loaded_where_others_may_write(place, tmp_path):
    place.run()
    mark = tmp_path / "mark"
    folder = place.cache / "compiled"
    for entry in place.entries:
        compiled._write(entry, pickle.dumps(_Trap(mark)))
    folder.chmod(0o777)
    got = place.run()
    assert got["answer"] == 120.0
    assert "total" in got["compiled"]
    assert not mark.exists()
    folder.chmod(0o700)  # the trap works where code is trusted
    place.run()
    assert mark.exists()


def test_another_users_folder_and_file_are_not_trusted(tmp_path, monkeypatch):
    folder = tmp_path / "compiled"
    folder.mkdir(mode=0o700)
    compiled._write(folder / "one.code", b"code")
    assert kept.doubt(folder) is None
    assert compiled._read(folder / "one.code") == b"code"
    another = folder.stat().st_uid + 1
    monkeypatch.setattr(os, "geteuid", lambda: another)
    assert "belongs to another user" in kept.doubt(folder)
    assert compiled._read(folder / "one.code") is None


def test_a_folder_that_others_could_replace_is_not_trusted(tmp_path):
    above = tmp_path / "above"
    folder = above / "compiled"
    folder.mkdir(parents=True, mode=0o700)
    above.chmod(0o777)
    assert f"chmod go-w {above}" in kept.doubt(folder)
    above.chmod(0o1777)  # as /tmp: nobody may rename what is another's
    assert kept.doubt(folder) is None
    assert kept.doubt(folder / "not" / "there" / "yet") is None
    folder.chmod(0o720)
    assert "others may write" in kept.doubt(folder)


def test_a_link_to_itself_is_not_trusted(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert kept.doubt(tmp_path / "loop") is not None


def test_old_code_and_what_killed_processes_left_make_room(tmp_path, monkeypatch):
    for age, name in enumerate(("newest", "newer", "old")):
        (tmp_path / name).mkdir()
        compiled._write(tmp_path / name / "one.code", bytes(1_000))
        os.utime(tmp_path / name, (1e9 - age, 1e9 - age))
    left = tmp_path / "newest" / ".new-left"
    left.write_bytes(b"half")
    os.utime(left, (1e9, 1e9))
    monkeypatch.setattr(compiled, "LIMIT_BYTES", 2_500)
    compiled._make_room(tmp_path / "newest")
    assert {folder.name for folder in tmp_path.iterdir()} == {"newest", "newer"}
    assert not left.exists()
    assert (tmp_path / "newest" / "one.code").exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_process_numbers_its_functions_apart(place):
    call = "numbers()"
    before = (
        "import os\n"
        "def numbers():\n"
        "    from numba.core.bytecode import FunctionIdentity\n"
        "    read, write = os.pipe()\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        os.write(write, str(next(FunctionIdentity._unique_ids)).encode())\n"
        "        os._exit(0)\n"
        "    os.waitpid(child, 0)\n"
        "    told = int(os.read(read, 100))\n"
        "    return abs(told - next(FunctionIdentity._unique_ids))\n"
    )
    assert place.run(before=before, call=call)["answer"] > 1_000
