"""What recorded rows say about where, when and how often, with shrinkage so that few rows do not say too much."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.special import gammaln

from sim.arrays import Array
from sim.city.city import CRIME_EVIDENCE, CallEvidence, CrimeEvidence
from sim.city.coverage import DAYS_PER_YEAR, Coverage
from sim.city.grid import Grid
from sim.incident_types import OTHER_CALLS

BANDWIDTHS_M = (150.0, 250.0, 400.0, 650.0, 1000.0)  # the finest is about a block, to which many files round addresses
PSEUDO_ROWS = (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0, 10_000.0)
# Recorded a year per 1,000 residents before any file is read: FBI 2019 (recalled), with simple assaults added.
# Assumption.
PRIOR_CRIMES_PER_1000 = (3.4, 17.7, 0.8, 8.0)
PRIOR_CALLS_PER_1000 = 460.0  # assumption: the rate of service and disorder calls of a made-up city
PRIOR_CALL_SHARES = (0.167, 0.524, 0.071, 0.238)  # assumption: traffic, service, alarm, disorder, as in a made-up city
PRIOR_EVENTS = 5.0  # how many rows the prior of a rate is worth; assumption
PRIOR_THOUSAND_YEARS = 1.0  # at most as much as a year of a thousand residents, who see few robberies; assumption
UNKNOWN_CLOCKS = (0, 12)  # hours at whose first two minutes files like to put times that nobody knew
UNKNOWN_PEAK, OTHER_PEAK = 2.0, 4.0  # how often those hours have the rows of their neighbours, and others; assumption


class Events(NamedTuple):
    """Rows of one file, placed on the grid."""

    cell: Array  # [rows]; -1: the row has no place
    stamp: Array  # [rows] datetime64[s]
    has_clock: bool
    has_day: bool


def smooth(count: Array, grid: Grid, bandwidth_m: float) -> Array:
    """Return counts [cells] smeared by a Gaussian kernel whose standard deviation is the bandwidth.

    What falls off the grid is lost.
    """
    field = count.astype(np.float32).reshape(grid.n_rows, grid.n_cols)
    out: Array = (
        gaussian_filter(field, bandwidth_m / grid.cell_m, mode="constant", truncate=3.0).ravel().astype(np.float64)
    )
    return out


def _kernel_peak(grid: Grid, bandwidth_m: float) -> float:
    """Return the share of a point's weight that stays in its own cell."""
    one_sided = int(3.0 * bandwidth_m / grid.cell_m + 0.5)
    offsets = np.arange(-one_sided, one_sided + 1) * grid.cell_m / bandwidth_m
    weights = np.exp(-0.5 * offsets**2)
    return float((1.0 / weights.sum()) ** 2)


def overall_surface(count: Array, grid: Grid, inside: Array) -> tuple[Array, Array, float]:
    """Estimate where rows fall, all types together, shrunk towards everywhere alike.

    p(cell) = (n · kernel density + k · uniform) / (n + k), with a Gaussian kernel. Bandwidth and k are those of a fixed
    list under which each row is likeliest given all *others*: likelihood cross-validation (Habbema, Hermans & van den
    Broek 1974; Duin 1976). So the file itself says how far one row speaks for its neighbourhood.

    Parameters
    ----------
    count : array [cells]
        Rows by cell.
    grid, inside : Grid, array of bool [cells]
        The cells, and those of the city.

    Returns
    -------
    density : array [cells]
        Probability of the cell; adds up to 1, zero outside.
    without_self : array [cells]
        The same as a row of that cell would see it if it were not in the file.
    bandwidth_m : float
        Metres.
    """
    n, uniform = count.sum(), inside / inside.sum()
    here = count > 0
    best = (-np.inf, np.zeros(0), np.zeros(0), BANDWIDTHS_M[0])
    for bandwidth in (h for h in BANDWIDTHS_M if h >= grid.cell_m or h == BANDWIDTHS_M[-1]):
        mass = _held(smooth(count, grid, bandwidth), inside, n)
        others = np.maximum(mass - _kernel_peak(grid, bandwidth), 0.0)
        for k in PSEUDO_ROWS:
            without = (others + k * uniform) / (n - 1 + k)
            score = float((count[here] * np.log(np.maximum(without[here], 1e-300))).sum())
            if score > best[0]:
                best = (score, (mass + k * uniform) / (n + k), without, bandwidth)
    return best[1], best[2], best[3]


def _held(mass: Array, inside: Array, n: float) -> Array:
    """Return smoothed mass with what lies outside the city put back inside in proportion."""
    kept = mass * inside
    out: Array = kept * (n / max(float(kept.sum()), 1e-300))
    return out


