"""What tests ask of a card in another process."""

from overflight.errors import OverflightError
from overflight.flight.ensemble_cuda import fly


def refused(*arguments):
    """What an impossible flight is told."""
    try:
        fly(*arguments)
    except OverflightError as error:
        return str(error)
    return "nothing"
