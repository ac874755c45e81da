"""Bytes from a server that does everything wrong: the right ones in the end, or a clear error."""

import base64
import errno
import hashlib
import random
import signal
import threading
from dataclasses import replace

import hostile
import pytest

from overflight.errors import FieldError
from overflight.fields.fetch import hosts, transfer
from overflight.fields.fetch.ranges import Absent, Client, Limits, Wanted

BODY = random.Random(7).randbytes(300_000)
QUICK = Limits(timeout_s=0.3, attempts=3, backoff_s=0.0, most_bytes=1_000_000, stall_s=0.2)
PATIENT = replace(QUICK, timeout_s=10.0, stall_s=60.0)  # where requests are counted


@pytest.fixture
def server():
    with hostile.running() as server:
        server.objects["/a"] = BODY
        yield server


@pytest.fixture
def client():
    return Client(PATIENT, sleep=lambda seconds: None)


@pytest.fixture
def hasty():
    """Gives up a server that stalls; on a busy machine it may give up a good one too."""
    return Client(QUICK, sleep=lambda seconds: None)


def leave_half(server, client, folder):
    """Cut the object in its middle, and then fail: an earlier run that was given up."""
    server.tricks["/a"] = ["cut", "503", "503", "503"]
    with pytest.raises(FieldError, match="503"):
        client.save(f"{server.url}/a", folder / "a")
    server.log.clear()


@pytest.mark.parametrize(
    "tricks",
    [
        [],
        ["cut"],
        ["cut"] * 9,
        ["503", "cut", "429", "500"],
        ["ignores", "cut"],
        ["off"],
        ["short"],
        ["stalls"],
        ["cut", "changes"],
        ["cut", "ignores"],
        ["lies"],
        ["cut", "off", "short", "stalls", "503"],
    ],
)
@pytest.mark.parametrize(("start", "end"), [(0, None), (0, 250_000), (1_000, 200_001), (7, None)])
def test_a_faulty_server_still_gives_the_right_bytes(server, hasty, tmp_path, tricks, start, end):
    server.tricks["/a"] = list(tricks)
    hasty.save(f"{server.url}/a", tmp_path / "a", start, end)
    assert (tmp_path / "a").read_bytes() == BODY[start:end]
    assert not (tmp_path / "a.part").exists()


@pytest.mark.parametrize(
    ("trick", "words"),
    [
        ("503*", "503"),
        ("429*", "429"),
        ("400*", "answered 400"),
        ("off*", "another range"),
        ("stalls*", "could not reach"),
        ("drips*", "bytes in"),
        ("endless*", "does not end"),
        ("html*", "cut after"),
        ("to https://elsewhere.example/a*", "redirect"),
        ("to http://storage.googleapis.com/a*", "redirect"),
        ("to file:///etc/passwd*", "Redirection"),
    ],
)
def test_a_hopeless_server_is_refused_and_nothing_counts(server, hasty, tmp_path, trick, words):
    server.tricks["/a"] = [trick]
    end = None if "endless" in trick else 200_000
    with pytest.raises(FieldError, match=words):
        hasty.save(f"{server.url}/a", tmp_path / "a", 10, end)
    assert not (tmp_path / "a").exists()


def test_what_is_not_there_is_absent_at_once(server, client, tmp_path):
    with pytest.raises(Absent):
        client.save(f"{server.url}/b", tmp_path / "b")
    assert len(server.log) == 1


def test_a_range_beyond_the_object_names_both_lengths(server, client, tmp_path):
    with pytest.raises(FieldError, match=r"300,000 bytes long; expected at least 300,500"):
        client.save(f"{server.url}/a", tmp_path / "a", 299_000, 300_500)


def test_a_later_run_asks_only_for_the_rest(server, client, tmp_path):
    leave_half(server, client, tmp_path)
    again = Client(PATIENT)
    again.save(f"{server.url}/a", tmp_path / "a")
    assert server.log == [("/a", "bytes=150000-")]
    assert again.received_bytes == 150_000
    assert (tmp_path / "a").read_bytes() == BODY
    server.log.clear()
    again.save(f"{server.url}/a", tmp_path / "a")
    assert server.log == []


