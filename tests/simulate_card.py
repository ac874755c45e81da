"""Run one function in a process where a graphics card is simulated by plain Python.

Called with the path of a pickled (folder to import from, "module:function", pickled arguments);
the pickled result is written beside it. A process of its own, because the simulator is chosen when
numba is loaded.
"""

import pickle
import sys
from importlib import import_module
from pathlib import Path


def main(job):
    folder, name, packed = pickle.loads(job.read_bytes())
    sys.path.insert(0, folder)  # before the arguments are unpacked, whose types may lie there
    arguments = pickle.loads(packed)
    module, _, function = name.partition(":")
    result = getattr(import_module(module), function)(*arguments)
    job.with_suffix(".done").write_bytes(pickle.dumps(result))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
