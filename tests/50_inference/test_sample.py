"""The balloon itself through the engine: against the bootstrap filter, and with no evidence."""

import numpy as np
import pytest

from overflight.case.load import load
from overflight.case.template import write_new
from overflight.flight import winds
from overflight.flight.hypotheses import statics
from overflight.inference import guided, observations, stratum, twist
from overflight.inference.model import balloon
from overflight.inference.reports import schedule
from overflight.inference.sample import posterior
from overflight.inference.stratum import Settings, Task

QUICK = Settings(
    n_points=40, n_strata=4, n_filtered=4, n_runs=2, n_particles=16, n_draws=4, n_paths=40,
    n_starts=1, n_defensive=0,
)  # fmt: skip


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("case") / "small"
    write_new(folder)
    case = load(folder)
    wind = winds.of_climatology(case)
    return case, wind.grid, wind.error


def test_the_guided_filter_agrees_with_the_bootstrap_filter_on_a_real_case(small):
    """The same evidence with a twist and without: windows, discs, mixtures and all."""
    case, grid, error = small
    task = Task(
        case, grid, error, Settings(n_starts=1), 3,
        observations.used_for_position(case), observations.used_for_altitude(case),
    )  # fmt: skip
    middle = statics(case, error, 0, np.zeros(6))
    guide = stratum.prepare(task, middle, stratum.reference_noise(task, 0))
    plan = schedule(guide.evidence.reports, guide.table.n_steps)

    def logs(tw, n, keys):
        sizes = guided.Sizes(n, 1, 1, 18)
        told = guide.evidence.reports
        runs = guided.run(balloon(), guide.drift, tw, told, plan, list(keys), sizes)
        return np.array([run.log_evidence for run in runs])

    guided_logs = logs(twist.build(guide.linear, guide.stand_ins), 400, range(8))
    flat = twist.flat(guide.linear.pilot, len(guide.evidence.reports.first))
    plain_logs = logs(flat, 20_000, range(100, 105))
    both = np.logaddexp.reduce(guided_logs) - np.log(8), np.logaddexp.reduce(plain_logs) - np.log(5)
    error_sd = np.hypot(guided_logs.std(ddof=1) / 8**0.5, plain_logs.std(ddof=1) / 5**0.5)
    assert abs(both[0] - both[1]) < 4.0 * error_sd + 0.02
    assert guided_logs.std() < plain_logs.std() * 5  # with a fiftieth of the particles


def test_with_no_evidence_the_evidence_is_one(small):
    case, grid, error = small
    nothing = posterior(case, grid, error, QUICK, 1, leave_out=tuple(s.id for s in case.sightings))
    # Not to the last digit: strata tried later stand for the prior on average only.
    assert nothing.log_evidence == pytest.approx(0.0, abs=0.15)
    assert nothing.sighting_ids == ()
    assert np.isfinite(nothing.lat_deg[:, -1]).all()


def test_taking_a_report_out_by_weights_agrees_with_never_having_seen_it(small):
    """Reweighting against a fresh run: the launch place is known either way."""
    case, grid, error = small
    more = Settings(n_points=60, n_strata=8, n_filtered=8, n_runs=4, n_particles=64, n_starts=1)
    with_it = posterior(case, grid, error, more, 1)
    fresh = posterior(case, grid, error, more, 2, leave_out=("s3",))
    without = with_it.without(("s3",))
    middle_s = with_it.time_s[len(with_it.time_s) // 2]

    def mean_and_sd(paths):
        lat = paths.lat_deg[:, paths.time_s == middle_s][:, 0]
        mean = float(paths.weight @ lat)
        return mean, float(np.sqrt(paths.weight @ (lat - mean) ** 2))

    (mean, sd), (fresh_mean, fresh_sd) = mean_and_sd(without), mean_and_sd(fresh)
    assert mean == pytest.approx(fresh_mean, abs=0.5 * fresh_sd)
    assert sd == pytest.approx(fresh_sd, rel=0.4)