def test_a_weak_tag_is_no_promise_but_a_date_is(server, client, tmp_path):
    server.etags["/a"] = 'W/"one"'
    server.headers["/a"] = {"Last-Modified": "Wed, 01 Feb 2023 00:00:00 GMT"}
    leave_half(server, client, tmp_path)
    Client(PATIENT).save(f"{server.url}/a", tmp_path / "a")
    assert server.log == [("/a", "bytes=150000-")]
    assert (tmp_path / "a").read_bytes() == BODY


def test_without_any_mark_of_its_version_an_object_is_begun_anew(server, client, tmp_path):
    server.etags["/a"] = 'W/"one"'
    leave_half(server, client, tmp_path)
    Client(PATIENT).save(f"{server.url}/a", tmp_path / "a")
    assert server.log == [("/a", "bytes=0-")]
    assert (tmp_path / "a").read_bytes() == BODY


def test_ctrl_c_in_the_middle_of_an_object_costs_only_the_rest(
    server, client, tmp_path, monkeypatch
):
    take = transfer.Transfer.take

    def interrupted(state, chunk):
        take(state, chunk)
        if state.count >= 100_000:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(transfer.Transfer, "take", interrupted)
        with pytest.raises(KeyboardInterrupt):
            client.save(f"{server.url}/a", tmp_path / "a")
    assert not (tmp_path / "a").exists()
    here = (tmp_path / "a.part").stat().st_size
    assert here >= 100_000
    server.log.clear()
    Client(PATIENT).save(f"{server.url}/a", tmp_path / "a")
    assert server.log == [("/a", f"bytes={here}-")]
    assert (tmp_path / "a").read_bytes() == BODY


def four(server, folder):
    """Four objects, and what is wanted of each."""
    for i in range(4):
        server.objects[f"/{i}"], server.etags[f"/{i}"] = BODY[i:], f'"{i}"'
    return [Wanted(f"{server.url}/{i}", folder / str(i), 5, 200_000 + i) for i in range(4)]


def test_ranges_are_asked_for_together_and_come_in_order(server, tmp_path):
    client = Client(PATIENT)
    server.barrier = threading.Barrier(4, timeout=5.0)  # breaks unless four requests meet
    wanted = four(server, tmp_path)
    assert client.save_all(wanted) == ['"0"', '"1"', '"2"', '"3"']
    for i, one in enumerate(wanted):
        assert one.path.read_bytes() == BODY[i:][5 : 200_000 + i]
    assert client.received_bytes == sum(one.end - one.start for one in wanted)


def test_one_range_that_fails_costs_none_of_those_on_their_way(server, tmp_path):
    client = Client(PATIENT)
    wanted = four(server, tmp_path)
    server.tricks["/1"] = ["404"]
    server.barrier = threading.Barrier(4, timeout=5.0)  # all are on their way before one fails
    with pytest.raises(Absent):
        client.save_all(wanted)
    server.barrier = None
    assert sorted(p.name for p in tmp_path.iterdir() if p.suffix == "") == ["0", "2", "3"]
    server.log.clear()
    client.save_all(wanted)
    assert server.asked() == ["/1"]


def test_after_a_failure_no_further_range_is_begun(server, tmp_path):
    wanted = four(server, tmp_path)
    server.tricks |= {"/0": ["404"], "/1": ["stalls"]}
    with pytest.raises(Absent):
        Client(replace(QUICK, connections=1)).save_all(wanted)
    assert "/3" not in server.asked()


