"""Compile every kernel for graphics cards, without a card: what no longer compiles is found here.

    python tools/compile_for_cuda.py

Prints for each kernel the size of the intermediate code (PTX) for compute capability 8.0 and 9.0,
and, where the assembler is installed, the registers of a thread and the bytes that do not fit into
them. Needs the packages of requirements/dev.lock only: no card, no driver, no toolkit.
"""

import re
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from numba import cuda, typeof
from numba.cuda import cuda_paths, dispatcher
from numba.cuda.cudadrv import nvrtc

from overflight.inference import steps_cuda
from overflight.inference.model import balloon
from overflight.inference.reports import Reports, Schedule
from overflight.inference.twist import flat
from overflight.physics import drift_cuda, weights_cuda
from overflight.physics.drift import Drift, LevelLaw
from overflight.physics.inertial import Inertial
from overflight.physics.ou import ou_step
from overflight.physics.windgrid import SigmaTable, WindGrid

CAPABILITIES = ((8, 0), (9, 0))
ASSEMBLER = "nvidia-cuda-nvcc-cu12"
PARAMETER_BYTES = 4096  # of a kernel, on every card


def kernels():
    """Every kernel of the package with arguments of the types that it is called with."""
    one, key, n = np.zeros, np.uint64(1), 4
    drift = _drift()
    batch = drift_cuda.Batch(0, one((7, n)), one((2, 3, n)))
    steps = drift_cuda.Steps(0, 1, 1)
    inertial = Inertial(0.4, 10.0, 20.0, 86_400.0)
    sums = weights_cuda.Sums(1_024, one(n), one((2, 1)), one(2), one(3))
    numbers = one(n, np.int32)
    guide = _guide()
    cloud = steps_cuda.Cloud(
        one((5, n)), one((4, n)), one(n), one((4, n)), one((2, 3, n)), one(1, np.int64)
    )
    loops = steps_cuda.loops(balloon())
    return [
        (drift_cuda.launch, (drift, key, batch)),
        (drift_cuda.launch_whirls, (key, batch)),
        (drift_cuda.march, (drift, key, batch, steps)),
        (drift_cuda.march_turning, (drift, inertial, key, key, batch, steps)),
        (loops.begin, (drift, guide, key, cloud)),
        (loops.advance, (drift, guide, key, cloud, steps_cuda.Steps(0, 1, 1))),
        (weights_cuda.chunk_highest, (one(n), sums)),
        (weights_cuda.whole_highest, (sums,)),
        (weights_cuda.chunk_sums, (one(n), sums)),
        (weights_cuda.whole_sums, (sums,)),
        (weights_cuda.choose, (sums, 0.5, numbers)),
        (weights_cuda.level, (one(n),)),
        (weights_cuda.gather_rows, (one((4, n)), numbers, one((4, n)))),
        (weights_cuda.gather_numbers, (numbers, numbers, numbers)),
        (weights_cuda.trace, (one((2, 3, n)), 0, 1, numbers, one((2, 3, n)))),
    ]


def _drift():
    one = np.zeros
    grid = WindGrid(one(2), one(2), one(2), one(2), one((2, 2, 2, 2, 2), np.float32))
    table = SigmaTable(one(1), one(2), one(2), one(1), one((1, 2, 2, 1)))
    law = LevelLaw(one(3), one(3), one(3), one((3, 3)), 0.0)
    return Drift(grid, table, 1.0, ou_step(86_400.0, 600.0), law, 0.0, 600.0, 1.0, 0.0, 0.0, 0.0)


def _guide():
    one, whole = np.zeros(1), np.zeros(1, np.int64)
    reports = Reports(np.zeros((1, 3)), whole, whole, whole, np.zeros((1, 3)), one, one, one, one)
    return steps_cuda.Guide(
        flat(np.zeros((2, 5)), 1), reports, Schedule(np.zeros(3, np.int64), whole)
    )


def compile_all(capability):
    """Intermediate code of every kernel by name, for one compute capability."""
    _without_a_card(capability)
    code = {}
    for kernel, arguments in kernels():
        types = tuple(typeof(argument) for argument in arguments)
        name = kernel.py_func.__name__
        code[name], _ = cuda.compile_ptx(kernel.py_func, types, device=False, cc=capability)
    return code


def _without_a_card(capability):
    """Answer two questions that the compiler asks a card and one of its libraries.

    A kernel that calls a function asks the card at hand for its capability. And a library that
    compiles C (58 to 89 MB) is asked only which capabilities and which version there are.
    """
    card = SimpleNamespace(compute_capability=capability)
    dispatcher.get_current_device = lambda: card
    nvrtc.get_supported_ccs = lambda: list(CAPABILITIES)
    cuda_paths._get_nvrtc_path = lambda: None


def assembler():
    """Path of the assembler that comes with the compiler's package, or None."""
    try:
        files = metadata.files(ASSEMBLER) or []
    except metadata.PackageNotFoundError:
        return None
    paths = [Path(file.locate()) for file in files if file.name in {"ptxas", "ptxas.exe"}]
    return paths[0] if paths else None


def assembled(program, code, capability):
    """Registers of a thread, and bytes spilled from them, as the assembler says."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "kernel.ptx"
        source.write_text(code)
        arch = f"-arch=sm_{capability[0]}{capability[1]}"
        done = subprocess.run(
            [program, "-v", arch, source, "-o", Path(folder) / "kernel.cubin"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode != 0:
        raise SystemExit("the assembler refuses the code:\n" + done.stderr)
    registers = re.search(r"Used (\d+) registers", done.stderr)
    spilled = re.findall(r"(\d+) bytes spill stores", done.stderr)
    return int(registers[1]), sum(map(int, spilled))


def parameter_bytes(code):
    """Bytes of a kernel's own arguments, all of them passed by value."""
    size = {"64": 8, "32": 4, "16": 2, "8": 1}
    head = re.search(r"\.entry[^(]*\(([^)]*)\)", code)[1]
    return sum(size[bits] for bits in re.findall(r"\.param \.[a-z](\d+)", head))


def main():
    found = {capability: compile_all(capability) for capability in CAPABILITIES}
    program = assembler()
    if program is None:
        print(f"no assembler (package {ASSEMBLER}): registers not known", file=sys.stderr)
    cards = "".join(f"{f'{a}.{b}: PTX':>14}{'registers':>10}{'spilled':>8}" for a, b in found)
    print(f"{'kernel':16}{'arguments':>10}{cards}")
    for name in found[CAPABILITIES[0]]:
        line = f"{name:16}{parameter_bytes(found[CAPABILITIES[0]][name]):>8} B"
        for capability, codes in found.items():
            used = assembled(program, codes[name], capability) if program else ("-", "-")
            line += f"{len(codes[name]) / 1e3:>11.0f} kB{used[0]:>10}{used[1]:>8}"
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
