"""The type of a numpy array whose dtype and shape the docstring states."""

from typing import Any, TypeAlias

from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