def test_ctrl_c_stops_ranges_on_their_way_and_the_next_run_goes_on(server, tmp_path):
    wanted = four(server, tmp_path)
    for i in range(4):
        server.tricks[f"/{i}"] = ["drips"]
    slow = Client(PATIENT)

    def interrupt(received_bytes):
        if received_bytes >= 20:
            slow.watch = None  # once
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    slow.watch = interrupt
    with pytest.raises(KeyboardInterrupt):
        slow.save_all(wanted)
    here = {one.path.name: one.path.with_name(f"{one.path.name}.part") for one in wanted}
    sizes = {name: part.stat().st_size for name, part in here.items()}
    assert 20 <= sum(sizes.values()) < 1_000
    assert not any(one.path.exists() for one in wanted)
    server.log.clear()
    slow.save_all(wanted)
    assert dict(server.log) == {
        f"/{i}": f"bytes={5 + sizes[str(i)]}-{199_999 + i}" for i in range(4)
    }
    assert [one.path.read_bytes() for one in wanted] == [
        BODY[i:][5 : 200_000 + i] for i in range(4)
    ]


def test_a_later_run_begins_anew_where_the_object_changed(server, client, tmp_path):
    leave_half(server, client, tmp_path)
    server.objects["/a"], server.etags["/a"] = BODY[::-1], '"other"'
    Client(PATIENT).save(f"{server.url}/a", tmp_path / "a")
    assert server.log == [("/a", "bytes=150000-")]  # If-Range: the server sends the whole at once
    assert (tmp_path / "a").read_bytes() == BODY[::-1]


def test_versions_are_never_mixed_even_if_the_server_does(server, client, tmp_path):
    server.tricks["/a"] = ["cut", "mutates"]
    client.save(f"{server.url}/a", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == BODY[::-1]


def test_bytes_of_another_range_are_never_continued(server, client, tmp_path):
    (tmp_path / "a.part").write_bytes(b"something else")
    client.save(f"{server.url}/a", tmp_path / "a", 5, 50_000)
    assert (tmp_path / "a").read_bytes() == BODY[5:50_000]


def test_a_digest_of_the_server_catches_shifted_bytes(server, client, tmp_path):
    digest = base64.b64encode(hashlib.md5(BODY, usedforsecurity=False).digest()).decode()
    server.headers["/a"] = {"x-goog-hash": f"crc32c=AAAAAA==,md5={digest}"}
    server.tricks["/a"] = ["cut", "shifted"]
    with pytest.raises(FieldError, match="MD5"):
        client.save(f"{server.url}/a", tmp_path / "a")
    client.save(f"{server.url}/a", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == BODY


def test_it_waits_as_long_as_it_is_told_but_not_for_ever(server):
    waits = []
    server.tricks["/a"] = ["429"]
    Client(Limits(backoff_s=0.5), sleep=waits.append).get(f"{server.url}/a")
    assert waits == [7.0]


def test_an_unreachable_host_is_named(client, tmp_path):
    with pytest.raises(FieldError, match=r"could not reach 127\.0\.0\.1:9"):
        client.save("http://127.0.0.1:9/a", tmp_path / "a")


def test_a_full_disk_is_no_fault_of_the_network(server, client, tmp_path, monkeypatch):
    def full(mark, version):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(transfer.Mark, "write", full)
    with pytest.raises(OSError, match="No space left"):
        client.save(f"{server.url}/a", tmp_path / "a")
    assert len(server.log) <= 1


@pytest.mark.parametrize(
    "url", ["http://example.org/a", "ftp://x/a", "file:///etc/passwd", "https://me:key@x.org/a"]
)
def test_only_https_is_asked(client, url, monkeypatch):
    monkeypatch.setenv("OVERFLIGHT_MIRROR_GFS", url)
    with pytest.raises(FieldError, match="https"):
        hosts.base("gfs")
    with pytest.raises(FieldError):
        client.get(url)


def test_a_redirect_may_lead_to_a_known_host_over_https():
    assert hosts.may_follow("https://www.ncei.noaa.gov/a", "https://www.ncei.noaa.gov/b")
    assert hosts.may_follow("https://www.ncei.noaa.gov/a", "https://storage.googleapis.com/b")
    assert not hosts.may_follow("https://www.ncei.noaa.gov/a", "http://www.ncei.noaa.gov/a")
    assert not hosts.may_follow("https://www.ncei.noaa.gov/a", "http://127.0.0.1/a")
