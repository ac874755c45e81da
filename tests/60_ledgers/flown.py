"""Made-up posteriors: straight paths whose passages are known."""

from datetime import UTC, datetime

import numpy as np

from overflight.inference.posterior import Diagnostics, Posterior

EPOCH = datetime(2023, 2, 1, tzinfo=UTC)


def diagnostics(n):
    return Diagnostics(
        ess=float(n),
        distinct_ancestors=n,
        min_ess_fraction=1.0,
        log_evidence_runs=(-1.0, -1.1),
        log_evidence_strata_sd=0.0,
        log_evidence_defensive=None,
        effective_strata=1.0,
        n_particles=n,
        n_runs=2,
        n_strata=1,
        n_steps=100,
        dt_s=600.0,
        warnings=(),
    )


def posterior(lat_deg, lon_deg, time_s, **changes):
    """Paths at 18.3 km, one weight each; ``changes`` replace any field."""
    lat_deg, lon_deg = np.asarray(lat_deg, float), np.asarray(lon_deg, float)
    n = len(lat_deg)
    none = np.zeros((n, 0))
    flying = np.isfinite(lat_deg)
    fields = {
        "epoch": EPOCH,
        "time_s": np.asarray(time_s, float),
        "lat_deg": lat_deg,
        "lon_deg": lon_deg,
        "height_m": np.where(flying, 18_300.0, np.nan),
        "pressure_pa": np.where(flying, 7_200.0, np.nan),
        "weight": np.full(n, 1.0 / n),
        "launch_ids": ("first", "second"),
        "launch": np.arange(n) % 2,
        "launch_s": np.zeros(n),
        "wind_scale": np.linspace(0.5, 1.5, n),
        "float_height_m": np.full(n, 18_300.0),
        "sighting_ids": (),
        "log_mixture": none,
        "right_probability": none,
        "altitude_ids": (),
        "altitude_log_mixture": none,
        "altitude_right_probability": none,
        "log_evidence": -1.0,
        "log_evidence_sd": 0.1,
        "diagnostics": diagnostics(n),
        "wind_statement": "climatology: prior only",
        "seed": 1,
    }
    return Posterior(**(fields | changes))


def southward(n=200, start_lat=55.0, end_lat=44.0, lon_deg=-110.0, hours=100, late_h=20.0):
    """Paths down a meridian at one speed, each leaving up to ``late_h`` hours later."""
    time_s = np.arange(0.0, (hours + late_h) * 3_600.0, 1_200.0)
    delay_s = np.linspace(0.0, late_h * 3_600.0, n)
    share = (time_s[None, :] - delay_s[:, None]) / (hours * 3_600.0)
    lat = start_lat + (end_lat - start_lat) * share
    lat[(share < 0.0) | (share > 1.0)] = np.nan
    return posterior(lat, np.where(np.isfinite(lat), lon_deg, np.nan), time_s)
