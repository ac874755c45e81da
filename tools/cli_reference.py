"""Write docs/reference/cli.md from the commands themselves; with --check, only compare.

The page is what ``--help`` prints, so the two cannot drift apart.
"""

import os
import sys
from pathlib import Path

os.environ["COLUMNS"] = "80"  # help is wrapped to the terminal: every machine gets the same page
for variable in ("TERMINAL_WIDTH", "FORCE_COLOR"):
    os.environ.pop(variable, None)

from typer.main import get_command  # noqa: E402 (after the width is set)
from typer.testing import CliRunner  # noqa: E402

from overflight.cli import app  # noqa: E402

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "cli.md"
INTRODUCTION = """\
# Command line

Written by `make docs` from the commands' own help; do not edit.

Exit status: 0 done; 1 a fault of the program; 2 something you can mend, said in words;
130 interrupted. Only `overflight wind fetch` uses a network, and
`account --cluster`, which talks to the scheduler that you name.
"""


def commands() -> list[str]:
    """Return the names of all commands, in the order ``overflight --help`` shows them."""
    names = []
    for name, command in get_command(app).commands.items():
        names.append(name)
        names += [f"{name} {inner}" for inner in getattr(command, "commands", ())]
    return names


def page() -> str:
    """Return the whole page."""
    return "\n".join([INTRODUCTION, *(_section(name) for name in ["", *commands()])])


def _section(name: str) -> str:
    arguments = [*name.split(), "--help"]
    text = CliRunner().invoke(app, arguments, prog_name="overflight").output.strip()
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return f"## `{' '.join(['overflight', *([name] if name else [])])}`\n\n```text\n{lines}\n```\n"


def main() -> int:
    """Write the page, or say that it is out of date."""
    wanted = page()
    if "--check" not in sys.argv[1:]:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(wanted, encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == wanted:
        print("docs/reference/cli.md says what --help says.")
        return 0
    print("docs/reference/cli.md is out of date: run 'make docs'.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
