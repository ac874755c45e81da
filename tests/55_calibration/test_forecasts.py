"""Forecasts of known flights: blind to what comes after, and as sure as they may be."""

import dataclasses

import numpy as np
import pytest

from overflight.calibration import air, forecasts, reading
from overflight.errors import OverflightError

HOUR_S = 3_600.0


def test_what_comes_after_is_never_looked_at(drifting, written):
    """Spoil everything after the moment but the truths at the leads: no answer changes."""
    (track,), _ = reading.read_tracks([written(drifting(1_300, 120.0))])
    (along,) = air.of_tracks([track], [])
    start_s = float(track.time_s[400])
    after = track.time_s > start_s
    for lead_s in forecasts.LEADS_S:
        after &= np.abs(track.time_s - start_s - lead_s) > 300.0
    spoilt = np.where(after[:, None], track.normal[:1], track.normal)
    later = track.time_s > start_s  # a height says when the flight ends, so it stays plausible
    heights = np.where(later, np.roll(track.height_m, 7), track.height_m)
    other = dataclasses.replace(track, normal=spoilt, height_m=heights)
    one, two = (forecasts.foretold_from(each, along, start_s) for each in (track, other))
    assert [part.lead_s for part in one] == [part.lead_s for part in two]
    assert len(one) >= 3
    for mine, theirs in zip(one, two, strict=True):
        assert (mine.off_m, mine.rank) == (theirs.off_m, theirs.rank)


@pytest.mark.parametrize(
    ("lat_deg", "lon_deg", "u_mps", "v_mps"), [(88.0, 10.0, 0.0, 12.0), (-60.0, 178.0, 12.0, 0.0)]
)
def test_poles_and_the_antimeridian_are_crossed(drifting, written, lat_deg, lon_deg, u_mps, v_mps):
    found = forecasts.study([written(drifting(900, 120.0, lat_deg, lon_deg, u_mps, v_mps))])
    assert all(np.isfinite([one.off_m, one.rank, one.radius_90_m]).all() for one in found)
    first, *_ = forecasts.of_leads(found)
    assert first.lead_s == 6 * HOUR_S
    assert first.median_m("off_m") < 150e3


def test_regions_grow_with_the_lead_and_hold_a_made_up_flight(drifting, written):
    found = forecasts.study([written(drifting(3_600, 120.0, seed=3))])
    leads = forecasts.of_leads(found)
    assert [one.lead_s for one in leads] == list(forecasts.LEADS_S)
    radii = [one.median_m("radius_90_m") for one in leads]
    assert radii == sorted(radii)
    assert all(one.coverage(0.9) >= 0.6 for one in leads)


def test_effective_counts_what_fits_one_after_the_other(drifting, written):
    found = forecasts.study([written(drifting(2_200, 120.0))])
    for lead in forecasts.of_leads(found):
        assert 1 <= lead.n_effective <= len(lead.parts)
    two_days = forecasts.of_leads(found)[-1]
    assert two_days.n_effective == 1


def test_too_short_a_flight_is_refused(drifting, written):
    with pytest.raises(OverflightError, match="no track afloat for 12 hours"):
        forecasts.study([written(drifting(200, 120.0))])


@pytest.mark.slow
def test_regions_of_the_held_out_flight_hold_what_they_state(shared_data):
    """ANITA-2, to which nothing was fitted; two standard errors of the effective number."""
    path = shared_data / "telemetry" / "tracks" / "ldb_anita2.csv.gz"
    leads = forecasts.of_leads(forecasts.study([path]))
    assert [one.lead_s for one in leads] == list(forecasts.LEADS_S)
    for lead in leads:
        for share in (0.5, 0.9):
            assert abs(lead.coverage(share) - share) <= 2.0 * lead.binomial_sd(share) + 0.01
