"""Where a study looks: points of the unit cube in blocks, of which a longer design has the same ones first.

Points are drawn by SALib (Herman & Usher 2017; Iwanaga, Usher & Herman 2022).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.estimates.intervals import Floats

LEVELS = 4  # of Morris's grid
SCREEN_STREAM, SOBOL_STREAM = 1, 2  # so that the two designs are independent of each other


def trajectories(number: int, parameters: int, seed: int) -> Floats:
    """Return trajectories through a grid, each changing one parameter after the other (Morris 1991).

    Returns
    -------
    array [number, parameters + 1, parameters]
        Shares of each parameter's range.
    """
    import numpy as np
    from SALib.sample import morris

    rng = np.random.default_rng([seed, SCREEN_STREAM])
    found = morris.sample(problem(parameters), number, num_levels=LEVELS, seed=rng)
    return np.asarray(found, dtype=float).reshape(number, parameters + 1, parameters)


def sobol_blocks(number: int, parameters: int, seed: int) -> Floats:
    """Return blocks of a scrambled Sobol sequence (Saltelli et al. 2010).

    A block has a point A, then A with one parameter after the other from B, then the point B.

    Returns
    -------
    array [number, parameters + 2, parameters]
        Shares of each parameter's range.
    """
    import numpy as np
    from SALib.sample import sobol

    rng = np.random.default_rng([seed, SOBOL_STREAM])
    found = sobol.sample(problem(parameters), number, calc_second_order=False, seed=rng)
    return np.asarray(found, dtype=float).reshape(number, parameters + 2, parameters)


def problem(parameters: int) -> dict[str, Any]:
    """Return the unit cube as SALib describes it."""
    names = [f"x{at}" for at in range(parameters)]
    return {"num_vars": parameters, "names": names, "bounds": [[0.0, 1.0]] * parameters}
