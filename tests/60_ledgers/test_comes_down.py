"""Where paths come down: zones, the sea, the middle, and what is lost."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from flown import posterior

from overflight.case.model import Site
from overflight.errors import InferenceError
from overflight.fields import places
from overflight.inference import watched
from overflight.inference.landing import Landed
from overflight.inference.onward import Onward
from overflight.ledgers import comes_down

MONTANA, WYOMING, ATLANTIC = (46.5, -108.0), (43.0, -107.5), (32.0, -70.0)


def down_at(spots, weight=None):
    """Paths that hang over Montana and come down at some spots; None where one is lost."""
    n = len(spots)
    time_s = np.array([0.0, 3_600.0])
    more = {} if weight is None else {"weight": np.array(weight)}
    paths = posterior(np.full((n, 2), 46.0), np.full((n, 2), -108.0), time_s, **more)
    lat, lon = np.array([spot or (np.nan, np.nan) for spot in spots]).T
    down_s = np.where(np.isfinite(lat), 3_000.0 + 60.0 * np.arange(n), np.nan)
    return Onward(paths, 3_600.0, 3_600.0, Landed(np.full(n, 600.0), down_s, lat, lon))


def case_of(*sites):
    return SimpleNamespace(areas=(), sites=tuple(sites))


def told(flown, case=None):
    case = case or case_of()
    found = comes_down.ledger(case, flown, places.load().beside(watched.places_of(case)))
    return found, {one.zone: one.probability for one in found.zones}


def test_land_states_and_the_sea_have_their_shares():
    flown = down_at([MONTANA, MONTANA, WYOMING, ATLANTIC])
    found, zones = told(flown)
    assert zones["US"] == pytest.approx(0.75)
    assert zones["US-MT"] == pytest.approx(0.5)
    assert zones["US-WY"] == pytest.approx(0.25)
    assert zones[""] == pytest.approx(0.25)
    assert found.begin.p50_s == 600.0
    assert 3_000.0 <= found.down.p50_s <= 3_180.0


def test_weights_count_and_lost_paths_do_not():
    flown = down_at([MONTANA, WYOMING, None], weight=[0.3, 0.1, 0.6])
    found, zones = told(flown)
    assert found.lost_fraction == pytest.approx(0.6)
    assert zones["US-MT"] == pytest.approx(0.75)
    assert zones[""] == pytest.approx(0.0, abs=1e-12)


def test_the_middle_is_where_they_are():
    found, _ = told(down_at([(46.0, -108.0), (46.2, -108.0)] * 10))
    assert found.lat_deg == pytest.approx(46.1, abs=0.01)
    assert found.half_m == pytest.approx(11_120.0, rel=0.01)


def test_a_site_is_told_though_nothing_comes_down_there():
    near = Site.model_validate(
        {"name": "near", "lat_deg": "46.5", "lon_deg": "-108.0", "radius": "20 km"}
    )
    far = near.model_copy(update={"name": "far", "lat_deg": -30.0})
    aloft = near.model_copy(update={"name": "aloft", "floor_m": 10_000.0})
    _, zones = told(down_at([MONTANA, WYOMING]), case_of(near, far, aloft))
    assert zones["site:near"] == pytest.approx(0.5)
    assert zones["site:far"] == 0.0
    assert zones["site:aloft"] == 0.0  # on the ground it is below the floor


def test_a_balloon_that_stays_aloft_comes_down_nowhere():
    aloft = replace(down_at([MONTANA]), landed=None)
    assert comes_down.ledger(case_of(), aloft, places.load()) is None


def test_no_path_that_comes_down_is_refused():
    with pytest.raises(InferenceError, match="no path that comes down"):
        told(down_at([None, None]))
