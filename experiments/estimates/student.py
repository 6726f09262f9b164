"""Student's t, by the functions that stand behind `scipy.stats`: to import that takes half a second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def t_limit(tail: ArrayLike, freedom: ArrayLike) -> Any:
    """Return the value that Student's t exceeds with a probability.

    Parameters
    ----------
    tail : float or array
        The probability, 0 to 1.
    freedom : float or array
        Degrees of freedom, above 0; else the value is not-a-number.
    """
    from scipy.special import stdtrit

    return -stdtrit(freedom, tail)


def t_beyond(value: ArrayLike, freedom: ArrayLike) -> Any:
    """Return the probability that Student's t exceeds a value.

    Parameters
    ----------
    value : float or array
        The value.
    freedom : float or array
        Degrees of freedom, above 0; else the probability is not-a-number.
    """
    from numpy import negative
    from scipy.special import stdtr

    return stdtr(freedom, negative(value))
