"""Four-by-four linear algebra for compiled loops.

Plain loops: for matrices this small they are faster than library calls, and compiling a library
call into a kernel costs seconds at start-up (11 of 44 s in a first version, measured).
Results are written into the last argument.
"""

import math

import numba


@numba.njit(nogil=True, error_model="numpy")
def times(a, b, product):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Write A B."""
    for row in range(4):
        for column in range(4):
            total = 0.0
            for inner in range(4):
                total += a[row, inner] * b[inner, column]
            product[row, column] = total


@numba.njit(nogil=True, error_model="numpy")
def transposed_times(a, b, product):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Write A' B."""
    for row in range(4):
        for column in range(4):
            total = 0.0
            for inner in range(4):
                total += a[inner, row] * b[inner, column]
            product[row, column] = total


@numba.njit(nogil=True, error_model="numpy")
def times_vector(a, v, product):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Write A v."""
    for row in range(4):
        total = 0.0
        for inner in range(4):
            total += a[row, inner] * v[inner]
        product[row] = total


@numba.njit(nogil=True, error_model="numpy")
def transposed_times_vector(a, v, product):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Write A' v."""
    for row in range(4):
        total = 0.0
        for inner in range(4):
            total += a[inner, row] * v[inner]
        product[row] = total


@numba.njit(nogil=True, error_model="numpy")
def dot(a, b):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """a' b of two vectors of four."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3]


@numba.njit(nogil=True, error_model="numpy")
def inverse(matrix, inverted):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Write the inverse by Gauss-Jordan elimination with row pivots; return the determinant."""
    work = matrix.copy()
    determinant = 1.0
    for row in range(4):
        for column in range(4):
            inverted[row, column] = 1.0 if row == column else 0.0
    for column in range(4):
        pivot = column
        for row in range(column + 1, 4):
            if abs(work[row, column]) > abs(work[pivot, column]):
                pivot = row
        if pivot != column:
            determinant = -determinant
            for k in range(4):
                work[column, k], work[pivot, k] = work[pivot, k], work[column, k]
                inverted[column, k], inverted[pivot, k] = inverted[pivot, k], inverted[column, k]
        head = work[column, column]
        determinant *= head
        for k in range(4):
            work[column, k] /= head
            inverted[column, k] /= head
        for row in range(4):
            factor = work[row, column]
            if row != column and factor != 0.0:
                for k in range(4):
                    work[row, k] -= factor * work[column, k]
                    inverted[row, k] -= factor * inverted[column, k]
    return determinant


@numba.njit(nogil=True, error_model="numpy")
def cholesky(matrix, lower):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Write the lower Cholesky factor of a symmetric positive matrix (its lower half is read)."""
    for row in range(4):
        for column in range(row + 1):
            total = matrix[row, column]
            for k in range(column):
                total -= lower[row, k] * lower[column, k]
            if row == column:
                lower[row, row] = math.sqrt(total)
            else:
                lower[row, column] = total / lower[column, column]
