"""The commands that must answer at once load nothing heavy.

Processor time depends on the machine, what is loaded does not: ``make bench`` measures the time.
"""

import subprocess
import sys

import pytest

from overflight.case.template import write_new

HEAVY = {"numba", "xarray", "pandas", "numpy", "scipy", "jinja2", "shapely", "rich", "matplotlib"}
WATCHED = """
import sys
from overflight.cli import main
try:
    main()
except SystemExit as end:
    status = end.code or 0
print(*sorted(sys.modules), file=sys.stderr)
sys.exit(status)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["validate", "--help"],
        ["wind", "--help"],
        ["wind", "inspect", "--help"],
        ["wind", "build", "--help"],
        ["wind", "fetch", "--help"],
        ["layers", "--help"],
        ["layers", "add", "--help"],
        ["doctor"],
        ["new", "{folder}/another"],
        ["validate", "{folder}/case"],
        ["draft", "--help"],
        ["draft", "{folder}/article.txt", "--json"],
    ],
    ids=" ".join,
)
def test_nothing_heavy_is_loaded(arguments, tmp_path):
    if "{folder}/case" in arguments:
        write_new(tmp_path / "case")
    (tmp_path / "article.txt").write_text("The balloon landed, officials said.", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, *(a.format(folder=tmp_path) for a in arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert "typer" in loaded
    assert loaded & HEAVY == set()
