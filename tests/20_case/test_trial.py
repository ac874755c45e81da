"""A change is tried on a copy that holds all that reading a case looks at."""

from overflight.case.load import load
from overflight.case.template import write_new
from overflight.case.trial import copied

LAYER = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "box"},'
    ' "geometry": {"type": "Polygon", "coordinates":'
    " [[[-110, 45], [-109, 45], [-109, 46], [-110, 46], [-110, 45]]]}}]}"
)


def test_a_copy_of_a_case_with_layers_reads_like_the_case(tmp_path):
    case, place = tmp_path / "case", tmp_path / "place"
    write_new(case)
    (case / "layers").mkdir()
    (case / "layers" / "box.geojson").write_text(LAYER)
    yaml = (case / "case.yaml").read_text()
    (case / "case.yaml").write_text(
        yaml.replace("zones: [country,", "zones: [layers/box.geojson, country,")
    )
    (case / "film.mov").write_bytes(b"\0" * 10)
    place.mkdir()
    trial = copied(case, place)
    assert load(trial).areas == load(case).areas != ()
    assert load(trial).id == "case"
    assert not (trial / "film.mov").exists()
