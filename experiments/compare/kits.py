"""Strategies and programmes of a comparison as a reader is told of them: what each is, and what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from experiments.compare.composition import anchors, left_out

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison
    from experiments.compare.composition import Composition


class Kit(NamedTuple):
    """A strategy as the page tells it.

    The fragment of its place, its class's sentence, what it is made of, and the programme that was left out.
    """

    anchor: str
    sentence: str
    made_of: Composition | None
    without: str


class Programme(NamedTuple):
    """A programme as the page tells it: the fragment of its place, its sentence, and the strategies that have it."""

    anchor: str
    sentence: str
    strategies: list[str]


def kits_of(comparison: Comparison) -> dict[str, Kit]:
    """Return what each strategy of a comparison is made of, policies first."""
    places = anchors("strategy", comparison.strategies)
    kits = {}
    for name in (*comparison.policies, *comparison.bounds):
        made_of, parts = comparison.compositions.get(name), left_out(name, comparison.strategies)
        kits[name] = Kit(places[name], made_of.sentence if made_of else "", made_of, parts[1] if parts else "")
    return kits


def programmes_of(comparison: Comparison) -> dict[str, Programme]:
    """Return the programmes of a comparison."""
    sentences_of = {
        name: text for made_of in comparison.compositions.values() for name, text in made_of.programmes.items()
    }
    places = anchors("programme", list(sentences_of))
    owners = {
        name: [
            one for one in comparison.strategies if name in getattr(comparison.compositions.get(one), "programmes", {})
        ]
        for name in sentences_of
    }
    return {name: Programme(places[name], text, owners[name]) for name, text in sentences_of.items()}
