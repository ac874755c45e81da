"""The least work that still goes through all of an account."""

from overflight.inference.stratum import Settings

QUICK = Settings(
    n_points=40, n_strata=4, n_filtered=4, n_runs=3, n_particles=32, n_draws=8, n_paths=60,
    n_starts=1, n_defensive=0,
)  # fmt: skip
