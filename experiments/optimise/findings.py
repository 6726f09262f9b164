"""What a search found: all numbers and sentences, worked out once, for terminal, page, figure and files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from experiments.estimates.estimate import Estimate, estimate
from experiments.languages.speech import say
from experiments.optimise.candidates import on_front, within
from experiments.presentation.indicators import MARKED_POINTS, MOST_UNSERVED_PERCENT, UNSERVED, factor, indicator
from experiments.presentation.names import option_name
from experiments.presentation.wording import number
from sim.city.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from experiments.estimates.intervals import Floats
    from experiments.optimise.candidates import Choice, Tried
    from experiments.optimise.design import Candidate, Space
    from experiments.optimise.search import Searched

TODAY, CHOSEN, SINGLE, OTHER = ROLES = (
    Notice("today"), Notice("best found"), Notice("best single measure"), Notice("on the front")
)  # fmt: skip
NOTE = Notice(
    "All are judged on seeds that the search has not seen: paired differences to today with their 95 % interval "
    "(Student's t), each for itself. What the search itself had shown stands beside it; the best of many looks better "
    "than it is."
)


class Judged(NamedTuple):
    """A candidate on fresh seeds.

    Attributes
    ----------
    name, role : str
        What it is called, and why it got fresh seeds.
    personnel, yuan_per_year : float
        People on the payroll, and what the police pay for all, mean over the fresh runs.
    levels : dict
        Outcome → mean over the fresh runs, in the unit of tables.
    changes : dict
        Outcome → paired difference to today, in that unit; None for today itself.
    in_search : dict
        Outcome → mean difference to today that the search had shown.
    """

    name: str
    role: str
    personnel: float
    yuan_per_year: float
    levels: dict[str, float]
    changes: dict[str, Estimate]
    in_search: dict[str, float]


@dataclass(frozen=True)
class Optimum:
    """A search and what came of it.

    Attributes
    ----------
    plan : mapping
        See `experiments.optimise.design.design`.
    space : Space
        What was combined.
    chosen : Candidate
        The best within reach by the first outcome, as the search saw it.
    tried : DataFrame
        A row a candidate: name, strategy, each lever's size, personnel, yuan_per_year, outcomes in the unit of tables,
        whether within reach (budget, people, and calls served where that can be), on the front; why_not for those that
        were not run.
    judged : list of Judged
        Today first, then the chosen one, the best single measure, and others of the front.
    sentences : tuple of Notice
        The answer, decision first.
    provenance : dict
        Versions, commit, seed, command, time.
    """

    plan: Mapping[str, Any]
    space: Space
    chosen: Candidate
    tried: pl.DataFrame
    judged: list[Judged]
    sentences: tuple[Notice, ...]
    provenance: dict[str, Any]

    @property
    def fresh(self) -> pl.DataFrame:
        """A row a candidate and outcome on fresh seeds."""
        return pl.DataFrame(
            [
                {
                    "name": one.name, "role": one.role, "personnel": one.personnel, "yuan_per_year": one.yuan_per_year,
                    "outcome": name, "level": one.levels[name], "difference": change.mean, "low": change.lower,
                    "high": change.upper, "in_search": one.in_search[name],
                }
                for one in self.judged
                for name, change in one.changes.items()
            ],
            infer_schema_length=None,
        )  # fmt: skip

    @property
    def outcomes(self) -> list[str]:
        """The indicators that were to be made better."""
        return list(self.plan["outcomes"])


class Results(NamedTuple):
    """A search, and the runs on fresh seeds.

    Attributes
    ----------
    searched : Searched
        What was tried and left out.
    choice : Choice
        Who got fresh seeds, and why.
    fresh : list of Tried
        Their fresh runs, in the order of `choice.wanted`, today first.
    """

    searched: Searched
    choice: Choice
    fresh: list[Tried]


def findings(
    plan: Mapping[str, Any], space: Space, results: Results, residents: int, provenance: dict[str, Any]
) -> Optimum:
    """Work out what a search found."""
    scale = {name: factor(name, residents, plan["days"]) for name in plan["outcomes"]}
    judged = _judged(plan, space, results, scale)
    frame = _frame(plan, space, results.searched, scale)
    sentences = _sentences(plan, judged, _against_single(plan, results, scale), _unserved(results), frame)
    return Optimum(plan, space, results.choice.chosen, frame, judged, sentences, provenance)


def _judged(plan: Mapping[str, Any], space: Space, results: Results, scale: Mapping[str, float]) -> list[Judged]:
    """Return the candidates on fresh seeds, today first."""
    searched = {one.candidate: one for one in results.searched.tried}
    today, before = results.fresh[0], searched[space.status_quo]
    roles = {results.choice.single: SINGLE, results.choice.chosen: CHOSEN, space.status_quo: TODAY}  # the last counts
    return [
        Judged(
            space.name(one.candidate),
            roles.get(one.candidate, OTHER),
            one.personnel,
            one.yuan_per_year(plan["days"]),
            {name: one.mean(name) * by for name, by in scale.items()},
            {name: _change(one.values[name], today.values[name], by) for name, by in scale.items()},
            {name: (searched[one.candidate].mean(name) - before.mean(name)) * by for name, by in scale.items()},
        )
        for one in results.fresh
    ]


def _change(values: Floats, against: Floats, by: float) -> Estimate:
    """Return a paired difference in the unit of tables; unknown where some run never reached, or has not got it."""
    if not (np.isfinite(values).all() and np.isfinite(against).all()):
        return Estimate(None, None, None)
    return estimate((values - against) * by)


def _frame(plan: Mapping[str, Any], space: Space, searched: Searched, scale: Mapping[str, float]) -> pl.DataFrame:
    """Return a row a candidate, those that were left out at the end."""
    fitting = within(searched.tried, plan)
    fits, best = ({one.candidate for one in some} for some in (fitting, on_front(fitting, plan["outcomes"])))
    ran = [
        {
            **_said(space, one.candidate), "personnel": one.personnel, "yuan_per_year": one.yuan_per_year(plan["days"]),
            **{name: one.mean(name) * by for name, by in scale.items()},
            "within": one.candidate in fits, "on_front": one.candidate in best, "why_not": None,
        }
        for one in searched.tried
    ]  # fmt: skip
    left_out = [
        {
            **_said(space, candidate), "personnel": of_one.personnel, "yuan_per_year": None, **dict.fromkeys(scale),
            "within": False, "on_front": False, "why_not": of_one.why_not,
        }
        for candidate, of_one in searched.left_out.items()
    ]  # fmt: skip
    rows: list[dict[str, Any]] = [*ran, *left_out]
    return pl.DataFrame(rows, infer_schema_length=None)


def _said(space: Space, candidate: Candidate) -> dict[str, Any]:
    """Return what a candidate consists of."""
    from scenarios.levers import size_of

    used = {lever["kind"]: (size_of(lever) or ("", 1.0))[1] for lever in space.measures(candidate)}
    sizes = {kind: float(used.get(kind, 0.0)) for kind in space.levers}
    return {"name": space.name(candidate), "strategy": candidate.strategy, **sizes}


def _against_single(plan: Mapping[str, Any], results: Results, scale: Mapping[str, float]) -> Estimate | None:
    """Return the paired difference of the chosen candidate to the best single measure; None where they are the same."""
    first, choice = plan["outcomes"][0], results.choice
    if choice.chosen == choice.single:
        return None
    fresh = {one.candidate: one.values[first] for one in results.fresh}
    return _change(fresh[choice.chosen], fresh[choice.single], scale[first])


def _unserved(results: Results) -> list[Notice]:
    """Say with how many calls without a unit the chosen candidate comes, where these are many, or many more."""
    today = results.fresh[0]
    chosen = next(one for one in results.fresh if one.candidate == results.choice.chosen)
    share, before = number(chosen.unserved_percent), number(today.unserved_percent)
    if chosen.unserved_percent > MOST_UNSERVED_PERCENT:
        words = (
            "With it, too, the force cannot serve its calls: {share} % of those for a unit get none, {today} % today."
        )
        return [Notice(words, share=share, today=before)]
    change = _change(chosen.values[UNSERVED], today.values[UNSERVED], 100)
    if verdict_of(change, indicator(UNSERVED).good) == "worse" and (change.mean or 0.0) >= MARKED_POINTS:
        words = "Its price: {share} % of the calls for a unit get none, {today} % today."
        return [Notice(words, share=share, today=before)]
    return []


def _sentences(
    plan: Mapping[str, Any], judged: list[Judged], against: Estimate | None, unserved: list[Notice], frame: pl.DataFrame
) -> tuple[Notice, ...]:
    """Say what was found, decision first."""
    first, outcome = plan["outcomes"][0], _label(plan["outcomes"][0])
    ran = frame.filter(pl.col("why_not").is_null()).height
    left_out = [_left_out(frame)] if frame["why_not"].is_not_null().any() else []
    if all(one.role != CHOSEN for one in judged):
        words = "Of {n} candidates none within reach is better by {outcome} than what is done today."
        return (Notice(words, n=ran, outcome=outcome), *left_out)
    today, chosen = judged[:2]
    change, good = chosen.changes[first], indicator(first).good
    told = {
        "name": option_name(chosen.name), "outcome": outcome, "change": _told(change), "unit": indicator(first).unit,
        "n": ran, "fresh": plan["fresh"],
    }  # fmt: skip
    verdict = verdict_of(change, good)
    if verdict == "better":
        words = (
            "Do this: {name}. On {fresh} fresh seeds {outcome} changes by {change} {unit} against today; it is the "
            "best of {n} candidates that were run."
        )
    elif verdict == "undecided":
        words = (
            "Nothing is sure: {name} looked best of {n} candidates, but on {fresh} fresh seeds {outcome} changes by "
            "{change} {unit} against today, which may be chance."
        )
    else:
        words = (
            "Do not do this: {name} looked best of {n} candidates, and is worse on {fresh} fresh seeds: {outcome} "
            "changes by {change} {unit} against today."
        )
    decision = Notice(words, **told)
    cost = Notice(
        "It costs {yuan} yuan per year with {people} people on the payroll; today it is {yuan_today} with "
        "{people_today}.",
        yuan=number(chosen.yuan_per_year, 0), people=number(chosen.personnel, 0),
        yuan_today=number(today.yuan_per_year, 0), people_today=number(today.personnel, 0),
    )  # fmt: skip
    others = [
        Notice(
            "Besides, {outcome} changes by {change} {unit}.",
            outcome=_label(name), change=_told(chosen.changes[name]), unit=indicator(name).unit,
        )
        if chosen.changes[name].mean is not None
        else Notice("Nothing can be said about {outcome}: some runs do not reach it.", outcome=_label(name))
        for name in plan["outcomes"][1:]
    ]  # fmt: skip
    over = plan["budget"] is not None and chosen.yuan_per_year > plan["budget"]
    beyond = [
        Notice("On the fresh seeds it goes beyond the budget of {budget} yuan.", budget=number(plan["budget"], 0))
    ] if over else []  # fmt: skip
    shrunk = Notice(
        "The search itself had shown {searched}; that was the best of many, and is not to be believed.",
        searched=number(chosen.in_search[first], 1, sign=True),
    )
    return (decision, *unserved, cost, *others, *beyond, *_single(judged, against, first), shrunk, *left_out)


def _single(judged: list[Judged], against: Estimate | None, first: str) -> list[Notice]:
    """Say how the chosen candidate compares with the best measure alone."""
    single = next((one for one in judged if one.role == SINGLE), None)
    if against is None or single is None:
        return [Notice("It is a single measure: no combination was better.")]
    verdict = verdict_of(against, indicator(first).good)
    if verdict == "better":
        words = "It is better than the best single measure, {single}: {change} {unit} between them."
    elif verdict == "undecided":
        words = "It is statistically indistinguishable from the best single measure, {single}: {change} {unit}."
    else:
        words = "The best single measure, {single}, is better: {change} {unit} between them."
    return [Notice(words, single=option_name(single.name), change=_told(against), unit=indicator(first).unit)]


def _left_out(frame: pl.DataFrame) -> Notice:
    """Say how many candidates were beyond budget or people."""
    number_of = int(frame["why_not"].is_not_null().sum())
    return Notice("{n} candidates were not run, being beyond the budget or the people there are.", n=number_of)


def verdict_of(change: Estimate, good: int) -> str:
    """Return `better`, `worse`, or `undecided` where the interval holds 0 or there is none."""
    if change.mean is None or change.lower is None or change.upper is None or change.lower <= 0 <= change.upper:
        return "undecided"
    return "better" if change.mean * good > 0 else "worse"


def _told(change: Estimate) -> str | Notice:
    if change.mean is None:
        return "–"
    if change.lower is None or change.upper is None:
        return number(change.mean, 1, sign=True)
    return Notice(
        "{mean} ({low} to {high})",
        mean=number(change.mean, 1, sign=True), low=number(change.lower, 1, sign=True),
        high=number(change.upper, 1, sign=True),
    )  # fmt: skip


def change_text(change: Estimate) -> str:
    """Write a difference with its interval, in the language that is spoken."""
    told = _told(change)
    return say(told) if isinstance(told, Notice) else told


def _label(outcome: str) -> str:
    label = indicator(outcome).label
    return label if label[:1].isdigit() or label[1:2].isdigit() else f"{label[:1].lower()}{label[1:]}"


class Table(NamedTuple):
    """The candidates on fresh seeds by one outcome, as texts in the language that is spoken.

    Attributes
    ----------
    title : str
        The outcome with its unit.
    heads : list of str
        Of the columns.
    rows : list of list of str
        One a candidate, today first.
    """

    title: str
    heads: list[str]
    rows: list[list[str]]


def tables(found: Optimum) -> list[Table]:
    """Return a table of the judged candidates for each outcome."""
    heads = [say(head) for head in HEADS]
    return [
        Table(f"{indicator(name).label}, {indicator(name).unit}", heads, [_row(one, name) for one in found.judged])
        for name in found.outcomes
    ]


HEADS = (
    Notice("Candidate"), Notice("People"), Notice("Yuan per year"), Notice("Mean"), Notice("Difference to today"),
    Notice("The search saw"),
)  # fmt: skip


def _row(one: Judged, outcome: str) -> list[str]:
    """Return the texts of a candidate by an outcome."""
    name = say("{role}: {name}", role=say(one.role), name=option_name(one.name))
    row = [name, number(one.personnel, 0), number(one.yuan_per_year, 0), number(one.levels[outcome])]
    if one.role == TODAY:
        return [*row, "", ""]
    return [*row, change_text(one.changes[outcome]), number(one.in_search[outcome], 1, sign=True)]
