"""Runs that several commands need at once: each is done by one of them, and all have it from the store."""

from __future__ import annotations

from time import sleep
from typing import TYPE_CHECKING, NamedTuple

from experiments.runs.progress import remark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from experiments.runs.store.store import Key, Store

POLL_S = 0.5  # between looks at what others have done


class Shared(NamedTuple):
    """The runs of a command that are to be kept in a store.

    Attributes
    ----------
    store : Store
        An open one.
    keys : mapping
        Name of a run → its key. One without is shared with nobody.
    """

    store: Store
    keys: Mapping[str, Key]

    @classmethod
    def of(cls, store: Store, keys: Mapping[str, Key]) -> Shared:
        """Share the runs that a store lacks; one that has failed is done again by whoever asks for it."""
        return cls(store, {name: key for name, key in keys.items() if key not in store})

    def mine(self, names: list[str]) -> list[str]:
        """Return those of some runs that no other command has done or is at; they are this one's now."""
        taken = {*self.store.take([self.keys[name] for name in names if name in self.keys])}
        return [name for name in names if name not in self.keys or self.keys[name] in taken]

    def undone(self, names: Iterable[str]) -> list[str]:
        """Return those of some runs that no command has done, as far as others have shown what they have."""
        self.store.gather()
        return [name for name in names if name not in self.keys or self.keys[name] not in self.store]

    def left_by_others(self, names: Iterable[str], over: Callable[[str], None]) -> list[str]:
        """Wait until other commands have done all of some runs, or have left some; return those.

        Parameters
        ----------
        names : iterable of str
            Runs that others were at.
        over : callable
            Called with each one that is done.
        """
        waiting = list(names)
        free: list[str] = []
        self.store.show()  # who waits for us has not to wait for those for whom we wait
        if waiting:
            remark(f"{len(waiting)} runs are with other commands that use {self.store.folder}, and are waited for")
        while waiting and not free:
            self.store.gather()
            for name in waiting:
                if self.keys[name] in self.store:
                    over(name)
            waiting = [name for name in waiting if self.keys[name] not in self.store]
            free = self.mine(waiting)
            if waiting and not free:
                sleep(POLL_S)
        return free
