"""What the model is built on of Mesa: its models, agents and sets of agents, without what else Mesa loads.

`import mesa` also runs its grids, spaces and tables, and with them pandas, networkx and much of scipy: some 1,400
modules and most of a second, which no run needs. Here the package is opened, so that its parts are found, and what its
`__init__.py` does is put off until somebody asks for a name that it defines, such as `mesa.DataCollector` or
`mesa.space`: a user's `import mesa` is the whole Mesa as ever, as is one that came before ours.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec, module_from_spec
from threading import RLock
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mesa.agent import Agent, AgentSet, GroupBy
    from mesa.model import Model

__all__ = ["Agent", "AgentSet", "GroupBy", "Model"]
_RUNNING = RLock()


class _Opened(ModuleType):
    """A package whose parts can be imported, and whose `__init__.py` runs when a name of its own is asked for."""

    def __getattr__(self, name: str) -> Any:
        with _RUNNING:  # another thread waits until all names are there
            if type(self) is _Opened and not vars(self).get("_begun"):
                assert self.__spec__ is not None
                assert self.__spec__.loader is not None
                self._begun = True
                try:
                    self.__spec__.loader.exec_module(self)
                    self.__class__ = ModuleType  # type: ignore[assignment]  # a module as any other from now on
                finally:
                    del self._begun
            if name in vars(self):
                return vars(self)[name]
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")

    def __dir__(self) -> list[str]:
        self.__getattr__("__all__")
        return sorted(vars(self))


def _open() -> None:
    """Let `mesa` be such a package, unless it is imported already."""
    spec = None if "mesa" in sys.modules else find_spec("mesa")
    if spec is not None:
        package = module_from_spec(spec)
        package.__class__ = _Opened
        sys.modules["mesa"] = package


if not TYPE_CHECKING:
    _open()
    from mesa.agent import Agent, AgentSet, GroupBy
    from mesa.model import Model
