"""What a user writes to sweep over: `strategy=reactive,hotspot`, `range(5,25,5)`, `choice(…)`, `interval(…)`, globs."""

from __future__ import annotations

import fnmatch
import itertools
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from experiments.settings.folders import yaml_options
from experiments.settings.overrides import GROUPS, TEXTS, plain, read_overrides, with_quotes

if TYPE_CHECKING:
    from collections.abc import Iterable


class Factor(NamedTuple):
    """What is varied in a sweep.

    Attributes
    ----------
    name : str
        A group, or the dotted key of a setting.
    levels : tuple
        Its values; empty: it may have any between `low` and `high`.
    low, high : float or None
        Bounds of an interval; two whole numbers: whole numbers between them.
    """

    name: str
    levels: tuple[Any, ...]
    low: float | None = None
    high: float | None = None

    @property
    def whole(self) -> bool:
        """Whether an interval is one of whole numbers."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    def at(self, share: float) -> Any:
        """Return the value that has a share, 0 ≤ share < 1, of the others below it."""
        if self.levels:
            return self.levels[int(share * len(self.levels))]
        low, high = float(self.low or 0), float(self.high or 0)
        return int(low + share * (high - low + 1)) if self.whole else low + share * (high - low)


_WHOLE = re.compile(r"interval\(\s*[-+]?\d+\s*,\s*[-+]?\d+\s*\)")  # of whole numbers between two


def read_sweep(words: Iterable[str]) -> tuple[dict[str, str], dict[str, Any], tuple[Factor, ...]]:
    """Read the words of a sweep as Hydra writes them.

    Returns
    -------
    choices, values : dict
        Those that are the same everywhere, see `experiments.settings.overrides.read_overrides`.
    factors : tuple of Factor
        Those that vary, in the order of the words; what is given twice counts as given last.

    Raises
    ------
    BadInput
        For a word that is neither.
    """
    found: dict[str, str | Factor] = {}
    for word in words:
        key = word.partition("=")[0]
        found.pop(key, None)
        found[key] = _factor(word) or word
    choices, values = read_overrides(word for word in found.values() if isinstance(word, str))
    return choices, values, tuple(factor for factor in found.values() if isinstance(factor, Factor))


def _factor(word: str) -> Factor | None:
    """Return what a word varies; None: nothing."""
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    from sim.parameters import BadInput

    key, equals, text = word.partition("=")
    if not equals or key in TEXTS:
        return None
    try:
        override = OverridesParser.create().parse_override(f"{key}={with_quotes(text)}")
        if not override.is_sweep_override():
            return None
        if override.is_interval_sweep():
            value: Any = override.value()
            low, high = (number if not _WHOLE.fullmatch(text) else int(number) for number in (value.start, value.end))
            if not low < high:
                raise BadInput(key, text, "an interval whose first number is below its second: interval(5,25)")
            return Factor(key, (), low, high)
        if override.is_choice_sweep() and hasattr(override.value(), "include"):
            return Factor(key, _matching(key, text, override.value()))
        levels = tuple(itertools.islice(override.sweep_iterator(), MOST_LEVELS + 1))
    except BadInput:
        raise
    except (HydraException, ValueError, RecursionError):
        raise BadInput(
            key, text, "values such as 5,15 or range(5,25,5), choice(a,b), interval(5,25), glob(c*); a step is not 0"
        ) from None
    if len(levels) > MOST_LEVELS:
        raise BadInput(key, text, f"at most {MOST_LEVELS:,} values of one key")
    found = tuple(dict.fromkeys(_level(level) for level in levels))
    if not found:
        raise BadInput(key, text, "at least one value: this range is empty")
    return Factor(key, found)


MOST_LEVELS = 100_000


def _level(level: Any) -> Any:
    """Return a level as Python has it; lists and mappings, which are no key of anything, are refused."""
    from sim.parameters import BadInput

    found = plain(level)
    if isinstance(found, list | dict):
        raise BadInput("sweep", found, "single values: numbers, words, true, false or null")
    return found


def _matching(group: str, text: str, glob: Any) -> tuple[str, ...]:
    """Return the options of a group that a glob takes."""
    from sim.parameters import BadInput

    if group not in GROUPS:
        raise BadInput(group, text, f"values; a glob goes with a group: {', '.join(GROUPS)}")
    names = [
        name
        for name in yaml_options(group)
        if any(fnmatch.fnmatch(name, pattern) for pattern in glob.include)
        and not any(fnmatch.fnmatch(name, pattern) for pattern in glob.exclude)
    ]
    if not names:
        raise BadInput(group, text, f"a pattern that takes one of {', '.join(yaml_options(group))}")
    return tuple(names)
