"""Linear algebra of a few local coordinates, for compiled loops.

Plain loops: for matrices this small they are faster than library calls, and compiling a library
call into a kernel costs seconds at start-up (11 of 44 s in a first version, measured).
Results are written into the last argument.
"""

import math

import numpy as np
from numpy.typing import NDArray

from overflight.physics.kernel import bare_loop, kernel

Array = NDArray[np.float64]


@bare_loop
def times(a: Array, b: Array, product: Array) -> None:
    """Write A B."""
    n = a.shape[0]
    for row in range(n):
        for column in range(n):
            product[row, column] = 0.0
        for inner in range(n):
            add_row(product[row], a[row, inner], b[inner])


@bare_loop
def transposed_times(a: Array, b: Array, product: Array) -> None:
    """Write A' B."""
    n = a.shape[0]
    for row in range(n):
        for column in range(n):
            product[row, column] = 0.0
        for inner in range(n):
            add_row(product[row], a[inner, row], b[inner])


@kernel
def add_row(total: Array, share: float, row: Array) -> None:
    """Add so many times one row to another; many matrices here are mostly zeros."""
    if share != 0.0:
        for column in range(row.shape[0]):
            total[column] += share * row[column]


@bare_loop
def transpose(matrix: Array, turned: Array) -> None:
    """Write A'."""
    for row in range(matrix.shape[0]):
        for column in range(matrix.shape[1]):
            turned[column, row] = matrix[row, column]


@bare_loop
def times_vector(a: Array, v: Array, product: Array) -> None:
    """Write A v."""
    n = a.shape[0]
    for row in range(n):
        total = 0.0
        for inner in range(n):
            total += a[row, inner] * v[inner]
        product[row] = total


@bare_loop
def transposed_times_vector(a: Array, v: Array, product: Array) -> None:
    """Write A' v."""
    n = a.shape[0]
    for row in range(n):
        total = 0.0
        for inner in range(n):
            total += a[inner, row] * v[inner]
        product[row] = total


@bare_loop
def dot(a: Array, b: Array) -> float:
    """Inner product of two vectors."""
    total = 0.0
    for inner in range(a.shape[0]):
        total += a[inner] * b[inner]
    return total


@bare_loop
def inverse(matrix: Array, inverted: Array, work: Array) -> float:
    """Write the inverse by Gauss-Jordan elimination with row pivots; return the determinant.

    ``work`` is room for another matrix.
    """
    n = matrix.shape[0]
    determinant = 1.0
    for row in range(n):
        for column in range(n):
            work[row, column] = matrix[row, column]
            inverted[row, column] = 1.0 if row == column else 0.0
    for column in range(n):
        pivot = column
        for row in range(column + 1, n):
            if abs(work[row, column]) > abs(work[pivot, column]):
                pivot = row
        if pivot != column:
            determinant = -determinant
            _swap(work, column, pivot)
            _swap(inverted, column, pivot)
        head = work[column, column]
        determinant *= head
        for entry in range(n):
            work[column, entry] /= head
            inverted[column, entry] /= head
        for row in range(n):
            factor = work[row, column]
            if row != column:
                add_row(work[row], -factor, work[column])
                add_row(inverted[row], -factor, inverted[column])
    return determinant


@bare_loop
def _swap(matrix: Array, one: int, other: int) -> None:
    for column in range(matrix.shape[1]):
        matrix[one, column], matrix[other, column] = matrix[other, column], matrix[one, column]


@bare_loop
def cholesky(matrix: Array, lower: Array) -> None:
    """Write the lower Cholesky factor of a symmetric positive matrix of any size.

    Only the lower half is read and written, so the factor may take the matrix's place.
    """
    for row in range(matrix.shape[0]):
        for column in range(row + 1):
            total = matrix[row, column]
            for k in range(column):
                total -= lower[row, k] * lower[column, k]
            if row == column:
                lower[row, row] = math.sqrt(total)
            else:
                lower[row, column] = total / lower[column, column]
