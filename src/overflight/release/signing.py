"""Sign a release's manifest, and check who signed it, with the ``ssh-keygen`` that is installed.

The manifest names every other file by its hash, so one signature stands for all of them. Many
people have a key of OpenSSH already, and publish it where they publish their code; nothing else
needs to be installed. The key is never read here: the program asks for its passphrase itself, or
asks the agent that holds it.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from overflight.errors import OverflightError
from overflight.files import write_whole
from overflight.release import verify
from overflight.release.provenance import MANIFEST, SIGNATURE
from overflight.release.verify import Checked

NAMESPACE = "overflight-release"  # a signature made for something else is none for a release
PROGRAM = "ssh-keygen"
_PATIENCE_S = 60.0  # to check; to sign may wait for a person's passphrase
_MOST_SIGNERS = 20
_LONGEST = 300  # characters of what the program says


@dataclass(frozen=True)
class Signed:
    """Who signed a release, by the name that the list of signers gives, and with which key."""

    principal: str
    told: str  # the program's own line, with the key's fingerprint


def sign(release: Path, key: Path) -> Path:
    """Write a signature of the manifest beside it, in place of an earlier one.

    Parameters
    ----------
    key
        A private key of OpenSSH, or a public one whose private half an agent holds.

    Raises
    ------
    OverflightError
        If the release is not as its manifest says, or the program is absent or cannot sign.
    """
    checked = verify.check(release)
    verify.refuse_wrong(checked, release)
    with tempfile.TemporaryDirectory(prefix="overflight-") as place:
        copy = Path(place) / MANIFEST  # as a file: who is asked for a passphrase types it
        copy.write_bytes(_manifest(release, checked))
        words = ["-Y", "sign", "-n", NAMESPACE, "-f", str(key.absolute()), str(copy)]
        done = _run(words, None, patience_s=None)
        made = copy.with_name(SIGNATURE)
        if done.returncode != 0 or not made.is_file():
            raise OverflightError(
                found=f"{PROGRAM} did not sign: {_said(done)}",
                expected="a private key of OpenSSH that opens, or a public one that an agent has",
                remedy=f"Check the file and its passphrase ('{PROGRAM} -y -f KEY' opens it);"
                f" '{PROGRAM} -t ed25519' makes a new key.",
            )
        write_whole(release / SIGNATURE, made.read_bytes())
        return release / SIGNATURE


def signer(release: Path, checked: Checked, signers: Path) -> Signed:
    """Find out who of a list of signers signed a release.

    Parameters
    ----------
    checked
        What :func:`overflight.release.verify.check` found of the same release.
    signers
        Names and public keys, in the form of OpenSSH's ``allowed_signers``.

    Raises
    ------
    OverflightError
        If it is not signed, by none of them, or for other bytes; or the program is absent.
    """
    path, raw = release / SIGNATURE, _manifest(release, checked)
    if not path.is_file():
        raise OverflightError(
            found=f"{release} is not signed: it holds no {SIGNATURE}",
            expected="a release that one of the signers has signed",
            remedy="Ask its publisher for the signature, or check without --signers.",
        )
    listed, by = str(signers.absolute()), str(path.absolute())
    known = _run(["-Y", "find-principals", "-s", by, "-f", listed])
    names = known.stdout.decode("utf-8", "replace").splitlines()[:_MOST_SIGNERS]
    if known.returncode != 0 or not names:
        raise _refused(
            is_=f"by nobody in {signers.name}: {_said(known)}",
            remedy="If you trust the key, add a line with the signer's name and public key.",
        )
    done = known
    for principal in names:
        done = _run(["-Y", "verify", "-n", NAMESPACE, "-s", by, "-f", listed, "-I", principal], raw)
        if done.returncode == 0:
            return Signed(principal[:_LONGEST], _said(done))
    raise _refused(
        is_=f"no signature of this manifest: {_said(done)}",
        remedy="It was made for other bytes or another purpose, or the key is not valid any more."
        " Ask the publisher for the release that they signed.",
    )


def _refused(*, is_: str, remedy: str) -> OverflightError:
    return OverflightError(
        f"{SIGNATURE} is {is_}", "a valid signature by one of the signers", remedy
    )


def _manifest(release: Path, checked: Checked) -> bytes:
    """The manifest's bytes, if they still are those that were checked."""
    raw = (release / MANIFEST).read_bytes()
    if hashlib.sha256(raw).hexdigest() == checked.manifest_sha256:
        return raw
    raise OverflightError(
        found=f"{MANIFEST} was changed while it was being checked",
        expected="a release that nobody is writing",
        remedy="Run again when that is done.",
    )


def _run(
    words: list[str], given: bytes | None = b"", patience_s: float | None = _PATIENCE_S
) -> "subprocess.CompletedProcess[bytes]":
    """Let the program do its work; no secret is among the words. None leaves it the terminal."""
    program = shutil.which(PROGRAM)
    if program is None:
        raise OverflightError(
            found=f"no {PROGRAM} on the path",
            expected="OpenSSH 8.2 or later, whose tool signs and checks",
            remedy="Install it (Debian and Ubuntu: apt-get install openssh-client; Windows: the"
            " optional feature OpenSSH Client; macOS has it). Hashes are checked without it.",
        )
    try:
        return subprocess.run(  # noqa: S603 (the words are ours, and file names as one word each)
            [program, *words],
            input=given,
            capture_output=True,
            check=False,
            timeout=patience_s,
            env=os.environ | {"LC_ALL": "C"},
        )
    except subprocess.TimeoutExpired:
        raise OverflightError(
            found=f"{PROGRAM} gave no answer within {_PATIENCE_S:.0f} s",
            expected="an answer in a moment",
            remedy=f"Run '{PROGRAM} {' '.join(words[:2])}' by hand and see what it waits for.",
        ) from None


def _said(done: "subprocess.CompletedProcess[bytes]") -> str:
    text = (done.stderr + b" " + done.stdout).decode("utf-8", "replace")
    told = " ".join(text.split())[:_LONGEST]
    return told or f"it ended with status {done.returncode} and said nothing"
