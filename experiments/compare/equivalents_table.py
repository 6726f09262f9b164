"""The tables of what options are worth in officers, and of what more and fewer officers in one post change."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from experiments.languages.speech import say
from experiments.presentation.names import noun, option_name
from sim.city.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from experiments.compare.equivalents import Equivalents, Marginal, Worth

NOTE = Notice(
    "Sworn officers more, in all posts in proportion, with whom the status quo would reach the same (a minus: fewer): "
    "the status quo was run with other numbers of officers on the same seeds. The 95 % interval goes from the last "
    "number that was tried with which it is surely worse than the option to the first with which it is surely better, "
    "by Student's t of the paired differences. More than, fewer than: the numbers that were tried do not get so far. "
    "Cannot be told: more or fewer officers change so little that any number may be it."
)


class OfficersTable(NamedTuple):
    """A table with a column for each outcome.

    Attributes
    ----------
    name : str
        Of its place on a page.
    title, head : str
        What it shows, and what its rows are.
    in_units : bool
        Whether the cells are in the units of the outcomes; else in officers.
    rows : mapping
        Label → cells.
    """

    name: str
    title: str
    head: str
    in_units: bool
    rows: Mapping[str, Sequence[Worth | Marginal]]


def officers_tables(found: Equivalents) -> list[OfficersTable]:
    """Return the tables for which there were runs, in the language that is spoken."""
    worths = {option_name(option): cells for option, cells in found.worths.items()}
    tables = [OfficersTable("equivalents", say("Worth in sworn officers"), say("Option"), False, worths)]
    for number, of_number in found.marginals.items():
        words = "What {officers} more officers change, by post"
        name = "next-officers"
        if number < 0:
            words, name = "What {officers} officers fewer change, by post", "officers-lost"
        rows = {noun(post): cells for post, cells in of_number.items()}
        tables.append(OfficersTable(name, say(words, officers=abs(number)), say("Post"), True, rows))
    return [table for table in tables if table.rows]
