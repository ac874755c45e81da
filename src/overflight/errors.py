"""Every error overflight raises on purpose.

::

    OverflightError
      CaseError             the case file says something impossible    -> edit the case
      FieldError            wind or terrain data are unusable          -> get other data
        CoverageError       the data do not reach that place or time
      InferenceError        the sampler cannot answer honestly         -> change the run
      DeviceError           no graphics card, or too small a one       -> use the processor
      CapacityError         memory or disk cannot hold the run      -> ask for less
      MissingExtraError     an optional package is absent              -> install it

An error always says three things: what was found, what was expected, what to do.
"""


class OverflightError(Exception):
    """A problem the person at the keyboard can act on."""

    def __init__(self, found: str, expected: str, remedy: str) -> None:
        super().__init__(found, expected, remedy)  # kept apart, so it survives pickling to a worker
        self.found = found
        self.expected = expected
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.found}; expected {self.expected}. {self.remedy}"


class CaseError(OverflightError, ValueError):  # a ValueError, so that pydantic collects it
    """The case file contradicts itself or the world."""


class FieldError(OverflightError):
    """A wind or terrain dataset cannot be used as it is."""


class CoverageError(FieldError):
    """A dataset does not reach a place or time that the flight needs."""


class InferenceError(OverflightError):
    """The sampler ran, but its answer would mislead."""


class DeviceError(OverflightError):
    """A graphics card is absent, or cannot hold the job."""


class CapacityError(OverflightError):
    """Memory or disk cannot hold what was asked for; said before any of it is taken."""


class MissingExtraError(OverflightError, ImportError):
    """An optional dependency is not installed."""
