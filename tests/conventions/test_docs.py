"""What the documents say is so: commands exist, links lead somewhere, nothing names a machine."""

import importlib.util
import re
import subprocess

import pytest
from typer.main import get_command

from overflight.cli import app

LINK = re.compile(r"!?\[[^\]\n]*\]\(<?([^)<>\s]+)>?(?:\s+\"[^\"]*\")?\)")
FENCE = re.compile(r"^```(?:sh|console|bash)\n(.*?)^```", re.DOTALL | re.MULTILINE)

# Written so that this file does not contain what it looks for.
HOSTS = re.compile(
    r"\b(py" r"pi\.org|files\.python" r"hosted\.org|registry\.npm" r"js\.org|deb\.deb" r"ian\.org"
    r"|index" r"-url|find" r"-links)\b"
)  # fmt: skip
MACHINE_PATHS = re.compile(r"(?<![\w./:~}$*-])/(?:work|root|home|tmp|opt|Users)/\w")
MAKING = re.compile(
    r"\b(?:(?:coding|software|AI|LLM|autonomous)[ -](?:agent|assistant|session)s?|sub-?agents?"
    r"|(?:language|chat)[ -]?(?:model|bot)s?|(?:this|my|our|last|previous) session)\b",
    re.IGNORECASE,
)


def committed(root, *patterns):
    """Files in git (and new ones not ignored), so that a mistake shows before it is committed."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listing.returncode != 0:
        pytest.skip("not a git checkout")
    return [root / name for name in listing.stdout.split("\0") if name and (root / name).is_file()]


def text(path) -> str:
    raw = path.read_bytes()
    return "" if b"\0" in raw[:8192] else raw.decode("utf-8", errors="replace")


def anchors(page: str) -> set[str]:
    """Headings as the code hosts turn them into anchors."""
    titles = re.findall(r"^#+ +(.+?) *$", page, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.fixture(scope="module")
def reference(root):
    spec = importlib.util.spec_from_file_location("cli_reference", root / "tools/cli_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def all_commands(group=None, prefix=""):
    """Every command by its whole name, those of groups included."""
    found = {}
    for name, command in (group or get_command(app)).commands.items():
        if hasattr(command, "commands"):
            found |= all_commands(command, f"{prefix}{name} ")
        else:
            found[f"{prefix}{name}"] = command
    return found


def test_every_command_says_what_it_does_and_shows_an_example():
    commands = all_commands()
    assert "wind inspect" in commands
    lacking = {
        name for name, c in commands.items() if f"Example: overflight {name}" not in (c.help or "")
    }
    assert lacking == set()


def test_every_option_is_explained():
    silent = [
        f"{name} {parameter.name}"
        for name, command in all_commands().items()
        for parameter in command.params
        if not getattr(parameter, "help", None)
    ]
    assert silent == []


def test_the_command_line_reference_is_what_help_prints(reference):
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page(), "run 'make docs'"


def test_the_readme_types_only_commands_that_exist(root):
    typed = [
        line.split()
        for block in FENCE.findall(text(root / "README.md"))
        for line in block.splitlines()
        if line.strip()
    ]
    targets = set(re.findall(r"^([a-z]+):", text(root / "Makefile"), re.MULTILINE))
    commands = set(get_command(app).commands)
    made = [words[1] for words in typed if words[0] == "make"]
    ours = [words[1] for words in typed if words[0] == "overflight"]
    assert {"demo", "test"} <= set(made)
    assert set(made) <= targets
    assert ours
    assert set(ours) <= commands


def test_every_make_target_says_what_it_does(root):
    makefile = text(root / "Makefile")
    targets = re.findall(r"^[a-z]+:(?!=).*$", makefile, re.MULTILINE)
    assert [line for line in targets if " ## " not in line] == []


def test_every_link_inside_the_documents_leads_somewhere(root):
    broken = []
    for page in committed(root, "*.md"):
        for target in LINK.findall(text(page)):
            if re.match(r"[a-z]+:", target):  # the world's links are not ours to keep
                continue
            name, _, anchor = target.partition("#")
            goal = (page.parent / name) if name else page
            if not goal.exists() or (
                anchor and goal.suffix == ".md" and anchor not in anchors(text(goal))
            ):
                broken.append(f"{page.relative_to(root)}: {target}")
    assert broken == []


def test_every_decision_is_listed_in_the_architecture(root):
    listed = text(root / "ARCHITECTURE.md")
    decisions = sorted((root / "docs" / "decisions").glob("*.md"))
    assert decisions
    assert [path.name for path in decisions if path.name not in listed] == []


def test_the_architecture_shows_the_tree_as_it_is(root):
    page, package = text(root / "ARCHITECTURE.md"), root / "src" / "overflight"
    packages = {path.parent.name for path in package.glob("*/__init__.py")}
    assert {name for name in packages if f"`{name}`" not in page} == set()
    named = re.findall(r"`(\w+(?:/\w+)*(?:\.py|/))`", page)
    roots = (package, root)
    assert [name for name in named if not any((top / name).exists() for top in roots)] == []


@pytest.mark.parametrize("rule", [HOSTS, MACHINE_PATHS, MAKING], ids=["hosts", "paths", "making"])
def test_nothing_in_the_tree_names_the_machine_it_was_made_on(root, rule):
    found = [
        f"{path.relative_to(root)}: {match.group()}"
        for path in committed(root)
        for match in rule.finditer(text(path))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        (HOSTS, "see https://py" + "pi.org/project/x"),
        (MACHINE_PATHS, "open('/" + "root/x')"),
        (MAKING, "written by a sub" + "agent"),
    ],
)
def test_each_rule_notices_its_mistake(rule, line):
    assert rule.search(line)


def test_the_tests_that_are_said_to_hold_the_reference_numbers_exist(root):
    """And T16 and T19 to T25, of which the ledgers live, are all among them."""
    told = (root / "docs" / "reference" / "tested-numbers.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", told)
    missing = [
        f"{file}::{name}"
        for file, name in named
        if f"\ndef {name}(" not in (root / file).read_text(encoding="utf-8")
    ]
    assert len(named) > 30
    assert missing == []
    numbers = {int(one) for one in re.findall(r"^\| T(\d+) ", told, re.MULTILINE)}
    assert numbers >= {16, *range(19, 26)}
