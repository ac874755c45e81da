"""KMZ with several KML files: all are read, each is named."""

import io
import zipfile

import pytest

from overflight.errors import CaseError, FieldError
from overflight.imports.door import open_file
from overflight.imports.tracks import Answers


def kml(lat, *, timed=True):
    places = "".join(
        f"<Placemark>{f'<TimeStamp><when>2023-02-01T19:{k:02d}:00Z</when></TimeStamp>' * timed}"
        f"<Point><coordinates>-111.{k},{lat},18000</coordinates></Point></Placemark>"
        for k in range(4)
    )
    return f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{places}</Document></kml>'


def packed(saved, files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return saved(out.getvalue(), "flight.kmz")


def test_all_files_are_read_and_each_is_named(saved):
    files = {"doc.kml": kml(46), "files/second.KML": kml(47), "__MACOSX/doc.kml": "x", "a.png": "x"}
    opened = open_file(packed(saved, files), Answers())
    assert opened.driver == "KMZ"
    assert [(one.raw.id, one.raw.lat_deg[0]) for one in opened.tracks] == [
        ("doc.kml", 46.0), ("files/second.KML", 47.0),
    ]  # fmt: skip
    assert all("2 KML files were read: " in one.raw.notes[-1] for one in opened.tracks)


def test_a_file_without_a_track_is_told(saved):
    files = {"doc.kml": kml(46), "empty.kml": kml(47, timed=False), "broken.kml": "<kml"}
    [track] = open_file(packed(saved, files), Answers()).tracks
    assert track.raw.id == "doc.kml"
    assert sum(note.startswith("No track in ") for note in track.raw.notes) == 2


def test_several_tracks_are_asked_for_by_their_file(folder, saved, bring):
    path = packed(saved, {"doc.kml": kml(46), "second.kml": kml(46.4)})
    with pytest.raises(CaseError, match=r"--id with one of: .*second\.kml"):
        bring(path, folder, url="https://example.org/k")
    bring(path, folder, url="https://example.org/k", which="second.kml", every_s=0.0)


def test_none_with_a_track_is_refused(saved):
    with pytest.raises(FieldError, match="2 KML files, none with a place that has a time"):
        open_file(packed(saved, {"a.kml": kml(46, timed=False), "b.kml": "<kml"}), Answers())
