"""Figures of `mechanisms`: a year with campaigns, volunteers over two years, how long tips take, and both networks.

This module imports matplotlib: import it only when figures are made.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from matplotlib.figure import Figure

from experiments.languages.speech import in_words, say, sentences
from experiments.mechanisms.network_figure import governance_network
from experiments.mechanisms.tables import TEAMS
from experiments.presentation.looks import width_in
from experiments.presentation.names import noun
from experiments.presentation.pictures import Picture
from experiments.presentation.style import BLUE, INK, ORANGE, PALE, SKY, VERMILLION, Drawn, draw_all
from experiments.presentation.wording import number, promise

if TYPE_CHECKING:
    from experiments.mechanisms.findings import Mechanisms

CAMPAIGN_PANELS = (
    ("crimes_place", "crimes at places,\nper 1,000 residents\nper year"),
    ("trust", "trust in the police,\npoints of 100"),
    ("fatigue", "fatigue,\npoints of 100"),
)
TIP_CASES, SHOWN_HOURS = ("co_governance", "without fusion"), 14 * 24
LEVEL_LINES = ((VERMILLION, ":"), (INK, "-"), (BLUE, "--"))


def write_figures(found: Mechanisms, folder: Path) -> dict[str, Picture]:
    """Draw all figures into a folder; see `experiments.presentation.style.draw_all`.

    Returns
    -------
    dict
        Pictures by name: `campaigns`, `volunteers`, `tips`, `networks`.
    """
    return draw_all(
        {"campaigns": _campaigns, "volunteers": _volunteers, "tips": _tips, "networks": _networks}, found, folder
    )


def _campaigns(found: Mechanisms) -> Drawn:
    """Draw a year with campaigns less the same year without, week by week."""
    table = found.tables["campaigns"]
    on = table.filter(pl.col("measure") == "campaign_on").sort("week")["value"].to_numpy()
    if len(on) < 2 or not on.any():
        return None
    figure = Figure(figsize=(width_in(), 6.2), layout="constrained")
    panels = figure.subplots(len(CAMPAIGN_PANELS), 1, sharex=True)
    told = []
    for axes, (measure, label) in zip(panels, CAMPAIGN_PANELS, strict=True):
        rows = table.filter(pl.col("measure") == measure).sort("week")
        weeks, change = rows["week"].to_numpy(), rows["difference"].to_numpy()
        for week in np.flatnonzero(on > 0.5 / 7):
            axes.axvspan(week, week + 1, color=ORANGE, alpha=0.25, linewidth=0)
        if rows["lower"].null_count() < rows.height:  # a week without an interval leaves a gap
            axes.fill_between(
                weeks + 0.5, rows["lower"].to_numpy(), rows["upper"].to_numpy(), color=SKY, alpha=0.45, linewidth=0
            )
        axes.plot(weeks + 0.5, change, color=BLUE, linewidth=1.6)
        axes.axhline(0, color=INK, linewidth=0.6)
        axes.set_ylabel(say(label), fontsize=9)
        axes.grid(axis="y", color=PALE)
        axes.set_axisbelow(True)
        calm = on <= 0
        during, between = (number(float(change[weeks_of].mean()), 1, sign=True) for weeks_of in (~calm, calm))
        words = "{label}: {during} in weeks of campaigns, {between} in others"
        told.append(say(words, label=say(label).replace("\n", " "), during=during, between=between))
    panels[-1].set_xlabel(say("week"))
    panels[-1].set_xlim(0, len(on))
    panels[0].set_title(say("Difference to the same days without campaigns (orange: campaign on)"), fontsize=10)
    band = promise(found.replications, say("with its 95 % interval, the blue band"))
    mean = (
        say("Mean over {n} paired replications, {band}, week by week.", n=found.replications, band=band)
        if found.replications > 1
        else say("One run of each: no mean and no interval, week by week.")
    )
    caption = sentences([
        mean,
        say("While a campaign is on, everybody is out, with overtime, and checks people; offenders who were checked "
            "and let go get used to it, those checked lose trust, and cases wait."),
    ])  # fmt: skip
    alt = say("Three panels over the weeks of a year. {told}.", told=in_words("; ").join(told))
    return figure, say("What a campaign does, and what it leaves behind"), alt, caption


def _volunteers(found: Mechanisms) -> Drawn:
    """Draw volunteers by team over two years: rewards differ in the upper row, organisers' hours in the lower one."""
    table = found.tables["volunteers"]
    rewards, hours = (sorted(set(table[name].to_list())) for name in ("reward_yuan", "hours_a_day"))
    if not rewards:
        return None
    usual = {"reward_yuan": rewards[len(rewards) // 2], "hours_a_day": hours[len(hours) // 2]}
    figure = Figure(figsize=(width_in(), 6.2), layout="constrained")
    panels = figure.subplots(2, len(TEAMS), sharex=True, sharey=True)
    told = []
    for row, (varied, fixed, levels, unit) in enumerate(
        (("reward_yuan", "hours_a_day", rewards, "yuan/h"), ("hours_a_day", "reward_yuan", hours, "h per day"))
    ):
        for column, team in enumerate(TEAMS):
            axes = panels[row, column]
            for level, (colour, style) in zip(levels, LEVEL_LINES, strict=True):
                rows = table.filter(
                    (pl.col(varied) == level) & (pl.col(fixed) == usual[fixed]) & (pl.col("team") == team)
                ).sort("month")
                axes.plot(
                    rows["month"].to_numpy() + 0.5,
                    rows["volunteers"].to_numpy(),
                    color=colour,
                    linestyle=style,
                    label=f"{number(level, 0)} {say(unit)}",
                )
                last = number(rows["volunteers"][-1], 0)
                words = "{team}, {level} {unit}: {last}"
                told.append(say(words, team=noun(team), level=number(level, 0), unit=say(unit), last=last))
            axes.grid(axis="y", color=PALE)
            axes.set_axisbelow(True)
            if row == 0:
                axes.set_title(noun(team), fontsize=9.5)
        panels[row, 0].set_ylabel(say("volunteers"), fontsize=9)
        beside: dict[str, Any] = {
            "loc": "upper left",
            "bbox_to_anchor": (1.0, 1.0),
            "borderaxespad": 0,
        }  # no curve is there
        panels[row, -1].legend(
            frameon=False,
            fontsize=8,
            title=(say("reward"), say("hours left to\norganisers"))[row],
            title_fontsize=8,
            **beside,
        )
    for axes in panels[-1]:
        axes.set_xlabel(say("month"))
    panels[0, 0].set_ylim(0, None)
    caption = say(
        "Members by month. Upper row: rewards differ, with {hours} hours per day left to community officers; lower "
        "row: these hours differ, with {reward} yuan per hour. Half of the hours go into winning, training and looking "
        "after volunteers.", hours=number(usual["hours_a_day"], 0), reward=number(usual["reward_yuan"], 0),
    )  # fmt: skip
    alt = say("Members in the last month: {told}.", told=in_words("; ").join(told))
    return figure, say("How many people volunteer and stay"), alt, caption


def _tips(found: Mechanisms) -> Drawn:
    """Draw, for each kind of tip, the share that has reached who can act by the hours since somebody told."""
    kinds = sorted({kind for case in TIP_CASES for run in found.traces[case] for kind in run.tip_hours})
    if not kinds:
        return None
    figure = Figure(figsize=(width_in(), 3.4), layout="constrained")
    panels = np.atleast_1d(figure.subplots(1, len(kinds), sharex=True, sharey=True))
    told = []
    for axes, kind in zip(panels, kinds, strict=True):
        for case, label, colour, style in (
            ("co_governance", say("with fusion"), BLUE, "-"),
            ("without fusion", say("without"), VERMILLION, "--"),
        ):
            hours = np.sort(np.concatenate([run.tip_hours.get(kind, np.zeros(0)) for run in found.traces[case]]))
            if len(hours):
                share = np.arange(len(hours) + 1) / len(hours) * 100
                axes.step(np.append(hours[0], hours), share, where="post", color=colour, linestyle=style, label=label)
                half = number(float(np.median(hours)), 0)
                words = "{kind} {label}: half of them within {half} hours"
                told.append(say(words, kind=noun(kind), label=label, half=half))
        if not axes.lines:
            axes.text(0.5, 0.5, say("none arrived"), transform=axes.transAxes, ha="center", fontsize=9)
        axes.set_title(noun(kind), fontsize=9.5)
        axes.set_xlabel(say("hours"))
        axes.grid(color=PALE)
        axes.set_axisbelow(True)
    panels[0].set_ylabel(say("of the tips that arrived, %"))
    beyond = sum(
        int((run.tip_hours[kind] > SHOWN_HOURS).sum())
        for case in TIP_CASES
        for run in found.traces[case]
        for kind in run.tip_hours
    )
    late = say("{n} took longer than the {hours} hours shown.", n=beyond, hours=SHOWN_HOURS) if beyond else ""
    panels[0].set_xlim(0, SHOWN_HOURS)
    handles = {label: line for axes in panels for line, label in zip(*axes.get_legend_handles_labels(), strict=True)}
    figure.legend(handles.values(), handles.keys(), loc="outside upper left", ncols=2, frameon=False, fontsize=8.5)
    caption = sentences([
        say("Time from the moment when somebody told the group's leader to the desk or the unit that can act. With "
            "fusion a grid worker tells the station; without, the news goes up through the community to the centre and "
            "across. Tips that got lost, or were on their way at the end, are not in it."),
        late,
    ])  # fmt: skip
    alt = say("Cumulative curves. {told}.", told=in_words("; ").join(told))
    return figure, say("How long a tip takes"), alt, caption


def _networks(found: Mechanisms) -> Drawn:
    """Draw both networks of the city and the edges of fusion between them."""
    return governance_network(found.scenarios["co_governance"])
