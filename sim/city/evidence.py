"""What recorded rows say about where, when and how often, with shrinkage so that few rows do not say too much."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.special import gammaln

from sim.arrays import Array
from sim.city.city import CRIME_EVIDENCE, CallEvidence, CrimeEvidence
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
UNKNOWN_CLOCKS = (0, 12)  # hours at whose first two minutes files put times that nobody knew
DAYS_PER_YEAR = 365.25


class Events(NamedTuple):
    """Rows of one file, placed on the grid."""

    cell: Array  # [rows]
    stamp: Array  # [rows] datetime64[s]
    has_clock: bool
    has_day: bool


def exposure_days(stamp: Array) -> float:
    """Return the days that a file covers, at least 7.

    They are the days between the 1 % and 99 % quantiles of its times, divided by 0.98: for an even stream that is the
    time from the first to the last row, and a few rows dated years before the others do not stretch it.
    """
    seconds = stamp.astype(np.int64)
    low, high = np.quantile(seconds, [0.01, 0.99])
    return max(float(high - low) / 86_400 / 0.98, 7.0)


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

    Many files write 00:00 or 12:00 when the time is unknown. The rows of the first two minutes of these hours are
    compared with those of the first two minutes of the two hours before and the two after; if they are more than twice
    as many, and by more than five rows and three Poisson standard deviations, the excess is taken out. As the hours are
    used as shares, it is thereby spread over the hours like the rows whose time is known. A file without a clock says
    nothing about hours, one of months nothing about days.
    """
    seconds = stamp.astype(np.int64)
    hour, minute = seconds // 3600 % 24, seconds // 60 % 60
    hours = np.bincount(hour, minlength=24).astype(float)
    on_the_hour = np.bincount(hour[minute < 2], minlength=24).astype(float)
    for unknown in UNKNOWN_CLOCKS:
        expected = float(on_the_hour[[(unknown + shift) % 24 for shift in (-2, -1, 1, 2)]].mean())
        if on_the_hour[unknown] > max(2 * expected, expected + 5 + 3 * np.sqrt(expected)):
            hours[unknown] -= on_the_hour[unknown] - expected
    days = np.bincount((seconds // 86_400 + 3) % 7, minlength=7).astype(float)  # 1 January 1970 was a Thursday
    return hours * has_clock, days * has_day


def weekday_share(stamp: Array) -> Array:
    """Return the share of a file's time that fell on each day of the week [7], Monday first.

    Even if it covers less than a week.
    """
    seconds = stamp.astype(np.int64)
    low, high = np.quantile(seconds, [0.01, 0.99])
    days = np.arange(int(low) // 86_400, int(high) // 86_400 + 1)
    covered = np.minimum((days + 1) * 86_400, high) - np.maximum(days * 86_400, low)
    share = np.bincount((days + 3) % 7, weights=covered, minlength=7)
    full_week = high - low >= 0.95 * 7 * 86_400
    out: Array = share / share.sum() if full_week else np.full(7, 1 / 7)
    return out


def profiles(hours: Array, days: Array, day_share: Array) -> Array:
    """Estimate the hour-of-week profile of each type as hour of the day × day of the week, shrunk.

    Each factor is the mean of a Dirichlet posterior: counts of the type plus κ times the shares of the other types,
    which are themselves counts plus κ₀ times the even shares. κ and κ₀ are those of a fixed list under which the counts
    are likeliest (Dirichlet-multinomial, type II maximum likelihood, Minka 2000).

    Parameters
    ----------
    hours, days : array [types, 24], array [types, 7]
        Rows by type and hour, and by type and day, Monday first.
    day_share : array [7]
        Share of the file's time on each day of the week.

    Returns
    -------
    array [types, 168]
        Relative to the mean of the week, which is 1; Monday 00 h first.
    """
    by_hour = _shrunk_shares(hours, np.full(24, 1 / 24)) * 24
    by_day = _shrunk_shares(days, day_share) / day_share
    week = (by_day[:, :, None] * by_hour[:, None, :]).reshape(len(hours), -1)
    out: Array = week / week.mean(axis=1, keepdims=True)
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

    The mean of a gamma posterior whose prior has mean `prior` and is worth `PRIOR_EVENTS` rows.
    """
    thousand_years = residents / 1000 * days / DAYS_PER_YEAR
    return (n + PRIOR_EVENTS) / (thousand_years + PRIOR_EVENTS / prior)


def crime_evidence(
    events: Events, crime: Array, covered: Array, residents: int, grid: Grid, inside: Array
) -> CrimeEvidence:
    """Estimate surfaces, profiles and rates of the four types.

    Parameters
    ----------
    events : Events
        Rows that are a crime.
    crime : array of int [rows]
        Place of each in `CRIME_EVIDENCE`.
    covered : array [rows of the file]
        Times of all rows of the file, datetime64[s]; they say how long it covers.
    residents : int
        Residents of the city.
    grid, inside : Grid, array of bool [cells]
        The cells, and those of the city.
    """
    kinds = range(len(CRIME_EVIDENCE))
    counts = np.array([np.bincount(events.cell[crime == kind], minlength=grid.n_cells) for kind in kinds], dtype=float)
    by_time = [hour_and_day_counts(events.stamp[crime == kind], events.has_clock, events.has_day) for kind in kinds]
    days = exposure_days(covered)
    return CrimeEvidence(
        surface=type_surfaces(counts, grid, inside),
        profile=profiles(np.array([h for h, _ in by_time]), np.array([d for _, d in by_time]), weekday_share(covered)),
        recorded_per_1000_year=np.array(
            [yearly_rate(counts[kind].sum(), residents, days, PRIOR_CRIMES_PER_1000[kind]) for kind in kinds]
        ),
    )


def call_evidence(
    events: Events, call: Array, covered: Array, residents: int, grid: Grid, inside: Array
) -> CallEvidence:
    """Estimate surfaces, profiles, mix and rate of the calls that nothing in the model causes.

    Parameters
    ----------
    events : Events
        Rows that are such a call.
    call : array of int [rows]
        Place of each in `OTHER_CALLS`.
    covered : array [rows of the file]
        Times of all calls of the file, datetime64[s]; they say how long it covers.
    residents : int
        Residents of the city.
    grid, inside : Grid, array of bool [cells]
        The cells, and those of the city.
    """
    kinds = range(len(OTHER_CALLS))
    counts = np.array([np.bincount(events.cell[call == kind], minlength=grid.n_cells) for kind in kinds], dtype=float)
    by_time = [hour_and_day_counts(events.stamp[call == kind], events.has_clock, events.has_day) for kind in kinds]
    prior = np.array(PRIOR_CALL_SHARES)
    return CallEvidence(
        surface=type_surfaces(counts, grid, inside),
        profile=profiles(np.array([h for h, _ in by_time]), np.array([d for _, d in by_time]), weekday_share(covered)),
        share=(counts.sum(axis=1) + PRIOR_EVENTS * prior) / (len(call) + PRIOR_EVENTS),
        per_1000_year=yearly_rate(len(call), residents, exposure_days(covered), PRIOR_CALLS_PER_1000),
    )
