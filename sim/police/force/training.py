"""Training of specialists (以师带徒).

Generalists of a specialist post learn from its best in their working hours, over months.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.arrays import Array
from sim.kernels import kernel
from sim.parameters import CHOSEN, Parameters, parameter, rule_of
from sim.police.force.officers import is_fit


class TrainingParameters(Parameters):
    """How specialists grow from generalists."""

    trainees: int = parameter(
        0,
        unit="people per assignment",
        ge=0,
        le=10_000,
        source=CHOSEN,
        doc="Personnel of each specialist assignment in training at one time; 0 is no training.",
    )
    hours_per_week: float = parameter(
        8.0,
        unit="h per trainee",
        ge=0.01,
        le=60,
        source="assumption: a day a week",
        doc="Hours of training of each trainee.",
    )
    months: float = parameter(
        9.0,
        unit="months",
        gt=0.1,
        le=120,
        source="assumption: it takes months",
        doc="Time from the skill of a generalist to the trained skill at these hours.",
    )
    trainer_hours: float = parameter(
        0.5,
        unit="h per hour of a trainee",
        ge=0,
        le=5,
        source="assumption: one master with two apprentices",
        doc="Hours that the trainer spends on it.",
    )
    on_cases_share: float = parameter(
        0.0, unit="share of these hours", ge=0, le=1, source="assumption: lessons apart from the work",
        doc="Hours in which trainer and trainee work on cases together (以师带徒): they count as case work.",
    )  # fmt: skip
    trainees_per_trainer: int = parameter(
        2, unit="people", ge=1, le=100, source="assumption", doc="Trainees whom one trainer takes."
    )
    trainer_skill: float = parameter(
        0.7, unit="0 to 1", ge=0, le=1, source="assumption", doc="Skill from which an officer can train others."
    )
    trained_skill: float = parameter(
        0.8, unit="0 to 1", ge=0, le=1, source="assumption: that of a specialist", doc="Skill at which training ends."
    )


class TrainingRule(NamedTuple):
    """The parameters for the kernels."""

    trainees: int
    day_min: float  # minutes of training of a trainee on a day, mean over the week
    gain_per_min: float
    trainer_share: float
    trainees_per_trainer: int
    trainer_skill: float
    trained_skill: float


def training_rule(parameters: TrainingParameters, generalist_skill: float) -> TrainingRule:
    """Return the parameters as kernels take them; skill grows evenly from `generalist_skill` to the trained skill."""
    p = parameters
    day_min = p.hours_per_week * 60 / 7
    gain = max(0.0, p.trained_skill - generalist_skill) / (p.months * 365 / 12 * day_min)
    return rule_of(TrainingRule, p, day_min=day_min, gain_per_min=gain, trainer_share=p.trainer_hours)


@kernel
def train(day: int, officers: Array, post: int, available_min: float, rule: TrainingRule) -> float:
    """Train a post for a day and return the officer-minutes that it took of trainees and trainers.

    They are never more than `available_min`. Places go to sworn personnel below the trained skill, in the order of
    rows, and are kept until they are trained or gone. Each trainee needs a trainer of the post who is fit today, and
    time: skill grows by the minutes that were found for it. A post without a trainer cannot learn.
    """
    trainers = 0
    learning = 0
    for i in range(len(officers)):
        one = officers[i]
        if one.post != post or one.auxiliary or one.left_day >= 0:
            continue
        if one.trainee:
            learning += 1
        elif one.skill >= rule.trainer_skill and is_fit(officers, i, day):
            trainers += 1
    places = trainers * rule.trainees_per_trainer
    used_min = 0.0
    for i in range(len(officers)):
        one = officers[i]
        if one.post != post or one.auxiliary or not is_fit(officers, i, day):
            continue
        if not one.trainee and learning < rule.trainees and one.skill < min(rule.trained_skill, rule.trainer_skill):
            one.trainee = True
            learning += 1
        if one.trainee and places > 0:
            places -= 1
            lesson_min = min(rule.day_min, max(0.0, available_min - used_min) / (1.0 + rule.trainer_share))
            one.skill = min(rule.trained_skill, one.skill + rule.gain_per_min * lesson_min)
            used_min += lesson_min * (1.0 + rule.trainer_share)
            if one.skill >= rule.trained_skill - 1e-6:
                one.trainee = False
    return min(used_min, available_min) if available_min > 0.0 else 0.0
