"""Messages to groups (邻里群): which news of police records is one for which grid, and what readers learn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.draws import Draw
from sim.incident_types import IncidentType
from sim.incidents.log import INCIDENTS, TIP_KEYS, Logs, entries
from sim.kernels import kernel
from sim.people.feelings import felt_awareness, felt_fraud_awareness, shift_feelings, teach_fraud
from sim.people.residents import Society
from sim.people.ties import GROUP_DWELLINGS
from sim.programmes.public import ADULT_AGE, Public
from sim.programmes.social_governance.tips import Neighbourhoods
from sim.randomness import uniform

SECONDS = 60  # of a minute


class News(NamedTuple):
    """A crime of which a grid is warned."""

    kind: IncidentType
    home: int  # a dwelling of that grid
    key_time: int  # see `Message`


class Message(NamedTuple):
    """A message to the groups of a grid: what it is about, and what it does to those who read it."""

    about_fraud: bool
    key_time: int  # identity that no strategy changes, for the draws of who reads it
    read_share: float  # probability that an adult does
    step: float  # awareness that it teaches who has had none lately
    tired_at: float  # awareness above the own baseline at which messages teach nothing more


def fresh_news(logs: Logs, society: Society, now_min: float) -> Iterator[News]:
    """Yield the burglaries, then the frauds, that entered police records since yesterday.

    Warned is the grid around the recorded place of a burglary, of which any dwelling will do, and that of the victim of
    a fraud. Where nobody lives nobody is warned.
    """
    crimes = logs.incidents[: logs.used[INCIDENTS]]
    new = crimes[entries(crimes, now_min - MINUTES_PER_DAY, now_min)[0]]
    for crime in new[new["recorded_type"] == IncidentType.BURGLARY]:
        first, after = society.places.dwelling_start[crime["recorded_cell"] : crime["recorded_cell"] + 2]
        if after > first:
            yield News(IncidentType.BURGLARY, int(first), _told_second(crime, logs))
    for crime in new[new["recorded_type"] == IncidentType.FRAUD]:
        home = int(society.residents["dwelling"][crime["victim_id"]])
        yield News(IncidentType.FRAUD, home, _told_second(crime, logs))


def _told_second(crime: Array, logs: Logs) -> int:
    """Return the second of the call about a crime, or by which it had happened, if nobody called.

    It tells apart shops of a grid that find at the same opening hour that they were burgled.
    """
    called = crime["call_id"] >= 0
    return int(SECONDS * (logs.calls["received_min"][crime["call_id"]] if called else crime["latest_min"]))


@kernel
def send_message(
    seed: int, grid: int, message: Message, now_min: float, hoods: Neighbourhoods, public: Public
) -> int:  # fmt: skip
    """Warn the message groups of a grid, and return how many read it.

    Each adult reads it with a probability, and learns the less the more others have taught: awareness rises by
    `step · (1 − risen / tired_at)`, with `risen` the awareness above the own baseline, for people tire of messages.
    """
    feelings = public.feelings
    residents, dwellings = public.society.residents, public.society.dwellings
    about = int(message.about_fraud)
    readers = 0
    for k in range(hoods.start[grid], hoods.start[grid + 1]):
        first = hoods.groups[k] * GROUP_DWELLINGS
        for h in range(first, min(first + GROUP_DWELLINGS, len(dwellings))):
            for r in range(dwellings[h].first_resident, dwellings[h].first_resident + dwellings[h].residents):
                one = residents[r]
                if one.age < ADULT_AGE:
                    continue
                if uniform(seed, Draw.MESSAGE_READ + about, TIP_KEYS + r, message.key_time) >= message.read_share:
                    continue
                readers += 1
                if message.about_fraud:
                    risen = felt_fraud_awareness(residents, r, now_min, feelings.rule) - one.fraud_awareness_base
                else:
                    risen = felt_awareness(residents, r, now_min, feelings.rule) - one.awareness_base
                if risen >= message.tired_at:
                    continue
                rise = message.step * (1.0 - max(risen, 0.0) / message.tired_at)
                if message.about_fraud:
                    teach_fraud(residents, r, now_min, rise, feelings)
                else:
                    shift_feelings(residents, r, now_min, 0.0, 0.0, rise, feelings, public.ground)
    return readers
