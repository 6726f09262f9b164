"""Runs of results done again, with the tracks of their units."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.replay.folders import check_same, chosen, read_folder
from app.replay.recording import Recording, record
from experiments.runs.engines.local import Local
from experiments.runs.placed import run_placed
from experiments.runs.progress import silent
from sim.parameters import BadInput, Unusable
from sim.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.replay.branching import Branch
    from app.replay.folders import Folder, Kept
    from experiments.runs.progress import Progress

MOST_FOLDERS = 2  # sides of a replay
TOLD = ("strategy", "shortage", "replication", "branch", "command")  # of a run, beside its scenario


def sides(folders: Sequence[Folder], strategies: Sequence[str] | None, shortage: str | None) -> list[list[Kept]]:
    """Return the runs of each side of a replay, a run for each replication that all have.

    Parameters
    ----------
    folders : sequence of Folder
        One, whose strategies are the sides, or two, of which each gives one side.
    strategies : sequence of str, optional
        Which; absent: the first two of one folder, the first of each of two.
    shortage : str, optional
        Under which; absent: the first.

    Raises
    ------
    BadInput
        For a strategy or a shortage that a folder does not have, and for folders of two cities.
    """
    one = folders[0]
    wanted = list(strategies or one.strategies[:MOST_FOLDERS])
    if len(folders) > 1:
        wanted = list(strategies or [folder.strategies[0] for folder in folders])
    if not 0 < len(wanted) <= MOST_FOLDERS or (len(folders) > 1 and len(wanted) != len(folders)):
        allowed = "as many as there are folders" if len(folders) > 1 else "one or two"
        raise BadInput("strategies", wanted, allowed)
    places = folders if len(folders) > 1 else [one] * len(wanted)
    replications = min(folder.replications for folder in folders)
    found = [
        [
            folder.run(
                chosen("strategies", name, folder.strategies, folder.place),
                chosen("shortage", shortage or folder.shortages[0], folder.shortages, folder.place),
                replication,
            )
            for replication in range(replications)
        ]
        for folder, name in zip(places, wanted, strict=True)
    ]
    for folder, side in zip(places, found, strict=True):
        if side[0].scenario.city != found[0][0].scenario.city:
            raise Unusable(
                "folder", folder.place, "{} is of another city than the first folder: two on one map are of one"
            )
    return found


def otherwise(side: Sequence[Kept], branch: Branch, days: int | None) -> list[Kept]:
    """Return the runs of a side as they go on otherwise, none of which has been run.

    Raises
    ------
    BadInput
        For a branch that cannot be of the first of them, so that nothing is run in vain.
    """
    scenario = side[0].scenario
    branch.of(scenario.model_copy(update={"days": min(days or scenario.days, scenario.days)}))
    return [replace(one, branch=branch, command="") for one in side]


def read_folders(places: Sequence[str]) -> list[Folder]:
    """Return the results of one or two folders.

    Raises
    ------
    BadInput
        For more of them, and see `read_folder`.
    """
    if len(places) > MOST_FOLDERS:
        raise BadInput("folder", " ".join(places), "one or two folders")
    return [read_folder(place) for place in places]


def recordings(
    runs: Sequence[tuple[Kept, str]], days: int | None = None, workers: int | None = None, show: Progress = silent
) -> list[Recording]:
    """Do runs again, with tracks.

    Parameters
    ----------
    runs : sequence of tuple
        A run, and the folder from which it is.
    days : int, optional
        Of each run, from its beginning; absent: as many as all have. Whole runs are compared with what was kept.
    workers : int, optional
        Processes; absent: one a core.
    show : callable
        Shows the progress.

    Raises
    ------
    BadInput
        When indicators differ from those kept, and for more days than there are.
    """
    tasks: dict[str, tuple[str, dict[str, Any]]] = {}
    most = min(kept.scenario.days for kept, _ in runs)
    if days is not None and not 1 <= days <= most:
        raise BadInput("days", days, f"1 to {most}, the days of the result")
    for number, (kept, _) in enumerate(runs):
        settings = kept.scenario.model_dump(mode="json") | {"days": days or most, "fade_out_days": 0}
        told = {name: getattr(kept, name) for name in TOLD}
        tasks[str(number)] = f"in replication {kept.replication} of {kept.strategy}", {"scenario": settings, **told}
    found: dict[str, Recording] = {}
    run_placed(_recorded, tasks, Local(workers), lambda name, one, _seconds: found.__setitem__(name, one), show)
    done = [found[name] for name in tasks]
    for (kept, place), one in zip(runs, done, strict=True):
        if one.scenario.days == kept.scenario.days and kept.branch is None:
            check_same(kept, one.results.indicators, place)
    return done


def _recorded(task: Mapping[str, Any]) -> Recording:
    """Carry out one run, in any process."""
    scenario = Scenario.model_validate(task["scenario"])
    return record(scenario, **{name: task[name] for name in TOLD})
