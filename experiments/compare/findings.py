"""What a comparison found: every number, judgement and sentence, worked out once and only read by its renderers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from experiments.compare.ablation import Ablation, ablation
from experiments.compare.answer import Statement, answer, leading
from experiments.compare.assumptions import Assumption, by_part
from experiments.compare.attainable import Attained, attained
from experiments.compare.best import chances_of
from experiments.compare.best_table import BestTable, best_table
from experiments.compare.brief import BriefTable, brief_table
from experiments.compare.budget import Budget, budget
from experiments.compare.costs import CostRow, costs
from experiments.compare.displacement import Displacement, displacement
from experiments.compare.equity import Equity, equity
from experiments.compare.equivalents import Equivalents, equivalents
from experiments.compare.hours import Hours, hours
from experiments.compare.kits import Kit, Programme, kits_of, programmes_of
from experiments.compare.measured import IndicatorRow, ResponseRow, indicator_rows, response_rows
from experiments.compare.notes import duty, footnotes, method, other_effects, shortage_line
from experiments.compare.notices import notices
from experiments.compare.paired import titled, told_shortage
from experiments.compare.paths import Paths, paths
from experiments.compare.plausibility import warnings
from experiments.compare.programmes import Measure, measures, owners
from experiments.compare.ranking import rankings_of
from experiments.compare.robustness import Robust, robustness_of
from experiments.compare.robustness_table import RobustTable, robust_table
from experiments.compare.serving import serving
from experiments.compare.settled import Settled, settled
from experiments.compare.shortages import Shortages, shortages
from experiments.compare.table import Table, table
from experiments.compare.turning import Turning, turning
from experiments.compare.unit_costs import UnitCosts, unit_costs
from experiments.languages.speech import say, sentences, spoken

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison
    from sim.city.notices import Notice


class UnderShortage(NamedTuple):
    """What is said and listed under one shortage or lever.

    Attributes
    ----------
    title, duty : str
        Its heading, and the hours on duty that go on it.
    line : str
        What it does to the baseline strategy; empty for the first.
    notices : list of str
        What a reader has to know beside the numbers.
    attained : Attained
        Shares of the attainable.
    responses : list of ResponseRow
        Response times, a row per strategy.
    indicators : list of IndicatorRow
        Every indicator that was measured.
    """

    title: str
    duty: str
    line: str
    notices: list[str]
    attained: Attained
    responses: list[ResponseRow]
    indicators: list[IndicatorRow]


@dataclass(frozen=True)
class Findings:
    """All that a comparison found.

    Attributes
    ----------
    language : str
        Of every sentence and label; who renders them speaks it.
    comparison : Comparison
        What was kept of all runs.
    told : str
        The shortage that sentences and single pictures are about.
    answer : tuple of Statement
        The answer, decision first.
    points : tuple of Statement
        What one sheet for who decides says of it beside the decision.
    warnings : tuple of Notice
        What the answer must not be read without: where the force cannot serve, and what is like no real force.
    best : BestTable
        The probabilities of being the best.
    robust : mapping
        (shortage, outcome) → what sets of parameters do to the ranking; empty without sets.
    robustness : RobustTable
        The same in words.
    turning : Turning
        What would turn the ranking, where that was asked.
    paths : Paths
        The effects by quarter.
    displacement : Displacement
        What moves from where patrol is added.
    equity : Equity
        Who is policed and who suffers, by fifths of neighbourhoods.
    settled : Settled
        Whether the city had settled before the measured days.
    table : Table
        Columns, rows and CSV of the main table.
    brief : BriefTable
        The table of the sheet for who decides.
    under : mapping
        Shortage → what is said under it.
    other_effects : mapping
        Strategy → what else it changes under the shortage that is told about, of what the table does not show.
    footnotes : list of str
        What the numbers are.
    method : str
        How the intervals were computed.
    kits, programmes : mapping
        Strategies and programmes by name, as a reader is told of them.
    costs : mapping
        Shortage → totals and items of the accounts; empty where these are not whole.
    unit_costs : UnitCosts
        What an effect costs, in yuan.
    budget : Budget or None
        What a budget allows, under the shortage that is told about; None without one.
    equivalents : Equivalents
        What options are worth in officers, and where the next ones do most good.
    owners : list of str
        Strategies that have programmes.
    measures : mapping
        Shortage → what the programmes did, with each of `owners`.
    hours : Hours
        Where the officer-hours went.
    shortages : Shortages
        What each shortage does.
    ablation : Ablation
        What each programme is worth.
    assumptions : mapping
        Part of the model → its parameters.
    """

    language: str
    comparison: Comparison
    told: str
    answer: tuple[Statement, ...]
    points: tuple[Statement, ...]
    warnings: tuple[Notice, ...]
    best: BestTable
    robust: Robust
    robustness: RobustTable
    turning: Turning
    paths: Paths
    displacement: Displacement
    equity: Equity
    settled: Settled
    table: Table
    brief: BriefTable
    under: Mapping[str, UnderShortage]
    other_effects: Mapping[str, str]
    footnotes: list[str]
    method: str
    kits: Mapping[str, Kit]
    programmes: Mapping[str, Programme]
    costs: Mapping[str, list[CostRow]]
    unit_costs: UnitCosts
    budget: Budget | None
    equivalents: Equivalents
    owners: list[str]
    measures: Mapping[str, list[Measure]]
    hours: Hours
    shortages: Shortages
    ablation: Ablation
    assumptions: Mapping[str, list[Assumption]]


def findings(comparison: Comparison) -> Findings:
    """Work out all that a comparison found, in the language that is spoken."""
    told = told_shortage(comparison)
    rankings = rankings_of(comparison)
    shares = {shortage: attained(comparison, shortage) for shortage in comparison.shortages}
    under = {
        shortage: UnderShortage(
            title=titled(comparison, shortage),
            duty=duty(comparison, shortage),
            line=shortage_line(comparison, shortage),
            notices=notices(comparison, shortage),
            attained=shares[shortage],
            responses=response_rows(comparison, shortage),
            indicators=indicator_rows(comparison, shortage),
        )
        for shortage in comparison.shortages
    }
    shown = table(comparison, rankings)
    chances, before = chances_of(comparison), settled(comparison)
    affordable = budget(comparison, comparison.budget, told)
    in_officers = equivalents(comparison, told, comparison.target)
    told_first = answer(comparison, rankings, shares[told], chances, before)
    robust, turned = robustness_of(comparison), turning(comparison, told)
    in_sets = robust_table(comparison, robust, told, leading(comparison, rankings))
    over_sets = {"Over the parameters": in_sets.statement, "What turns the ranking": turned.statement}
    of_sets = [Statement(say(heading), text) for heading, text in over_sets.items() if text]
    in_brief = [Statement(say("Over the parameters"), in_sets.brief)] if in_sets.brief else []
    further = [Statement(say("Budget"), say(affordable.sentence))] if affordable else []
    return Findings(
        language=spoken(),
        comparison=comparison,
        told=told,
        answer=(*told_first, *of_sets, *further, *_in_officers(in_officers.sentences)),
        points=(*told_first[1:], *in_brief, *further, *_in_officers(in_officers.brief)),
        warnings=(*serving(comparison), *warnings(comparison)),
        best=best_table(comparison, chances),
        robust=robust,
        robustness=in_sets,
        turning=turned,
        paths=paths(comparison, told),
        displacement=displacement(comparison, told),
        equity=equity(comparison, told),
        settled=before,
        table=shown,
        brief=brief_table(comparison, told, shown),
        under=under,
        other_effects=other_effects(comparison, told),
        footnotes=footnotes(comparison, shown.rows, [of_shortage.line for of_shortage in under.values()]),
        method=method(comparison.replications),
        kits=kits_of(comparison),
        programmes=programmes_of(comparison),
        costs=costs(comparison),
        unit_costs=unit_costs(comparison),
        budget=affordable,
        equivalents=in_officers,
        owners=owners(comparison),
        measures=measures(comparison),
        hours=hours(comparison),
        shortages=shortages(comparison),
        ablation=ablation(comparison),
        assumptions=by_part(comparison.assumptions),
    )


def _in_officers(told: Sequence[Notice]) -> list[Statement]:
    """Return what was found by more and fewer officers as a statement, if there is anything to say."""
    return [Statement(say("In officers"), sentences([say(one) for one in told]))] if told else []
