"""What tests ask of a card in another process, where no compiled function can be sent."""

import numpy as np

from overflight.inference import guided_cuda
from overflight.inference.model import balloon
from overflight.physics import weights_cuda
from overflight.physics.launch_cuda import launched


def filtered(kind, parameters, twist, reports, plan, keys, *more):
    """Filter runs of a balloon, or of the flight on a plane; one of them for a single key."""
    if kind == "balloon":
        model = balloon()
    else:
        import jet

        model = jet.MODEL
    several = keys if isinstance(keys, list) else [keys]
    runs = guided_cuda.run(model, parameters, twist, reports, plan, several, *more)
    return runs if several is keys else runs[0]


def resampled(weight_log, n_draws, start, chunks):
    """Parents of systematic draws, and the sums behind them, for each length of chunks."""
    return [_resampled(weight_log, n_draws, start, chunk) for chunk in chunks]


def _resampled(weight_log, n_draws, start, chunk):
    from numba import cuda

    n = len(weight_log)
    n_chunks = -(-n // chunk)
    sums = weights_cuda.sums(n)._replace(
        chunk=chunk,
        parts=cuda.device_array((2, n_chunks), np.float64),
        before=cuda.device_array(n_chunks + 1, np.float64),
    )
    weights, parents = cuda.to_device(weight_log), cuda.device_array(n_draws, np.int32)
    launched(weights_cuda.chunk_highest, n_chunks)(weights, sums)
    launched(weights_cuda.whole_highest, 1)(sums)
    launched(weights_cuda.chunk_sums, n_chunks)(weights, sums)
    launched(weights_cuda.whole_sums, 1)(sums)
    launched(weights_cuda.choose, n_draws)(sums, start, parents)
    return parents.copy_to_host(), sums.found.copy_to_host()
