"""What is told of the progress of drawing paths: all of it, once."""

import pytest

from overflight.inference import sample
from overflight.inference.work import Threads, Work


@pytest.mark.parametrize("draw", [sample.draw, sample.doubted])
def test_progress_reaches_its_total_once_and_never_goes_beyond(small, draw):
    """Second looks are not counted: how many there will be nobody knows before."""
    task, _ = small
    work, told = Work(Threads(1)), []
    draw(task, sample.references(task, work), work, lambda done, total: told.append((done, total)))
    done = [one for one, _ in told]
    (total,) = {whole for _, whole in told}
    assert done == sorted(set(done))
    assert done[-1] == total
