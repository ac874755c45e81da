"""Where a block of particles keeps what: the first entry of every row, one entry a lane.

Each kind of number has one flat array, because the compiler then knows that rows do not overlap.
"""

from overflight.physics.lanes import LANES

# float64: the normal; latitude and longitude, radians; 1 / (N + h) and 1 / (M + h) at 45 degrees;
# the secant of the latitude; the step over both radii; and the normal before the step.
X, Y, Z, LAT, LON, OVER_N, OVER_M, SECANT, STEP_N, STEP_M, WAS_X, WAS_Y, WAS_Z = (
    row * LANES for row in range(13)
)
# The wind's error as two standard normals, now and before the step; the step's four normals; the
# daily rise; log pressure; the error's standard deviation; the five numbers of its memory; and
# shares of the way between two entries of a table.
(ERROR_E, ERROR_N, WAS_ERROR_E, WAS_ERROR_N, NOISE, NOISE_1, NOISE_2, NOISE_3, RISE, LOG_PRESSURE,
 SPREAD, DECAY, GAIN, NOISE_OF_E, NOISE_OF_XE, NOISE_OF_X, SHARE, SHARE_1) = (
    row * LANES for row in range(13, 31)
)  # fmt: skip
# What a balloon that chooses its level or has a velocity of its own keeps beside that, now and
# before the step (:mod:`overflight.physics.steered`), and the further normals of its step.
FURTHER, WAS_FURTHER, MORE_NOISE = 31 * LANES, 42 * LANES, 53 * LANES
N_FURTHER = 11
# Sums of the stages of a march.
WHOLE_E, WHOLE_N = 61 * LANES, 62 * LANES
N_WIDE = 63 * LANES

# float32: the cell in which a step starts, a whole number each, and the share of it; shares of the
# cell where the lane stands; its share between two levels; latitude; step over N and ratio of the
# radii; the shift since the step's start; the wind, turned into the start's frame with a part
# upward; the sums of the stages; the mean velocity that the wind's error adds; and what a march's
# wind differs by from that at a corner of its cell, which is then in U and V.
(I0, J0, EAST0, NORTH0, EAST, NORTH, DOWN, SINE, COSINE, SEC, STEP, RATIO, DLON, DLAT, U, V, UP,
 SUM_E, SUM_N, SUM_U, GUST_E, GUST_N, MORE_E, MORE_N) = (
    row * LANES for row in range(24)
)  # fmt: skip
N_LANES = 24 * LANES

# float32, apart: the wind on the meridians west and east, four numbers together for each lane;
# and where it is in two parts, the wind at a corner of the cell, two numbers each.
CORNER = 4 * LANES
N_NODES = 6 * LANES

# int32: the cell where the lane stands, its level, entries of a table, and of the wind.
CELL, LEVEL, ENTRY, ENTRY_1, AT = (row * LANES for row in range(5))
N_CELLS = 5 * LANES

# uint64: whose random numbers the lane draws, and the four words of a draw.
KEY, PARTICLE, WORD_0, WORD_1, WORD_2, WORD_3 = (row * LANES for row in range(6))
N_WORDS = 6 * LANES
