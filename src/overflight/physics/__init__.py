"""Numbers in, numbers out: compiled kernels that know SI and nothing else."""