def type_surfaces(counts: Array, grid: Grid, inside: Array) -> Array:
    """Estimate the relative risk of each type by cell, shrunk towards that of all types.

    p_type(cell) = (n · kernel density of the type + k · p_all(cell)) / (n + k): the mean of a Dirichlet posterior whose
    prior is the surface of all crimes, worth k rows (empirical Bayes, Clayton & Kaldor 1987). k is chosen for each type
    by likelihood cross-validation, as in `overall_surface`, whose bandwidth is used.

    Parameters
    ----------
    counts : array [types, cells]
        Rows by type and cell.
    grid, inside : Grid, array of bool [cells]
        The cells, and those of the city.

    Returns
    -------
    array [types, cells]
        Mean 1 over the cells of the city, zero outside.
    """
    overall, overall_without, bandwidth = overall_surface(counts.sum(axis=0), grid, inside)
    peak = _kernel_peak(grid, bandwidth)
    out = np.empty(counts.shape)
    for surface, count in zip(out, counts, strict=True):
        n, here = count.sum(), count > 0
        surface[:] = overall
        if n < 2:
            continue
        mass = _held(smooth(count, grid, bandwidth), inside, n)
        others = np.maximum(mass[here] - peak, 0.0)
        scores = [
            float((count[here] * np.log((others + k * overall_without[here]) / (n - 1 + k))).sum()) for k in PSEUDO_ROWS
        ]
        k = PSEUDO_ROWS[int(np.argmax(scores))]
        surface[:] = (mass + k * overall) / (n + k)
    return relative(out, inside)


def relative(surface: Array, inside: Array) -> Array:
    """Return a surface [..., cells] with mean 1 over the cells of the city and zero outside."""
    kept = surface * inside
    mean = kept.sum(axis=-1, keepdims=True) / inside.sum()
    out: Array = np.where(mean > 0, kept / np.maximum(mean, 1e-300), inside)
    return out


