"""What an account asks of a card in another process, where no compiled function can be sent."""

from overflight.flight import ensemble_cuda
from overflight.inference import guided_cuda
from overflight.inference.model import balloon


def flown(flights, n_each, stride, seed):
    """Flights without evidence."""
    return ensemble_cuda.fly(flights, n_each, stride, seed)


def filtered(*told):
    """Filters of a balloon."""
    return guided_cuda.run(balloon(), *told)
