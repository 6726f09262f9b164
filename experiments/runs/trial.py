"""Tries strategies, programmes and indicators that are not shipped before anything is run with them.

Comparisons rest on what they promise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sim.scenario import Scenario

TRIAL = "in the trial before the first run"


def own_code(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the strategy and the programmes of a scenario in plain values that are not shipped with the project."""
    return tuple(kind.name for kind in _own_parts(settings))


def own_classes(settings: Mapping[str, Any]) -> list[type[Any]]:
    """Return all classes of the user's own that a run of a scenario follows from, indicators among them."""
    from sim.outcomes.own_indicators import own_indicators

    return [*_own_parts(settings), *own_indicators().values()]


def _own_parts(settings: Mapping[str, Any]) -> list[type[Any]]:
    """Return the strategies of a scenario, then its programmes, that are not shipped; each in the order of names."""
    from sim.programmes.base import programme_class
    from sim.registry import shipped
    from sim.strategies.base import strategy_class

    chosen = settings["strategy"]
    strategies = sorted({chosen["name"], chosen["deployment"] or chosen["name"]})
    parts = [*map(strategy_class, strategies), *map(programme_class, sorted(settings["programmes"]))]
    return [kind for kind in parts if not shipped(kind)]


def try_own(scenarios: Iterable[Scenario]) -> None:
    """Try the user's own strategies, programmes and indicators for some seconds each.

    Strategies and programmes are those of some scenarios, with their parameters; indicators are all.

    Raises
    ------
    BadInput
        For the first that breaks a promise: is not deterministic, remembers, gives orders that are none, or does for
        nothing what costs hours.
    AuthorError
        For the first that fails.
    """
    from sim.outcomes.own_indicators import own_indicators
    from sim.programmes.base import programme_class
    from sim.registry import shipped
    from sim.strategies.base import StrategyParameters, strategy_class

    common = set(StrategyParameters.model_fields)
    tried: list[tuple[str, dict[str, Any]]] = []
    for scenario in scenarios:
        name = scenario.strategy.deployment or scenario.strategy.name
        settings = scenario.strategy.model_dump(mode="json", exclude=common)
        if not shipped(strategy_class(name)) and (name, settings) not in tried:
            from sim.strategies.check import check_strategy

            tried.append((name, settings))
            _try("strategy", name, check_strategy, settings)
        for name, parameters in scenario.programmes.items():
            settings = parameters.model_dump(mode="json")
            if not shipped(programme_class(name)) and (name, settings) not in tried:
                from sim.check import check_programme

                tried.append((name, settings))
                _try("programme", name, check_programme, settings)
    for name in own_indicators():
        from sim.check_indicator import check_indicator

        _try("indicator", name, check_indicator, {})


def _try(what: str, name: str, check: Callable[..., None], settings: dict[str, Any]) -> None:
    from sim.authors import own_traceback
    from sim.parameters import AuthorError, BadInput

    try:
        check(name, **settings)
    except BadInput:
        raise
    except AuthorError as error:
        raise error.at(TRIAL) from None
    except Exception as error:
        said = str(error).removeprefix(f"{what} {name!r}").lstrip(":, ")
        if error.__cause__ is not None and not isinstance(error.__cause__, BadInput):
            raise AuthorError(f"{what} {name!r}", None, said, own_traceback(error.__cause__), TRIAL) from None
        raise BadInput(what, name, f"{said} (beatlab.check_{what} tries it)") from None
