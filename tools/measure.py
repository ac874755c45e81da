"""Measure what a person waits for: start-up, checking a case, the demo.

Each command runs in a process of its own; the operating system counts its processor time and its
largest memory. Start-up is the best of five, since the machine may be busy with other things.
"""

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]


class Cost(NamedTuple):
    """What one run of a command took."""

    wall_s: float
    cpu_s: float
    memory_mib: float
    status: int


def cost(*arguments: str) -> Cost:
    """Run ``overflight`` with ``arguments``, its output thrown away, and count."""
    command = [sys.executable, "-c", "from overflight.cli import main; main()", *arguments]
    began = time.perf_counter()
    child = os.posix_spawn(
        sys.executable,
        command,
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, used = os.wait4(child, 0)
    per_mib = 2**20 if sys.platform == "darwin" else 2**10  # bytes there, KiB elsewhere
    return Cost(
        wall_s=time.perf_counter() - began,
        cpu_s=used.ru_utime + used.ru_stime,
        memory_mib=used.ru_maxrss / per_mib,
        status=os.waitstatus_to_exitcode(status),
    )


def main() -> int:
    """Print the table; fail where a command fails."""
    case = str(ROOT / "cases" / "2023-conus")
    rows = [
        ("overflight --help", min((cost("--help") for _ in range(5)), key=lambda c: c.cpu_s)),
        (
            "overflight validate",
            min((cost("validate", case) for _ in range(5)), key=lambda c: c.cpu_s),
        ),
    ]
    with tempfile.TemporaryDirectory() as folder:
        rows.append(("overflight demo", cost("demo", "--out", str(Path(folder) / "demo"))))
    print(f"{'command':<22}{'wall s':>9}{'cpu s':>9}{'MiB':>9}{'status':>9}")
    for name, took in rows:
        print(
            f"{name:<22}{took.wall_s:>9.2f}{took.cpu_s:>9.2f}{took.memory_mib:>9.0f}{took.status:>9}"
        )
    return max(took.status for _, took in rows)


if __name__ == "__main__":
    sys.exit(main())
