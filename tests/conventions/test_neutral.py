"""What we ship keeps to geometry and public facts: no words of conflict of our own.

The tables of a case are not read here: their rows are quotations, each with its source.
"""

import re
import subprocess

import pytest

LOADED = re.compile(
    r"\b(weapons?|weaponry|missiles?|warheads?|munitions?|enem(?:y|ies)|spies|spy(?:ing)?"
    r"|kill chain|rules of engagement|hostile (?:power|state|nation))\b",
    re.IGNORECASE,
)
OURS = ("*.md", "*.cff", "NOTICE", "src/*.py", "src/*.html", "src/*.j2", "cases/*/case.yaml")


def shipped(root) -> list[str]:
    listing = subprocess.run(
        ["git", "ls-files", "-z", *OURS], cwd=root, capture_output=True, text=True, check=False
    )
    if listing.returncode != 0:
        pytest.skip("not a git checkout")
    return [name for name in listing.stdout.split("\0") if name and (root / name).is_file()]


def test_our_own_words_are_neutral(root):
    loaded = [
        f"{name}: {match.group()}"
        for name in shipped(root)
        for match in LOADED.finditer((root / name).read_text(encoding="utf-8"))
    ]
    assert loaded == []


def test_the_rule_notices_a_loaded_word():
    assert LOADED.search("the Enemy balloon")
    assert not LOADED.search("the balloon over a spyglass maker's town")
