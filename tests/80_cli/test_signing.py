"""A release is signed with a key that people have, and a forged or missing signature is told."""

import json
import os
import pty
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from overflight.cli import app
from overflight.errors import OverflightError
from overflight.release import comparing, provenance, signing, verify
from overflight.release.provenance import MANIFEST, SIGNATURE, Origin

needed = pytest.mark.skipif(  # in CI its absence fails them
    shutil.which("ssh-keygen") is None and os.environ.get("CI") != "true",
    reason="ssh-keygen is absent (Debian and Ubuntu: apt-get install openssh-client)",
)


@pytest.fixture
def release(tmp_path):
    """A small release; what it tells does not matter here."""
    folder = tmp_path / "release"
    folder.mkdir()
    (folder / "report.html").write_text("<p>It flew.</p>", encoding="utf-8")
    origin = Origin("mine", {}, {"seed": 1}, "overflight account CASE", provenance.today())
    (folder / MANIFEST).write_bytes(provenance.manifest(folder, origin))
    return folder


def make_key(folder, name="key", passphrase=""):
    """A throw-away key, and a line that names its owner."""
    key = folder / name
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", "", "-f", key], check=True
    )
    kind, public = (folder / f"{name}.pub").read_text().split()[:2]
    return key, f"{name}@example.org {kind} {public}\n"


@pytest.fixture
def key(tmp_path):
    """A key, and a file of signers that holds it and another one."""
    own, line = make_key(tmp_path)
    _, other = make_key(tmp_path, "other")
    signers = tmp_path / "signers"
    signers.write_text(other + line)
    return own, signers


