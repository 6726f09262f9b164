"""What readers are told, word for word.

Renew the golden files with `PYTHONPATH=.:tests/support python tests/experiments/prose.py`, and read the diff.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from made_up_comparison import comparison, nine, with_displacement, with_runs, with_sets

from experiments.compare.cells import WHY_UNDECIDED
from experiments.compare.comparison import Comparison
from experiments.compare.findings import findings
from experiments.compare.shortages import note
from experiments.languages import glossary
from experiments.languages.speech import speaking
from experiments.presentation.indicators import INDICATORS

GOLDEN = Path(__file__).parents[1] / "golden"
PARTS = ("reactive", "integrated", "integrated without visits", "integrated without mediation")
MANY = {
    "disputes_escalated": (9.0, {"integrated": -3.0}),
    "trust": (0.55, {"integrated": 0.04}),
    "calls_unserved_share": (0.1, {"integrated": 0.03}),
    "cost_police": (9e6, {"integrated": 5e5}),
    "cost_others": (1e6, {}),
    "backlog": (30.0, {"integrated": -4.0}),
    "auxiliaries_without_duty": (3.0, {}),
}


def comparisons() -> Iterator[tuple[str, Comparison]]:
    """Yield made-up comparisons in which every sentence has its say."""
    yield "no difference", comparison()
    yield "fewer crimes, more harm", comparison(crimes={"hotspot": -10.0}, harm={"hotspot": 300.0})
    yield "probably fewer", comparison(crimes={"hotspot": -0.9}, response={"hotspot": 3.0})
    yield "two replications", comparison(n=2, crimes={"hotspot": -50.0})
    yield "one strategy", comparison(strategies=("reactive",), shortages=("none",))
    yield (
        "a lever",
        comparison(
            crimes={"hotspot": 12.0},
            shortages=("none", "uniform30", "pooling"),
            levers=["pooling"],
            price={"pooling": "response_p1_median_min"},
        ),
    )
    yield (
        "a bound",
        comparison(
            strategies=("reactive", "hotspot", "oracle"),
            crimes={"hotspot": -5.0, "oracle": -10.0},
            place={"hotspot": -5.0, "oracle": -10.0},
            given={"strategy.dwell_min=12": ["hotspot"]},
        ),
    )
    yield "nine strategies", nine()
    yield "nine alike", nine(crimes={}, place={})
    yield (
        "one is the best",
        nine(
            crimes={"integrated": -12.0, "oracle": -20.0},
            harm={"campaign": -300.0},
            response={"integrated": -2.0, "community": 1.5, "campaign": 3.0},
        ),
    )
    yield "nine, two replications", nine(n=2)
    yield "nine over sets of parameters", with_sets(nine(n=24))
    plain = comparison(strategies=("reactive", "hotspot"), shortages=("none", "uniform30", "surge"))
    levels = {point: 100.0 + np.arange(12.0) for point in plain.means_by_point}
    equal = {point: level - 5.0 * (point[1] == "hotspot") for point, level in levels.items()}
    yield "equal differences", with_runs(plain, "crimes_total", equal)
    shares = {"none": 0.002, "uniform30": 0.2, "surge": 0.5}
    unserved = {
        (where, name): share * (1 + (name == "hotspot"))
        for (where, share) in shares.items()
        for name in plain.strategies
    }
    yield "calls not served", with_runs(plain, "calls_unserved_share", unserved)
    endless = {point: np.append(np.full(11, 6.0) + np.arange(11), np.inf) for point in plain.means_by_point}
    yield "calls never answered", with_runs(plain, "response_p1_median_min", endless)
    opposite = {
        point: level
        + {"surge": 20.0, "uniform30": -20.0}.get(point[0], 0.0) * (point[1] == "hotspot")
        + np.random.default_rng(len(point[0] + point[1])).normal(size=12)
        for point, level in levels.items()
    }
    yield "another answer elsewhere", with_runs(plain, "crimes_total", opposite)
    three = comparison(strategies=("reactive", "hotspot", "community", "integrated"), shortages=("uniform30",))
    changes = {"hotspot": [-12, -3, -1, 0, 0, 0, 1], "community": [-12, 6, 3, 1, 0, 0, 0], "integrated": [-0.2] * 7}
    yield "what moves", with_displacement(three, changes, alone=4.0)
    moved = {"hotspot": [-12, 10, 10, 10, 0, 0, 0], "community": [-12, 1, 0, 0, 0, 0, 0]}
    yield "what moves, each run in a city of its own", with_displacement(three, moved, size=2.0)
    yield "parts of a strategy", comparison(strategies=PARTS, crimes={"integrated": -9.0}, outcomes=MANY)


def told(found: Comparison) -> list[str]:
    """Return all sentences of a comparison."""
    made = findings(found)
    lines = [f"{one.heading}: {one.text}" for one in made.answer]
    for under in made.under.values():
        lines += [f"{under.title}{under.duty}", under.line, *under.notices, under.attained.why_not]
    lines += [*made.displacement.sentences, made.displacement.note]
    lines += [f"{strategy}: {text}" for strategy, text in made.other_effects.items()]
    lines += [*made.footnotes, made.method]
    if made.shortages.outcomes:
        lines += [f"{shortage}: {why}" for shortage, why in made.shortages.reasons.items()]
        lines += [note(found.replications, WHY_UNDECIDED)]
    return [line for line in lines if line]


def texts() -> dict[str, str]:
    """Return the golden files: name → what it holds."""
    shown = "".join(f"{name}: {one.label} [{one.unit}]\n" for name, one in INDICATORS.items())
    terms = "".join(
        f"{term.identifier} | {term.english} | {term.chinese}\n"
        for group in glossary.GLOSSARY.values()
        for term in group
    )
    written = {"indicators.txt": shown, "glossary.txt": terms, "answers.md": answers()}
    with speaking("zh"):
        return {**written, "answers.zh.md": answers()}


def answers() -> str:
    """Return what each comparison says in the language that is spoken."""
    text, before = "What each comparison says that those above it do not.\n", set()
    for name, found in comparisons():
        lines = [line for line in told(found) if line not in before]
        text += f"\n## {name}\n\n" + "".join(f"{line}\n" for line in lines)
        before.update(lines)
    return text


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, text in texts().items():
        (GOLDEN / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"{GOLDEN.name}: {', '.join(sorted(path.name for path in GOLDEN.iterdir()))}\n")
