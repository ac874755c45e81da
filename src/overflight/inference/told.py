"""A sighting on a stratum's timetable: which steps it is about, and what it becomes.

What each kind becomes is in :mod:`overflight.inference.kinds`.
"""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case, Geometry, Sighting
from overflight.flight.hypotheses import Statics
from overflight.flight.levels import heights_along
from overflight.inference.reports import N_DETAIL
from overflight.physics.sphere import n_vector
from overflight.physics.sun import sun_vector

Array = NDArray[np.float64]

# A stray report is at least this many times as spread out as a right one, so that a vague report
# (1 sigma of 500 km) is never evidence against the very place it names.
STRAY_SPREAD = 25.0
SAMPLE_S, MOST_SAMPLES = 3_600.0, 8  # of "throughout": an hour or more apart, and how many


@dataclass(frozen=True)
class Timetable:
    """Steps of one stratum on the account's common grid of ``dt_s`` from the epoch."""

    first_step: int
    n_steps: int
    dt_s: float

    @property
    def start_s(self) -> float:
        """Time of the stratum's first step since the epoch."""
        return self.first_step * self.dt_s

    def step(self, time_s: float) -> float:
        """Steps from the stratum's first to a time since the epoch, not rounded."""
        return time_s / self.dt_s - self.first_step


@dataclass(frozen=True)
class Window:
    """Steps of a report inside the flight, and how many its whole window has."""

    first: int
    last: int
    moments: int


@dataclass(frozen=True)
class Built:
    """One report, as numbers; ``curve`` has one for each of its steps."""

    kind: int
    place: tuple[float, float, float]
    window: Window
    log_norm: float
    stray_log: float
    shape: tuple[float, float, float] = (0.0, 0.0, 0.0)
    detail: Array = field(default_factory=lambda: np.zeros(N_DETAIL))
    corners: Array = field(default_factory=lambda: np.zeros((0, 2)))
    curve: Array = field(default_factory=lambda: np.zeros(0))
    stride: int = 0
    aim: tuple[float, float, float] = (0.0, 0.0, 0.0)
    spread: tuple[float, float, float] = (0.0, 0.0, 0.0)
    due: int = 0
    gauge: float = 0.0


@dataclass(frozen=True)
class Told:
    """A sighting on a stratum's timetable."""

    case: Case
    sighting: Sighting
    statics: Statics
    table: Timetable

    @property
    def opens_s(self) -> float:
        """Start of its window since the epoch."""
        return (self.sighting.time_min - self.case.epoch).total_seconds()

    @property
    def closes_s(self) -> float:
        """End of its window since the epoch."""
        return (self.sighting.time_max - self.case.epoch).total_seconds()

    @property
    def place(self) -> tuple[float, float, float]:
        """The report's own place, as a normal."""
        return n_vector(self.sighting.lat_deg, self.sighting.lon_deg)

    def stray_place_log(self, spread_m2: float) -> float:
        """Log density of a stray report of a place, 1/m2: even over a plausible area (method 4)."""
        return -math.log(max(self.case.plausible_area_m2, STRAY_SPREAD * spread_m2))

    @property
    def stray_log(self) -> float:
        """The same for a report with this position error."""
        return self.stray_place_log(2.0 * math.pi * self.sighting.position_sd_m**2)

    def heights_m(self, window: Window) -> Array:
        """Geometric height of the balloon at the window's steps, the daily swing included."""
        steps = np.arange(window.first, window.last + 1, dtype=np.float64)
        times_s: Array = self.table.start_s + self.table.dt_s * steps
        began_s = self.case.epoch.timestamp()
        suns = np.array([sun_vector(began_s + t) for t in times_s])
        return heights_along(
            self.statics,
            times_s,
            np.tile(np.array(self.place, dtype=np.float64), (len(suns), 1)),
            suns,
        )


def window_of(told: Told) -> Window | None:
    """Steps of a report's window inside the flight; None where there are none.

    A launch or landing happens once: such a report is about the first or last step, if its window
    holds it.
    """
    sighting, table = told.sighting, told.table
    if sighting.geometry is Geometry.LAUNCH:
        held = told.opens_s <= told.statics.launch_s <= told.closes_s
        return Window(0, 0, 1) if held else None
    first = math.floor(told.opens_s / table.dt_s + 0.5) - table.first_step
    last = max(first, math.floor(told.closes_s / table.dt_s + 0.5) - table.first_step)
    if sighting.geometry is Geometry.LANDING:
        end = table.n_steps
        return Window(end, end, 1) if first <= end and last >= end - 1 else None
    if last < 0 or first > table.n_steps:
        return None
    if sighting.when == "throughout" and (first < 0 or last > table.n_steps):
        return None  # it did not fly all the time
    return Window(max(first, 0), min(last, table.n_steps), last - first + 1)


def stride_of(told: Told, window: Window) -> int:
    """Steps between the samples of "throughout"; 0 for "at some time"."""
    if told.sighting.when != "throughout":
        return 0
    apart = (window.last - window.first) / (MOST_SAMPLES - 1)
    return max(1, math.ceil(apart), round(SAMPLE_S / told.table.dt_s))
