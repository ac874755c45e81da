"""Kinds of zone in words: none is told as another, and no minutes where hours are unknown."""

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from flown import southward

from overflight.case import zonekinds
from overflight.case.layers import adding
from overflight.case.load import load
from overflight.case.template import write_new
from overflight.fields import places
from overflight.inference import watched
from overflight.inference.orders import Order
from overflight.inference.quantiles import Spread
from overflight.ledgers import traversed
from overflight.ledgers.traversed import SeaLine, Traversed, ZoneLine
from overflight.release import tables, words, zonetables, zonewords

EPOCH = datetime(2023, 2, 1, tzinfo=UTC)


def spread(middle_s, width_s):
    step = width_s / 4
    quantiles = (middle_s + step * k for k in (-2, -1, 0, 1, 2))
    return Spread(*quantiles, 90.0, (60.0, 70.0, 90.0, 70.0, 60.0))


def zone(name, kind, means="", width_s=900.0):
    return ZoneLine(
        f"zone:{name}", name, kind, 0.9, 0.01, 0.0, 0.0,
        spread(7_200.0, width_s), spread(90_000.0, width_s), spread(5_400.0, width_s), means,
    )  # fmt: skip


def line_of(*zones, **more):
    return Traversed(zones, (), (), (), 500.0, **more)


def test_every_kind_that_a_case_may_name_has_its_own_words():
    assert {*zonekinds.KINDS, "other"} <= set(zonewords.LAWS)
    assert len({law.title for law in zonewords.LAWS.values()}) == len(zonewords.LAWS)
    territory = {name for name, law in zonewords.LAWS.items() if law.is_territory}
    assert territory == {"country", "state", "territorial_sea"}


@pytest.mark.parametrize(
    ("law", "said"),
    [
        ("fir", "not an entry into sovereign airspace"),
        ("adiz", "not an entry into sovereign airspace"),
        ("eez", "no sovereignty over the airspace"),
        ("contiguous_zone", "not sovereign"),
    ],
)
def test_what_is_no_territory_is_never_told_as_one(law, said):
    shown = zonewords.tables(line_of(zone("X", "zone", law), zone("US", "country")), EPOCH)
    (table,) = [one for one in shown if one.rows and one.rows[0][0] == "X"]
    assert said in table.note
    assert not any("ntry" in column or "xit" in column for column in table.columns)
    (country,) = [one for one in shown if one.rows and one.rows[0][0] == "US"]
    assert "sovereignty over the airspace above its territory" in country.note
    assert "Entered at all" in country.columns


def test_two_kinds_never_share_a_table():
    zones = [zone(law, "zone", law) for law in zonekinds.KINDS] + [zone("s", "site", "airport")]
    shown = zonewords.tables(line_of(*zones), EPOCH)
    named = [row[0] for table in shown for row in table.rows]
    assert sorted(named) == sorted([*zonekinds.KINDS, "s"])
    assert all(len(table.rows) <= 1 for table in shown)


def test_no_minutes_where_the_spread_is_hours():
    wide = zone("W", "country", width_s=10 * 3_600.0)
    (row,) = zonewords.tables(line_of(wide), EPOCH)[0].rows
    assert not any(":" in cell or "min" in cell for cell in row)
    assert row[2] == "1 Feb, about 02Z \u00b1 under 1 h"
    sharp = zonewords.tables(line_of(zone("S", "country")), EPOCH)[0].rows[0]
    assert sharp[2] == "1 Feb 02:00Z \u00b1 2 min"
    columns = dict(
        zip(zonetables.ZONE_COLUMNS, zonetables.zone_rows(line_of(wide), EPOCH)[0], strict=True)
    )
    assert columns["entry_p05_utc"] == "2023-01-31T21:00Z"
    assert columns["entry_p50_sd_s"] == "90"
    assert columns["law"] == "country"


def test_only_open_orders_are_shown_and_all_are_in_the_table():
    zones = (zone("A", "zone", "fir"), zone("B", "country"), zone("C", "country"))
    orders = (
        Order("zone:A", "zone:B", 0.5, 0.3, 0.1, 0.05, 0.05, 0.02),
        Order("zone:B", "zone:C", 0.97, 0.02, 0.01, 0.0, 0.0, 0.01),
    )
    line = line_of(*zones, orders=orders)
    table = zonewords.tables(line, EPOCH)[-1]
    assert table.caption == "What came first, where that is open"
    assert table.rows == (
        ("A", "B", "roughly even (50 %) \u00b1 2", "unlikely (30 %)", "15 %", "5 %"),
    )
    assert [row[:3] for row in zonetables.order_rows(line)] == [
        ("zone:A", "zone:B", "0.5000"), ("zone:B", "zone:C", "0.9700"),
    ]  # fmt: skip


