"""The tutorial does what it says, command by command."""

import re
import subprocess
import sys

import pytest

STEP = re.compile(
    r"<!-- (?P<note>[^\n]*?) -->\n(?:```(?P<kind>\w+)\n(?P<block>.*?)```)?"
    r"|```(?P<plain>sh|text)\n(?P<lines>.*?)```",
    re.S,
)
PROGRAM = f"{sys.executable} -c 'from overflight.cli import main; main()'"


def run(command, folder):
    shell = command.replace("overflight ", f"{PROGRAM} ", 1)
    done = subprocess.run(
        ["bash", "-c", shell], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def edit(folder, note, block):
    """Do to a file what a person would."""
    if note.startswith("append: "):
        with (folder / note.removeprefix("append: ")).open("a", encoding="utf-8") as out:
            out.write(block)
        return
    name, old, new = re.fullmatch(r"replace: (\S+): (.*) -> (.*)", note).groups()
    text = (folder / name).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.slow
def test_the_tutorial_does_what_it_says(root, tmp_path):
    page = (root / "docs" / "tutorial.md").read_text(encoding="utf-8")
    told, n_commands = "", 0
    for step in STEP.finditer(page):
        note, kind = step["note"], step["kind"] or step["plain"]
        if kind == "text":
            for line in step["lines"].splitlines():
                assert line in told, line
        elif kind == "sh":
            expected = 2 if note == "exit status 2" else 0
            told = ""
            for command in (step["block"] or step["lines"]).splitlines():
                code, said = run(command, tmp_path)
                assert code == expected, said
                told, n_commands = told + said, n_commands + 1
        else:
            edit(tmp_path, note, step["block"])
    assert n_commands == 7
    assert (tmp_path / "my-account" / "report.html").stat().st_size > 100_000
