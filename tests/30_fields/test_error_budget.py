"""The drift error budget of the simulated days comes out as the data's notes print it."""

import importlib.util
import sys

import numpy as np
import pytest


@pytest.fixture(scope="module")
def benchmark_module(root):
    spec = importlib.util.spec_from_file_location(
        "error_budget", root / "benchmarks" / "error_budget.py"
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def simulated(benchmark_module, shared_data):
    return benchmark_module.load(shared_data / "winds" / "simulated_6day_3h_NH.nc")


def test_medians_are_the_printed_ones(benchmark_module, simulated):
    table = benchmark_module.budget(simulated, 70.0)
    for row, printed in benchmark_module.PRINTED_70_HPA.items():
        assert table[row] == pytest.approx(np.array(printed, float), rel=0.01, abs=1.0), row


@pytest.mark.slow
@pytest.mark.parametrize("level_hpa", [100.0, 50.0, 30.0])
def test_other_levels_agree_too(benchmark_module, simulated, level_hpa):
    table = benchmark_module.budget(simulated, level_hpa)
    day = np.array([table[row][benchmark_module.HOURS.index(24)] for row in benchmark_module.ROWS])
    printed = np.array(benchmark_module.PRINTED_24_H[level_hpa], float)
    assert day == pytest.approx(printed, rel=0.01, abs=1.0)


def test_the_ellipsoid_and_our_own_step_change_little(benchmark_module, simulated):
    table = benchmark_module.budget(simulated, 70.0, benchmark_module.on_ellipsoid)
    for row, printed in benchmark_module.PRINTED_70_HPA.items():
        expected = np.array(printed, float)
        assert table[row] == pytest.approx(expected, rel=0.03, abs=1.5), row


def test_what_the_error_model_promises_is_on_the_safe_side(benchmark_module, simulated):
    """Interpolation's misses are remembered for a day, longer than they last."""
    for stride, row in ((8, "24 h fields"), (2, "6 h fields")):
        promised = benchmark_module.promised_km(simulated, 70.0, stride)
        actual = np.array(benchmark_module.PRINTED_70_HPA[row], float)[:, 0]
        assert (promised > actual).all()
        assert (promised < 4.0 * actual).all()
