"""Every kernel compiles for graphics cards, on machines without one."""

import importlib.util
import os
import re
import subprocess
import sys

import pytest

FEW_REGISTERS = 255  # that a thread of any card has


@pytest.fixture(scope="module")
def table(root):
    """What the tool prints, in a process of its own: it answers for a card that is not there."""
    if importlib.util.find_spec("numba_cuda") is None:
        reason = "numba-cuda is not installed: kernels for cards are not compiled"
        if os.environ.get("CI") == "true" and sys.platform == "linux":
            pytest.fail(reason)
        pytest.skip(reason)
    done = subprocess.run(
        [sys.executable, str(root / "tools" / "compile_for_cuda.py")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()[1:]}


@pytest.mark.slow
def test_every_kernel_compiles_and_fits(root, table):
    """Its arguments into the 4 KB that any card takes, its numbers into registers."""
    written = set()
    for path in (root / "src" / "overflight").rglob("*_cuda.py"):
        written |= set(re.findall(r"@device_loop\s+def (\w+)", path.read_text(encoding="utf-8")))
    assert written
    assert set(table) == written
    for name, row in table.items():
        arguments, _, *per_card = row
        assert 0 < int(arguments) <= 4_096, name
        cards = [per_card[i : i + 4] for i in (0, 4)]
        for size, _, registers, spilled in cards:
            assert int(size) > 0
            if registers != "-":  # the assembler is there
                assert (0 < int(registers) <= FEW_REGISTERS, int(spilled)) == (True, 0), name
