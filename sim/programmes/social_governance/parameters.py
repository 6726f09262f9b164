"""Parameters of social governance (共建共治共享).

What residents tell, what messages teach them, and what the network costs.
"""

from __future__ import annotations

from sim.parameters import CHOSEN, parameter
from sim.programmes.base import ProgrammeParameters
from sim.programmes.social_governance.networks import NetworkParameters


class GovernanceParameters(ProgrammeParameters):
    """What residents tell, and what the network costs."""

    fusion: bool = parameter(
        True,
        unit="yes or no",
        source=CHOSEN,
        doc="The two networks are fused; otherwise the social governance centre writes to headquarters.",
    )
    network: NetworkParameters = NetworkParameters()
    organising_min: float = parameter(
        30.0, unit="min per grid per month", ge=0, le=10_000,
        source="assumption: one meeting with the leaders of its groups",
        doc=(
            "Work of community officers that keeps the groups of a grid active; "
            "they fall silent after two months without."
        ),
    )  # fmt: skip
    liaison_min: float = parameter(
        10.0, unit="min per grid per week", ge=0, le=10_000, source="assumption: a call with the grid worker",
        doc="Work of community officers that keeps a grid fused; without it for two weeks its tips go the slow way.",
    )  # fmt: skip
    handling_min: float = parameter(
        15.0, unit="min per tip", ge=0, le=600, source="assumption: call back, check, pass on",
        doc=(
            "Work of community officers before a tip enters the side of the police; tips wait for it, the oldest first."
        ),
    )  # fmt: skip
    message_min: float = parameter(
        5.0,
        unit="min per message",
        ge=0,
        le=600,
        source="assumption: write, have it approved, send",
        doc="Work of community officers to warn a grid.",
    )
    passing_min: float = parameter(
        1.0,
        unit="min per group",
        ge=0,
        le=600,
        source="assumption: put into the group, and answer",
        doc="Work of a grid worker for each group of a message.",
    )
    read_share: float = parameter(
        0.3, unit="probability", ge=0, le=1,
        source="assumption: most members have such groups muted, or let messages pass",
        doc="An adult of a group that has had none lately reads a message; who does is drawn for each message.",
    )  # fmt: skip
    tiring_messages: float = parameter(
        3.0, unit="messages", ge=0.01, le=1e6, source="assumption: people mute groups that write often; 1e6: never",
        doc="Messages to a grid lately with which half as many read the next one.",
    )  # fmt: skip
    tiring_days: float = parameter(
        30.0, unit="days", ge=0.01, le=36_500, source="assumption: a month", doc="Half-life of messages lately.",
    )  # fmt: skip
    grid_worker_min_week: float = parameter(
        120.0, unit="min per grid per week", ge=0, le=2400,
        source="assumption: a talk with each leader of a group once a month",
        doc=(
            "Work of a grid worker (网格员) that keeps the groups of an organised grid active; "
            "grid workers are not police, and always have the time."
        ),
    )  # fmt: skip
    grid_worker_tip_min: float = parameter(
        10.0,
        unit="min per tip",
        ge=0,
        le=600,
        source="assumption: ask back and write it down",
        doc="Work of a grid worker for a tip of a group.",
    )
    grid_worker_yuan_hour: float = parameter(
        25.0, unit="yuan/h", ge=0, le=10_000, source="assumption: some 4,000 yuan per month, on-costs included",
        doc="Cost of an hour of a grid worker to town and district; not paid by the police.",
    )  # fmt: skip
    centre_yuan: float = parameter(
        1.0, unit="yuan per resident per year", ge=0, le=1000,
        source="assumption: ten people for 600,000 residents, and a platform",
        doc="Cost of the social governance centre (社会治理中心); not paid by the police.",
    )  # fmt: skip
    tells_crime: float = parameter(
        0.3, unit="probability", ge=0, le=1,
        source="assumption: neighbours learn of some of what victims keep from the police",
        doc=(
            "The leader of the victim's group hears of a crime that was not reported, at trust 0.5 of victim and group."
        ),
    )  # fmt: skip
    tells_witness: float = parameter(
        0.05, unit="probability", ge=0, le=1,
        source="assumption: below the witnesses whom the first unit finds, who are the likelier to have seen it",
        doc="A group by whose homes a reported crime happened knows something of use, at trust 0.5.",
    )  # fmt: skip
    tells_dispute: float = parameter(
        0.006, unit="1/day at tension 1", ge=0, le=10,
        source="assumption: twice what grid workers and visits find without the programme",
        doc=(
            "Hazard that the leader of the group hears of a dispute that mediators do not know of: "
            "× tension × exp(slope · (trust − 0.5))."
        ),
    )  # fmt: skip
    tells_fraud: float = parameter(
        0.2, unit="probability per day", ge=0, le=1,
        source="assumption: fraudsters ask their victims to keep it to themselves",
        doc=(
            "A person who is persuaded for a whole waking day talks about it to the group, at trust 0.5; "
            "for a part of a day with the same hazard."
        ),
    )  # fmt: skip
    trust_slope: float = parameter(
        1.5,
        unit="log-odds",
        ge=0,
        le=10,
        source="assumption, as in reporting",
        doc="Change of the log-odds of telling per unit of trust.",
    )
    hear_days: float = parameter(
        2.0,
        unit="days",
        ge=0,
        le=365,
        source="assumption: within days",
        doc="Mean time from a crime until the leader of a group hears of it.",
    )
    burglary_step: float = parameter(
        0.005,
        unit="points on a 0–1 scale",
        ge=0,
        le=1,
        source="assumption: half a minute of reading, a thirtieth of what half a session on the subject teaches",
        doc="Awareness that a message teaches a reader who has had none lately.",
    )
    burglary_cap: float = parameter(
        0.1,
        unit="points on a 0–1 scale",
        gt=0,
        le=1,
        source="assumption: people tire of messages",
        doc="Awareness above the own baseline at which messages teach nothing more; in proportion below.",
    )
    fraud_step: float = parameter(
        0.005,
        unit="points on a 0–1 scale",
        ge=0,
        le=1,
        source="assumption: half a minute of reading, a thirtieth of what half a session on the subject teaches",
        doc="Awareness of fraud that a message teaches, as the other.",
    )
    fraud_cap: float = parameter(
        0.1,
        unit="points on a 0–1 scale",
        gt=0,
        le=1,
        source="assumption: people tire of messages",
        doc="Awareness of fraud above the baseline at which messages teach nothing more.",
    )
