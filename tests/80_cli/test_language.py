"""An account in Spanish: its page is, and no file for programs knows of it."""

import html
import json
import re
import subprocess
import sys
from dataclasses import replace

import pytest
from quick import QUICK, validated

from overflight import account, publish, reproduce
from overflight.account import Running
from overflight.case.chronology.of_case import MOST_IN_A_SENTENCE, shortened
from overflight.case.load import bundled, load
from overflight.errors import OverflightError

# Words that no Spanish sentence holds, and nearly every English one does.
ENGLISH = frozenset(re.findall(
    r"\w+",
    "the of and is are was were that with from for which not by than they it this be been had has"
    " have where what who how when only into each every at under without within most many some"
    " other its their would could there here",
))  # fmt: skip
OURS = re.compile(r"report\.html|embed\.html|figures/.*\.svg")  # what a reader sees
HASHES = ("manifest.json", "ro-crate-metadata.json")
NAMES = (  # of works, licences and notices that must be cited as they are
    "CC BY 4.0", "Open Database License", "Earth and Space Science", "Statistics Canada Census",
    "This product includes software written and developed by Code 5517 of the U.S. Naval"
    " Research Laboratory (NRL).",
)  # fmt: skip


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """One account, written in Spanish and from the same answers in English."""
    folder = tmp_path_factory.mktemp("languages")
    in_one = publish.write

    def in_both(made, source, how, scratch):
        (folder / "en").mkdir()
        in_one(made, source, replace(how, language="en"), folder / "en")
        in_one(made, source, how, scratch)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publish, "write", in_both)
        running = Running(language="es")
        account.run(bundled("2023-conus"), folder / "es", settings=QUICK, running=running)
    return folder / "en", folder / "es"


def files(release):
    return {p.relative_to(release).as_posix(): p for p in release.rglob("*") if p.is_file()}


def test_no_file_for_programs_changes(both):
    english, spanish = map(files, both)
    assert set(english) == set(spanish)
    changed = {n for n in english if english[n].read_bytes() != spanish[n].read_bytes()}
    assert sorted(name for name in changed if not OURS.fullmatch(name)) == sorted(HASHES)
    assert {"report.html", "embed.html"} <= changed
    assert len(validated(both[1])) == 8


def own_words(value):
    """Every text of a case, the longest first."""
    found = set()

    def gather(one):
        if isinstance(one, str):
            found.add(one)
        elif isinstance(one, dict):
            for inner in one.values():
                gather(inner)
        elif isinstance(one, list | tuple):
            for inner in one:
                gather(inner)
        elif hasattr(one, "__dict__"):
            gather(vars(one))
        elif hasattr(one, "_fields"):
            gather(tuple(one))

    gather(value)
    return sorted((one for one in found if len(one) > 7), key=len, reverse=True)


def shown(page):
    """Texts and labels that a reader meets, white space joined; addresses left out."""
    bare = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    bare = re.sub(r"<a [^>]*>[^<]*</a>", "", bare)
    found = re.findall(r'>([^<]+)<|(?:aria-label|title)="([^"]*)"', bare)
    for text in (html.unescape(one or other) for one, other in found):
        if text.strip():
            yield " ".join(text.split())


def english_in(page, case):
    own = own_words(case) + list(NAMES)
    # What a case says is also told shortened: the beginning of one of its texts.
    starts = {shortened(one, MOST_IN_A_SENTENCE) for one in own}
    found = []
    for text in shown(page):
        rest = text
        for one in sorted({*own, *starts}, key=len, reverse=True):
            rest = rest.replace(" ".join(one.split()), "")
        if any(text.startswith(one[:60]) for one in own if len(one) >= 60):
            continue
        if ENGLISH & set(re.findall(r"[^\W\d_]+", rest.lower())):
            found.append(rest)
    return found


def test_no_english_sentence_of_ours_is_left_on_the_spanish_page(both):
    case = load(bundled("2023-conus"))
    english, spanish = (one / "report.html" for one in both)
    assert english_in(spanish.read_text(encoding="utf-8"), case) == []
    assert english_in((both[1] / "embed.html").read_text(encoding="utf-8"), case) == []
    assert len(english_in(english.read_text(encoding="utf-8"), case)) > 300  # it would see them


def test_the_page_is_whole_and_says_what_it_is(both):
    page = (both[1] / "report.html").read_text(encoding="utf-8")
    assert '<html lang="es">' in page
    assert "Un globo que solo fuera a la deriva encaja con" in page
    assert "not translated" not in page
    assert "no est\u00e1n traducidas" not in page
    assert not [text for text in shown(page) if re.search(r"\{\w*[:}]", text)]


def test_the_figures_speak_the_language_and_their_files_keep_their_names(both):
    drawing = (both[1] / "figures" / "map.svg").read_text(encoding="utf-8")
    assert "Mapa plano de" in drawing


def test_the_manifest_tells_the_language_and_the_release_is_made_again_in_it(both):
    english, spanish = (
        json.loads((one / "manifest.json").read_text(encoding="utf-8")) for one in both
    )
    assert "language" not in english["settings"]
    assert spanish["settings"]["language"] == "es"
    assert spanish["command"].endswith("--language es")
    made = reproduce.reproduce(both[1], reproduce.Inputs())
    assert made.compared.same
    assert "report.html" in made.compared.identical


def test_an_unknown_language_is_refused_before_anything_is_flown(tmp_path):
    with pytest.raises(OverflightError, match="one of en, es"):
        account.run(bundled("2023-conus"), tmp_path / "out", running=Running(language="tlh"))
    assert not list(tmp_path.iterdir())


def test_the_command_line_refuses_it_in_words(root):
    command = [sys.executable, "-c", "from overflight.cli import main; main()"]
    done = subprocess.run(
        [*command, "account", root / "cases" / "2023-pico", "--language", "tlh"],
        capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert "one of en, es" in done.stderr
    assert "Traceback" not in done.stderr
