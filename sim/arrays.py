"""The type of a numpy array whose dtype and shape the docstring states, and who may write to arrays."""

from dataclasses import is_dataclass
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Value = TypeVar("Value")


def frozen(value: Value) -> Value:
    """Make every array in a value read-only, and return it: what runs share is frozen where it is made.

    Parameters
    ----------
    value : array, or tuple, dict or dataclass of such values
        Other things in it are left as they are.
    """
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
        frozen(value.base)  # through which a view could still be written to
    elif isinstance(value, tuple):
        for part in value:
            frozen(part)
    elif isinstance(value, dict):
        frozen(tuple(value.values()))
    elif is_dataclass(value) and not isinstance(value, type):
        frozen(vars(value))
    return value


def own(value: Any) -> Any:
    """Return a tuple of arrays and such tuples; those that can be written to are copied, read-only ones are shared."""
    if isinstance(value, np.ndarray):
        return value.copy() if value.flags.writeable else value
    if isinstance(value, tuple):
        parts = [own(part) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value