def test_the_two_seas_are_told_with_their_difference():
    sea = SeaLine("US", 0.9, 0.88, 0.03, 0.01, spread(-600.0, 1_200.0), None)
    line = line_of(zone("US", "country"), seas=(sea,))
    (table,) = [t for t in zonewords.tables(line, EPOCH) if "two ways" in t.caption]
    assert table.rows[0][:4] == ("US", "90 %", "88 %", "3 %, 1 %")
    assert table.rows[0][4] == "\u221210 min (\u221220 min to 0)"
    assert table.rows[0][5] == "no path enters both"
    (row,) = zonetables.sea_rows(line)
    assert len(row) == len(zonetables.SEA_COLUMNS)


def test_a_layer_of_hundreds_that_nobody_met_is_one_sentence():
    few, many = (tuple(f"Z{k}" for k in range(n)) for n in (3, 400))
    assert len(zonewords.unreached(line_of(unreached=few))) == 3
    (told,) = zonewords.unreached(line_of(unreached=many))
    assert "400 zones" in told
    assert "Z11; and 388 more." in told


def test_rows_are_as_long_as_their_headings():
    line = line_of(replace(zone("=x()", "zone", "eez")))
    assert all(
        len(row) == len(zonetables.ZONE_COLUMNS) for row in zonetables.zone_rows(line, EPOCH)
    )
    assert len(set(zonetables.ZONE_COLUMNS)) == len(zonetables.ZONE_COLUMNS)


def test_the_tables_are_written_with_the_wind_and_cells_that_cannot_run(tmp_path):
    sea = SeaLine("US", 0.9, 0.88, 0.03, 0.01, spread(-600.0, 1_200.0), None)
    order = Order("zone:=x()", "country", 0.5, 0.3, 0.1, 0.05, 0.05, 0.02)
    line = line_of(zone("=x()", "zone", "eez"), seas=(sea,), orders=(order,))
    posterior = SimpleNamespace(epoch=EPOCH, wind_statement="climatology: prior only")
    tables._zones(SimpleNamespace(traversed=line, posterior=posterior), tmp_path)
    for name, columns in (
        ("zones.csv", zonetables.ZONE_COLUMNS), ("orders.csv", zonetables.ORDER_COLUMNS),
        ("seas.csv", zonetables.SEA_COLUMNS),
    ):  # fmt: skip
        with (tmp_path / name).open(encoding="utf-8", newline="") as file:
            headings, row = csv.reader(file)
        assert tuple(headings) == (*columns, "wind")
        assert row[-1] == "climatology: prior only"
        assert not any(cell.startswith("=") for cell in row)


def test_a_layer_goes_all_the_way_from_its_file_to_the_report(tmp_path):
    """A region over the border of 49 N: half of the paths' way through it lies in each country."""
    write_new(tmp_path / "case")
    box = [[-112, 47], [-108, 47], [-108, 51], [-112, 51], [-112, 47]]
    told = {"type": "Polygon", "coordinates": [box]}
    feature = {"type": "Feature", "properties": {"name": "Border"}, "geometry": told}
    (tmp_path / "f.geojson").write_text(json.dumps(feature))
    asked = adding.Options(kind="fir", licence="Nobody, CC0")
    adding.add(tmp_path / "case", tmp_path / "f.geojson", asked, EPOCH)
    areas = load(tmp_path / "case").areas
    assert areas[0].licence == "Nobody, CC0"
    launches = tuple(
        SimpleNamespace(id=name, weight=1.0, time_max=EPOCH) for name in ("first", "second")
    )
    case = SimpleNamespace(sightings=(), launches=launches, areas=areas, sites=())
    paths = southward()
    atlas = places.load().beside(watched.places_of(case))
    kinds = ("country", "state", "territorial_sea", "coast_buffer")
    found = atlas.passages(paths.lat_deg, paths.lon_deg, paths.time_s, kinds, 2)
    found = found.joined(watched.passages(case, paths))
    line = traversed.ledger(case, paths, found, atlas)
    section = words.traversed(line, paths.epoch)
    (table,) = [one for one in section.tables if one.caption.startswith("Flight information")]
    assert table.rows[0][0] == "Border (fir)"
    assert table.rows[0][1].startswith("> 99 %")
    assert "not an entry into sovereign airspace" in table.note
    (one,) = [zone for zone in line.zones if zone.zone == "zone:Border"]
    assert one.inside.p50_s / 3_600.0 == pytest.approx(100.0 * 4.0 / 11.0, abs=0.01)
    order = next(o for o in line.orders if {o.one, o.other} == {"zone:Border", "US"})
    assert (order.first if order.one == "zone:Border" else order.second) == pytest.approx(1.0)
