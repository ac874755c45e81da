"""How the command line ends: the status, the words, and what the terminal is given."""

import os
import signal
import subprocess
import sys

import pytest

from overflight import cli
from overflight.case import load as loading
from overflight.case.template import write_new
from overflight.errors import CaseError

START = [sys.executable, "-c", "from overflight.cli import main; main()"]


@pytest.fixture
def case(tmp_path):
    folder = tmp_path / "a-case"
    write_new(folder)
    return folder


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a command line in this process: (status, standard output, standard error)."""

    def type_in(*arguments):
        monkeypatch.setattr(sys, "argv", ["overflight", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        return end.value.code or 0, *capsys.readouterr()

    return type_in


@pytest.fixture
def loading_fails(monkeypatch):
    def fail_with(error):
        def load(_folder):
            raise error

        monkeypatch.setattr(loading, "load", load)

    return fail_with


def test_a_new_case_is_valid(run, tmp_path):
    folder = tmp_path / "mine"
    status, out, err = run("new", folder)
    assert (status, err) == (0, "")
    assert "overflight validate" in out
    status, out, err = run("validate", folder)
    assert (status, err) == (0, "")
    assert out.startswith("mine: ")
    assert out.endswith("; no mistakes\n")


def test_new_never_writes_over_what_is_there(run, case):
    (case / "case.yaml").write_text("my work")
    status, _, err = run("new", case)
    assert status == 2
    assert err.startswith("overflight: ")
    assert (case / "case.yaml").read_text() == "my work"


def test_a_mistake_in_a_case_is_status_2_and_no_traceback(run, case):
    (case / "case.yaml").write_text("title: [unclosed\n")
    status, out, err = run("validate", case)
    assert (status, out) == (2, "")
    assert err.startswith("overflight: ")
    assert "case.yaml:" in err
    assert "Traceback" not in err


def test_a_missing_folder_is_named(run, tmp_path):
    status, out, err = run("validate", tmp_path / "nowhere")
    assert (status, out) == (2, "")
    assert "nowhere" in err


def test_an_unknown_command_is_status_2(run):
    status, _, err = run("levitate")
    assert status == 2
    assert "levitate" in err


def test_the_version_is_that_of_the_package(run):
    from importlib.metadata import version

    assert run("--version") == (0, f"overflight {version('overflight')}\n", "")


def test_an_error_of_ours_is_printed_in_its_three_parts(run, case, loading_fails):
    loading_fails(CaseError(found="a gap", expected="none", remedy="Fill it."))
    assert run("validate", case) == (2, "", "overflight: a gap; expected none. Fill it.\n")


def test_a_fault_of_the_program_owns_up_without_a_traceback(run, case, loading_fails, monkeypatch):
    monkeypatch.delenv("OVERFLIGHT_DEBUG", raising=False)
    loading_fails(ZeroDivisionError("division by zero"))
    status, _, err = run("validate", case)
    assert status == 1
    assert "a fault of the program, not of your case: ZeroDivisionError" in err
    assert "OVERFLIGHT_DEBUG=1" in err
    assert "Traceback" not in err


def test_the_traceback_is_there_for_who_asks(run, case, loading_fails, monkeypatch):
    monkeypatch.setenv("OVERFLIGHT_DEBUG", "1")
    loading_fails(ZeroDivisionError("division by zero"))
    status, _, err = run("validate", case)
    assert status == 1
    assert "Traceback" in err


def test_a_full_disk_is_something_to_mend(run, case, loading_fails):
    loading_fails(OSError(28, "No space left on device", "somewhere"))
    status, _, err = run("validate", case)
    assert status == 2
    assert err.startswith("overflight: No space left on device: somewhere; expected ")


def test_a_case_cannot_steer_the_terminal(run, case):
    hostile = case.with_name("calm\x1b[2J\u202egnp.[red]x")
    case.rename(hostile)
    status, out, err = run("validate", hostile)
    assert (status, err) == (0, "")
    assert out.startswith(r"calm\x1b[2J\u202egnp.[red]x: ")


def test_control_characters_in_a_mistake_are_shown_but_its_lines_stay(run, case, loading_fails):
    loading_fails(CaseError(found="\x1b]0;title\x07", expected="none", remedy="Mend:\n  a\n  b"))
    status, _, err = run("validate", case)
    assert status == 2
    assert err == "overflight: \\x1b]0;title\\x07; expected none. Mend:\n  a\n  b\n"


@pytest.mark.parametrize("code", [*range(0x20), 0x7F, *range(0x80, 0xA0), 0x200E, 0x2028, 0xD800])
def test_nothing_a_terminal_obeys_gets_through(code):
    shown = cli.plain(chr(code))
    assert shown.isascii()
    assert shown.isprintable()


def test_text_that_the_terminal_cannot_show_does_not_end_the_run(case):
    vilnius = case.with_name("Šiauliai")
    case.rename(vilnius)
    done = subprocess.run(
        [*START, "validate", vilnius],
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "latin-1"},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(rb"\u0160iauliai: ")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
def test_control_c_says_that_nothing_was_written(case):
    waiting = (
        "import time, overflight.case.load as loading\n"
        "def load(folder):\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(60)\n"
        "loading.load = load\n"
        "from overflight.cli import main\n"
        "main()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", waiting, "validate", case],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout.readline() == "ready\n"
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=60)
    assert child.returncode == 130
    assert err == "interrupted: no release was written\n"


def test_a_reader_that_leaves_early_gets_no_traceback():
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [*START, "doctor"], stdout=writing, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(writing)
    assert done.stderr == b""
    assert done.returncode == 1
