"""A valid case to spoil, and what the reader says of it."""

import sys
from pathlib import Path

import pytest

from overflight.case.load import load
from overflight.case.template import write_new
from overflight.errors import CaseError

sys.path.append(str(Path(__file__).parent))


class Folder:
    """A copy of the example, with ways to spoil it."""

    def __init__(self, path):
        self.path = path
        write_new(path)

    def change(self, file, old, new):
        text = (self.path / file).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in the example's {file}"
        self.write(file, text.replace(old, new))

    def append(self, file, text):
        self.write(file, (self.path / file).read_text(encoding="utf-8") + text)

    def write(self, file, content):
        raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
        (self.path / file).write_bytes(raw)

    def read(self):
        return load(self.path)

    def mistakes(self):
        """The lines of the message after the first."""
        with pytest.raises(CaseError) as error:
            load(self.path)
        return str(error.value).splitlines()[1:]


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "a-case")
