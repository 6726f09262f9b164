"""From here, otherwise: what is ordered anew at a moment of a replay."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments.languages.speech import listed, say
from experiments.presentation.names import noun, programme_name, strategy_name
from sim.branch import branch
from sim.clock import MINUTES_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sim.scenario import Scenario


@dataclass(frozen=True)
class Branch:
    """What is ordered anew, see `sim.branch.branch`.

    Attributes
    ----------
    at_min : float
        The moment, minutes since the first measured day began.
    strategy : str or mapping, optional
        Which; absent: that which holds.
    programmes : mapping or list of str
        Added to it.
    heads, changes : sequence of mapping
        Personnel and parameters of the police that differ.
    """

    at_min: float
    strategy: str | Mapping[str, Any] | None = None
    programmes: Mapping[str, Mapping[str, Any]] | Sequence[str] = ()
    heads: Sequence[Mapping[str, Any]] = ()
    changes: Sequence[Mapping[str, Any]] = ()

    def of(self, scenario: Scenario) -> Scenario:
        """Return a run that is the same up to the moment, and goes on as is ordered.

        Raises
        ------
        BadInput
            See `sim.branch.branch`.
        """
        return branch(
            scenario, self.at_min, strategy=self.strategy, programmes=self.programmes, heads=self.heads,
            changes=self.changes,
        )  # fmt: skip

    @property
    def first_day(self) -> int:
        """The measured day, from 0, from whose briefing on it holds."""
        return max(math.ceil(self.at_min / MINUTES_PER_DAY), 1)

    @property
    def words(self) -> str:
        """What is otherwise, in the language that is spoken."""
        name = self.strategy if isinstance(self.strategy, str) or self.strategy is None else self.strategy["name"]
        parts = [] if name is None else [strategy_name(name)]
        parts += [programme_name(one) for one in self.programmes]
        parts += [_heads_words(one) for one in self.heads]
        parts += [say("other parameters")] if self.changes else []
        what = listed(parts) if parts else say("as before")
        return say("from day {day} on: {what}", day=self.first_day + 1, what=what)


def _heads_words(change: Mapping[str, Any]) -> str:
    """Say how many more or fewer there are, and where."""
    where = noun(change["post"]) if change.get("post") else say("everywhere")
    if (heads := change.get("heads")) is None:
        return say("{share:.0%} of the personnel ({post})", share=float(change.get("factor", 1)), post=where)
    if change.get("move_to"):
        return say("{n} moved ({post} → {to})", n=f"{heads:g}", post=where, to=noun(change["move_to"]))
    words = "{n} more ({post})" if heads > 0 else "{n} fewer ({post})"
    return say(words, n=f"{abs(heads):g}", post=where)