def hour_and_day_counts(stamp: Array, has_clock: bool, has_day: bool) -> tuple[Array, Array]:
    """Count rows by hour of the day [24] and by day of the week [7], Monday first, without times that nobody knew.

    As the hours are used as shares, what `unknown_clocks` takes out is spread over the hours like the rows whose time
    is known. A file without a clock says nothing about hours, one of months nothing about days.
    """
    seconds = stamp.astype(np.int64)
    hours = np.bincount(seconds // 3600 % 24, minlength=24) - unknown_clocks(stamp)
    days = np.bincount((seconds // 86_400 + 3) % 7, minlength=7).astype(float)  # 1 January 1970 was a Thursday
    return hours * has_clock, days * has_day


def unknown_clocks(stamp: Array) -> Array:
    """Estimate how many rows show a clock by hour of the day [24] that stands for one that nobody knew.

    Many files write 00:00 or 12:00 when the time is unknown, some 08:00 or another. The rows of the first two minutes
    of an hour are compared with those of the first two minutes of the two hours before and the two after; if they are
    more than twice as many (four times at hours other than 0 and 12), and by more than five rows and three Poisson
    standard deviations, the excess is of times that nobody knew.
    """
    seconds = stamp.astype(np.int64)
    on_the_hour = np.bincount((seconds // 3600 % 24)[seconds // 60 % 60 < 2], minlength=24).astype(float)
    expected = np.mean([np.roll(on_the_hour, shift) for shift in (-2, -1, 1, 2)], axis=0)
    peak = np.where(np.isin(np.arange(24), UNKNOWN_CLOCKS), UNKNOWN_PEAK, OTHER_PEAK)
    unknown = on_the_hour > np.maximum(peak * expected, expected + 5 + 3 * np.sqrt(expected))
    out: Array = np.where(unknown, on_the_hour - expected, 0.0)
    return out


def profiles(hours: Array, days: Array, coverage: Coverage) -> Array:
    """Estimate the hour-of-week profile of each type as hour of the day × day of the week, shrunk.

    Each factor is the mean of a Dirichlet posterior: counts of the type plus κ times the shares of the other types,
    which are themselves counts plus κ₀ times the even shares. κ and κ₀ are those of a fixed list under which the counts
    are likeliest (Dirichlet-multinomial, type II maximum likelihood, Minka 2000).

    Parameters
    ----------
    hours, days : array [types, 24], array [types, 7]
        Rows by type and hour, and by type and day, Monday first.
    coverage : Coverage
        The time that the file covers; hours and days of the week outside it are like the mean of the others.

    Returns
    -------
    array [types, 168]
        Relative to the mean of the week, which is 1; Monday 00 h first.
    """
    by_hour, by_day = _relative_to(hours, coverage.hour_share), _relative_to(days, coverage.weekday_share)
    week = (by_day[:, :, None] * by_hour[:, None, :]).reshape(len(hours), -1)
    out: Array = week / week.mean(axis=1, keepdims=True)
    return out


def _relative_to(counts: Array, even: Array) -> Array:
    """Return counts [types, bins] over those of the `even` shares [bins], shrunk; 1 where there is no share."""
    out = np.ones(counts.shape)
    covered = even > 0
    out[:, covered] = _shrunk_shares(counts[:, covered], even[covered]) / even[covered]
    return out


def _shrunk_shares(counts: Array, even: Array) -> Array:
    """Return shares [types, bins]: each type towards the others, these towards `even`."""
    total = counts.sum(axis=0, keepdims=True)
    k0 = _likeliest(total, even)
    others = total - counts + k0 * even
    others = others / others.sum(axis=1, keepdims=True)
    k = _likeliest(counts, others)
    out: Array = (counts + k * others) / (counts.sum(axis=1, keepdims=True) + k)
    return out


def _likeliest(counts: Array, centre: Array) -> float:
    """Return the prior's weight in rows under which counts [types, bins] are likeliest.

    `centre` has the prior's shares, shape [bins] or [types, bins].
    """
    n = counts.sum(axis=1)

    def score(k: float) -> float:
        return float((gammaln(k) - gammaln(n + k)).sum() + (gammaln(counts + k * centre) - gammaln(k * centre)).sum())

    scores = [score(k) for k in PSEUDO_ROWS]
    return PSEUDO_ROWS[int(np.argmax(scores))]


def yearly_rate(n: float, residents: int, days: float, prior: float) -> float:
    """Return events per 1,000 residents per year.

    The mean of a gamma posterior whose prior has mean `prior` and is worth `PRIOR_EVENTS` rows, or a year of a thousand
    residents where that is less.
    """
    thousand_years = residents / 1000 * days / DAYS_PER_YEAR
    worth = min(PRIOR_EVENTS / prior, PRIOR_THOUSAND_YEARS)
    return (n + worth * prior) / (thousand_years + worth)


def crime_evidence(
    events: Events, crime: Array, coverage: Coverage, residents: int, grid: Grid, inside: Array, complete: bool
) -> CrimeEvidence:
    """Estimate surfaces, profiles and rates of the four types.

    Parameters
    ----------
    events : Events
        Rows that are a crime; those without a place count for profiles and rates.
    crime : array of int [rows]
        Place of each in `CRIME_EVIDENCE`.
    coverage : Coverage
        The time that the file covers: rows outside it do not count for rates.
    residents : int
        Residents of the city.
    grid, inside : Grid, array of bool [cells]
        The cells, and those of the city.
    complete : bool
        Whether a type without rows did not happen; else its rate is that before any file is read.
    """
    of_type = [crime == kind for kind in range(len(CRIME_EVIDENCE))]
    placed = events.cell >= 0
    counts = np.array(
        [np.bincount(events.cell[rows & placed], minlength=grid.n_cells) for rows in of_type], dtype=float
    )
    by_time = [hour_and_day_counts(events.stamp[rows], events.has_clock, events.has_day) for rows in of_type]
    covered = coverage.holds(events.stamp)
    rates = [
        yearly_rate(float((rows & covered).sum()), residents, coverage.days, prior)
        if rows.any()
        else (0.0 if complete else prior)
        for rows, prior in zip(of_type, PRIOR_CRIMES_PER_1000, strict=True)
    ]
    return CrimeEvidence(
        surface=type_surfaces(counts, grid, inside),
        profile=profiles(np.array([h for h, _ in by_time]), np.array([d for _, d in by_time]), coverage),
        recorded_per_1000_year=np.array(rates),
    )


def call_evidence(
    events: Events, call: Array, coverage: Coverage, residents: int, grid: Grid, inside: Array
) -> CallEvidence:
    """Estimate surfaces, profiles, mix and rate of the calls that nothing in the model causes.

    Parameters
    ----------
    events : Events
        Rows that are such a call.
    call : array of int [rows]
        Place of each in `OTHER_CALLS`.
    coverage : Coverage
        The time that the file covers: rows outside it do not count for rates.
    residents : int
        Residents of the city.
    grid, inside : Grid, array of bool [cells]
        The cells, and those of the city.
    """
    kinds = range(len(OTHER_CALLS))
    placed = events.cell >= 0
    counts = np.array(
        [np.bincount(events.cell[placed & (call == kind)], minlength=grid.n_cells) for kind in kinds], dtype=float
    )
    rows = np.bincount(call, minlength=len(OTHER_CALLS))
    by_time = [hour_and_day_counts(events.stamp[call == kind], events.has_clock, events.has_day) for kind in kinds]
    prior = np.array(PRIOR_CALL_SHARES)
    return CallEvidence(
        surface=type_surfaces(counts, grid, inside),
        profile=profiles(np.array([h for h, _ in by_time]), np.array([d for _, d in by_time]), coverage),
        share=(rows + PRIOR_EVENTS * prior) / (len(call) + PRIOR_EVENTS),
        per_1000_year=yearly_rate(
            float(coverage.holds(events.stamp).sum()), residents, coverage.days, PRIOR_CALLS_PER_1000
        ),
    )
