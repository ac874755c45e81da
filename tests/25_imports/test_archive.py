"""Copies beside a case: named by content, checked, and never half-written."""

import os

import pytest

from overflight.errors import OverflightError
from overflight.imports import archive


def test_a_copy_is_kept_listed_and_checked(folder, saved):
    before = (folder / "sources.csv").read_text("utf-8").splitlines()
    (one,) = archive.store(folder, [saved(b"page", "=page.pdf")], "gazette", lambda text: f"{text}")
    assert (folder / "archive" / one.sha256).read_bytes() == b"page"
    after = (folder / "sources.csv").read_text("utf-8").splitlines()
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False, True]
    assert after[1].endswith(one.sha256)
    assert archive.verify(folder, str) == (1, [])
    (again,) = archive.store(folder, [folder.parent / "=page.pdf"], "", str)
    assert (again.new, again.source) == (False, "gazette")
    assert len((folder / "archive" / "index.csv").read_text().splitlines()) == 2


def test_missing_and_changed_copies_are_named(folder, saved):
    one, two = archive.store(folder, [saved(b"a", "a"), saved(b"b", "b")], "", str)
    copy = folder / "archive" / one.sha256
    copy.chmod(0o644)
    copy.write_bytes(b"other")
    (folder / "archive" / two.sha256).unlink()
    whole, wrong = archive.verify(folder, str)
    assert whole == 0
    assert [sentence.split()[-1] for sentence in wrong] == ["now", "missing"]


def test_links_folders_and_devices_are_refused(folder, saved, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(saved(b"secret", "secret"))
    os.mkfifo(tmp_path / "pipe")
    for path in (link, tmp_path, tmp_path / "pipe", tmp_path / "none"):
        with pytest.raises(OverflightError, match=r"is a link|folder or a device|cannot be read"):
            archive.store(folder, [path], "", str)
    assert [one.name for one in (folder / "archive").iterdir()] == []


def test_a_linked_archive_is_refused(folder, saved, tmp_path):
    (folder / "archive").symlink_to(tmp_path)
    with pytest.raises(OverflightError, match="is a link"):
        archive.store(folder, [saved(b"a")], "", str)


def test_another_file_of_a_source_is_refused(folder, saved):
    archive.store(folder, [saved(b"a", "a")], "gazette", str)
    with pytest.raises(OverflightError, match="source gazette has SHA-256"):
        archive.store(folder, [saved(b"b", "b")], "gazette", str)
    with pytest.raises(OverflightError, match=r"not in sources\.csv"):
        archive.store(folder, [saved(b"b", "b")], "nobody", str)


def test_an_interrupted_copy_leaves_nothing(folder, saved, monkeypatch):
    def stop(_):
        raise KeyboardInterrupt

    path = saved(b"a")
    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        archive.store(folder, [path], "gazette", str)
    assert list((folder / "archive").iterdir()) == []
