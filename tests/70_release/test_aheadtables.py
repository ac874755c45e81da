"""Paths of a forecast on a map: cut at the antimeridian, whole everywhere else."""

import numpy as np
import pytest

from overflight.release.aheadtables import _parts


def test_a_path_over_the_antimeridian_is_two_lines_that_meet_there():
    parts = _parts(np.array([178.0, -178.0, -174.0]), np.array([10.0, 14.0, 15.0]))
    assert parts == [
        [[178.0, 10.0], [180.0, 12.0]],
        [[-180.0, 12.0], [-178.0, 14.0], [-174.0, 15.0]],
    ]
    back = _parts(np.array([-179.0, 179.0]), np.array([0.0, 2.0]))
    assert back == [[[-179.0, 0.0], [-180.0, 1.0]], [[180.0, 1.0], [179.0, 2.0]]]


def test_other_paths_stay_whole():
    (part,) = _parts(np.array([-10.0, 0.0, 100.0]), np.array([1.0, 2.0, 3.0]))
    assert part == [[-10.0, 1.0], [0.0, 2.0], [100.0, 3.0]]


@pytest.mark.parametrize("n", [0, 1])
def test_a_path_of_no_length_is_no_line(n):
    assert _parts(np.zeros(n), np.zeros(n)) == []
