"""A small, valid, commented case to start from: the files in ``example``."""

import shutil
import tempfile
from importlib import resources
from pathlib import Path

from overflight.case.load import FILES
from overflight.errors import CaseError
from overflight.units import shorten


def write_new(folder: Path) -> None:
    """Write the example into a new folder, all of it or nothing; what exists is left alone."""
    if folder.exists() or folder.is_symlink():
        raise CaseError(
            found=f"{shorten(str(folder))} exists already",
            expected="the name of a new folder",
            remedy="Choose another name; nothing was written.",
        )
    if not folder.parent.is_dir():
        raise CaseError(
            found=f"{shorten(str(folder.parent))} is not a folder",
            expected="a new folder inside one that exists",
            remedy="Make it first, or choose another place.",
        )
    example = resources.files("overflight.case") / "example"
    unfinished = Path(tempfile.mkdtemp(prefix=".overflight-", dir=folder.parent))
    try:
        for name in FILES:
            (unfinished / name).write_bytes((example / name).read_bytes())
        unfinished.chmod(0o755)  # a temporary folder is for its maker alone
        unfinished.rename(folder)
    except BaseException:  # Ctrl-C too: nothing half-written stays behind
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