def typed(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def signed(release, signers):
    return signing.signer(release, verify.check(release), signers)


@needed
def test_a_signed_release_tells_its_signer_and_is_unchanged(release, key):
    before = {path.name: path.read_bytes() for path in release.iterdir()}
    done = typed("sign", release, "--key", key[0])
    assert done.exit_code == 0, done.output
    assert {path.name for path in release.iterdir()} == {*before, SIGNATURE}
    assert all((release / name).read_bytes() == raw for name, raw in before.items())
    assert verify.check(release).wrong == ()
    done = typed("reproduce", release, "--check-only", "--signers", key[1])
    assert done.exit_code == 0, done.output
    assert "Signed by key@example.org" in done.output
    assert "SHA256:" in done.output
    done = typed("reproduce", release, "--check-only")
    assert "It holds a signature, manifest.json.sig" in done.output


@needed
def test_nothing_of_the_private_key_is_in_the_release(release, key):
    signing.sign(release, key[0])
    secret = "".join(key[0].read_text().splitlines()[1:-1])
    text = (release / SIGNATURE).read_text()
    pieces = {secret[at : at + 40] for at in range(len(secret) - 60, len(secret) - 40)}
    assert not any(piece in "".join(text.split()) for piece in pieces)
    assert str(key[0]) not in text


@needed
def test_a_signature_is_of_one_manifest_alone(release, key):
    """Who changes a file, its hash and the seal cannot change what was signed."""
    signing.sign(release, key[0])
    (release / "report.html").write_text("<p>It did not fly.</p>", encoding="utf-8")
    with pytest.raises(OverflightError, match=r"report\.html: changed"):
        verify.refuse_wrong(verify.check(release), release)
    content = json.loads((release / MANIFEST).read_text())
    content["outputs_sha256"]["report.html"] = provenance.sha256(release / "report.html")
    (release / MANIFEST).write_bytes(provenance.sealed(content))
    verify.refuse_wrong(verify.check(release), release)
    with pytest.raises(OverflightError, match="no signature of this manifest"):
        signed(release, key[1])


@needed
def test_one_byte_of_the_signature_is_enough(release, key):
    signing.sign(release, key[0])
    path = release / SIGNATURE
    raw = path.read_bytes()
    at = raw.index(b"\n", len(raw) // 2) + 10
    path.write_bytes(raw[:at] + (b"A" if raw[at : at + 1] != b"A" else b"B") + raw[at + 1 :])
    with pytest.raises(OverflightError, match=r"manifest\.json\.sig is "):
        signed(release, key[1])


@needed
@pytest.mark.parametrize(
    "text", [b"", b"\0\1\2", b"-----BEGIN SSH SIGNATURE-----\nAAAA\n", b"x" * 99]
)
def test_what_is_no_signature_is_refused_in_words(text, release, key):
    (release / SIGNATURE).write_bytes(text)
    done = typed("reproduce", release, "--check-only", "--signers", key[1])
    assert isinstance(done.exception, OverflightError)
    assert "manifest.json.sig is by nobody in signers" in str(done.exception)


@needed
def test_a_signature_by_somebody_else_is_refused(release, key, tmp_path):
    stranger, _ = make_key(tmp_path, "stranger")
    signing.sign(release, stranger)
    with pytest.raises(OverflightError, match="by nobody in signers"):
        signed(release, key[1])


@needed
def test_a_signature_for_something_else_is_refused(release, key):
    """One that the signer made of the same bytes as a commit, or a letter."""
    words = ["ssh-keygen", "-q", "-Y", "sign", "-n", "git", "-f", key[0], release / MANIFEST]
    subprocess.run(words, check=True, capture_output=True)
    assert (release / SIGNATURE).is_file()
    with pytest.raises(OverflightError, match="no signature of this manifest"):
        signed(release, key[1])


def test_a_release_without_a_signature_is_told_from_one_with_a_bad_one(release, tmp_path):
    (tmp_path / "signers").write_text("")
    with pytest.raises(OverflightError, match="is not signed"):
        signed(release, tmp_path / "signers")


@needed
def test_signing_again_takes_the_earlier_signatures_place(release, key, tmp_path):
    signing.sign(release, tmp_path / "other")
    signing.sign(release, key[0])
    assert signed(release, key[1]).principal == "key@example.org"
    assert len(list(release.iterdir())) == 3


@needed
def test_a_damaged_release_is_not_signed(release, key):
    (release / "report.html").write_text("<p>", encoding="utf-8")
    with pytest.raises(OverflightError, match=r"report\.html: changed"):
        signing.sign(release, key[0])
    assert not (release / SIGNATURE).exists()


@needed
@pytest.mark.parametrize("what", ["no key", "a public key alone", "a passphrase"])
def test_a_key_that_cannot_sign_is_told_in_words(what, release, tmp_path, monkeypatch):
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    path = tmp_path / "own"
    if what == "no key":
        path.write_text("nothing\n")
    else:
        make_key(tmp_path, "own", "a long one" if what == "a passphrase" else "")
        if what == "a public key alone":
            path.unlink()
            path = tmp_path / "own.pub"
    code = (
        "import sys; from pathlib import Path; from overflight.release import signing\n"
        "from overflight.errors import OverflightError\n"
        "try: signing.sign(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "except OverflightError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, release, path], stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False, start_new_session=True, timeout=120,
    )  # fmt: skip
    assert "ssh-keygen did not sign" in done.stdout, done.stderr
    assert not (release / SIGNATURE).exists()


@needed
def test_the_passphrase_is_typed_at_the_terminal(release, tmp_path):
    """It goes from the terminal to the program that holds the key, and through nothing of ours."""
    own, line = make_key(tmp_path, "own", "a long one")
    (tmp_path / "signers").write_text(line)
    child, terminal = pty.fork()
    if child == 0:
        os.environ.pop("SSH_AUTH_SOCK", None)
        words = ["sign", str(release), "--key", str(own)]
        code = "import sys; from overflight import cli; sys.argv[0] = 'overflight'; cli.main()"
        os.execv(sys.executable, [sys.executable, "-c", code, *words])
    said = b""
    deadline = time.monotonic() + 120
    while b"passphrase" not in said and time.monotonic() < deadline:
        said += os.read(terminal, 1_000)
    os.write(terminal, b"a long one\n")
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0, said
    assert signed(release, tmp_path / "signers").principal == "own@example.org"


def test_without_the_program_it_is_said_what_to_install(release, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "key").write_text("")
    with pytest.raises(OverflightError, match="apt-get install openssh-client"):
        signing.sign(release, tmp_path / "key")
    assert typed("reproduce", release, "--check-only").exit_code == 0


@pytest.mark.parametrize("says", ["unknown option -- Y", ""])
def test_a_program_too_old_to_sign_is_told_in_its_words(says, release, tmp_path, monkeypatch):
    """A stand-in for the program, which any machine can run."""
    stand_in = tmp_path / "ssh-keygen"
    stand_in.write_text(f"#!/bin/sh\necho '{says}' >&2\nexit 1\n")
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(OverflightError, match=f"did not sign: {says or 'it ended with status 1'}"):
        signing.sign(release, tmp_path / "key")


@needed
def test_a_second_run_is_not_expected_to_be_signed(release, key, tmp_path):
    copy = Path(shutil.copytree(release, tmp_path / "copy"))
    signing.sign(release, key[0])
    found = comparing.compare(release, copy, 0.0)
    assert found.same
    assert SIGNATURE not in found.identical


@needed
@pytest.mark.parametrize("name", ["\u6c14\u7403 \u0628\u0627\u0644\u0648\u0646", "-rf", "a;b $(c)"])
def test_names_of_folders_are_words_of_no_command(name, release, key, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    release.rename(tmp_path / name)
    signing.sign(Path(name), key[0])
    assert signed(Path(name), key[1]).principal == "key@example.org"
