"""Published facts that the scoreboard does not hold the model against, each with the reason; and the exact results."""

from __future__ import annotations

from typing import NamedTuple


class LeftOut(NamedTuple):
    """A published fact that is no pattern."""

    fact: str
    source: str
    why: str


LEFT_OUT = (
    LeftOut("Crime after a stop of patrol, by how long it stayed", "Koper 1995",
            "the length of each stop has to be drawn: a study of its own, python -m tests.stays.study"),
    LeftOut("Hours and units for an incident: burglary 3 h and 1.6, violence 11 h and 4", "a public modeller",
            "an assumption of somebody else's, of which the hours are parameters here"),
    LeftOut("Cameras: about 13 % less crime", "Piza et al. 2019, size recalled",
            "the parameters of a camera were set by it: it would be its own proof"),
    LeftOut("Crackdowns: 15 of 18 deter at first, most decay", "Sherman 1990",
            "the campaign of the model has weeks of its own; beatlab mechanisms shows its decline"),
    LeftOut("Telecom fraud is 55.9 % of fraud prosecutions", "China, first half of 2020",
            "the model has telecom fraud alone"),
    LeftOut("82 million warnings, 62 million people protected", "China to April 2022",
            "an upper bound that is self-reported; how often a warning stops somebody is a parameter below it"),
    LeftOut("Staff of an anti-fraud centre: 7 officers and 10 auxiliaries", "Jieshou",
            "a parameter; what such a centre clears is on the scoreboard"),
    LeftOut("Arrests of a county: 178 for fraud, 110 for theft, robbery and burglary", "Jieshou",
            "fraudsters are out of reach in the default county; people, and not cases, are counted"),
    LeftOut("Units for a call: 1.4 to 2 in western cities", "as D.1 of the project's facts",
            "the table of calls has the first unit alone"),
    LeftOut("What an arrest teaches: about 6 points of believed risk", "Anwar & Loughran 2011, recalled",
            "it is a parameter"),
    LeftOut("Prediction against hot spots: nothing, or 7.4 % less crime", "RAND 2014; Mohler et al. 2015",
            "no strategy of the model is one of theirs; beatlab compare sets near-repeat analysis beside hot spots"),
)  # fmt: skip
EXACT = (  # what → the test that holds it
    ("Waiting by Erlang's formula, priorities by Cobham's", "tests/exact/test_erlang.py, test_cobham.py"),
    ("Three and five units by Larson's hypercube", "tests/exact/test_hypercube.py"),
    ("The square-root law of distances (Kolesar & Blum 1973)", "tests/exact/test_square_root_law.py"),
    ("Little's law, the sum of utilisations, the ledger of officer-minutes", "tests/exact/test_identities.py"),
)
