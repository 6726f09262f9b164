"""How long callers wait, those included whom nobody ever served: dropping a call never looks like a shorter wait."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.incidents.log import CALLS, CallState, Logs
from sim.kernels import kernel
from sim.police.patrol.queue import PRIORITIES

NEVER = float("inf")  # a quantile that so many calls never reach
PARTS_OF = (1, 3)  # priorities of which the parts of the response are indicators
OPEN = (CallState.EXPECTED, CallState.WAITING, CallState.SENT, CallState.ON_SCENE)
ASKED = (*OPEN, CallState.SERVED, CallState.EXPIRED)  # for a unit; other calls the desk or another service took


class Waits(NamedTuple):
    """Callers who asked for a unit, an entry each; all times are in minutes.

    Attributes
    ----------
    priority : Array
        1, 2 or 3.
    received : Array
        Time of the call.
    sent, arrived : Array
        From the call until the first unit was sent, and until one arrived; not-a-number where that did not happen.
    turn_out, drive : Array
        From the order until the unit that arrived first was on the way, and from then until it arrived; likewise.
    gave_up : Array
        Whether the caller gave up before anybody was sent.
    seen : Array
        From the call until it was answered by the first unit on its way, its caller gave up, or the run ended.
    """

    priority: Array
    received: Array
    sent: Array
    arrived: Array
    turn_out: Array
    drive: Array
    gave_up: Array
    seen: Array


def waits(logs: Logs, patience_min: Array, now_min: float) -> Waits:
    """Return how long each caller of the run so far has waited for a unit.

    `patience_min` is that of callers, by priority.
    """
    rows = logs.calls[: logs.used[CALLS]]
    size = len(rows)
    found = Waits(
        priority=np.empty(size, dtype=np.int8), received=np.empty(size), sent=np.empty(size), arrived=np.empty(size),
        turn_out=np.empty(size), drive=np.empty(size), gave_up=np.empty(size, dtype=bool), seen=np.empty(size),
    )  # fmt: skip
    n = _note_waits(rows, patience_min, now_min, found)
    return Waits(*(column[:n] for column in found))


@kernel
def _note_waits(calls: Array, patience_min: Array, now_min: float, out: Waits) -> int:
    """Write down how long each caller has waited for a unit, and return how many they are."""
    n = 0
    for c in range(len(calls)):
        call = calls[c]
        if call.received_min >= now_min or call.on_view or call.state not in ASKED:
            continue
        out.priority[n], out.received[n] = call.priority, call.received_min
        out.gave_up[n] = call.state == CallState.EXPIRED
        out.sent[n] = call.dispatched_min - call.received_min if call.dispatched_min >= 0.0 else np.nan
        came = call.arrived_min >= 0.0
        out.arrived[n] = call.arrived_min - call.received_min if came else np.nan
        out.turn_out[n] = call.under_way_min - call.dispatched_min if came else np.nan
        out.drive[n] = call.arrived_min - call.under_way_min if came else np.nan
        if call.dispatched_min >= 0.0:
            out.seen[n] = out.sent[n]
        else:
            out.seen[n] = patience_min[call.priority - 1] if out.gave_up[n] else now_min - call.received_min
        n += 1
    return n


def waiting_indicators(logs: Logs, patience_min: Array, start_min: float, now_min: float) -> dict[str, float | None]:
    """Return the indicators of waits and responses from `start_min` to `now_min`.

    Parameters
    ----------
    logs : Logs
        Of which the calls are read.
    patience_min : array [priorities]
        After which a call that nobody was sent to is closed.
    start_min, now_min : float
        From when to when, minutes since the start of the run.

    Returns
    -------
    dict
        `calls_waiting_mean`, how many callers wait at a moment, those included who give up in the end or still wait (by
        Little's law the rate of calls times their mean wait); `calls_waiting_p90_min`; median and P90 of the response
        by priority, and of its parts for priorities 1 and 3: `dispatch`, from the call until a unit was sent, and of
        calls to which one came `turn_out` and `drive`; `calls_unserved_share`, see `share_never`. A quantile is
        that of all who asked for a unit: a caller who gave up never gets an answer, so that it is `NEVER` where too
        many do. It is None where nobody asked.
    """
    every = waits(logs, patience_min, now_min)
    waited = np.minimum(every.received + every.seen, now_min) - np.maximum(every.received, start_min)
    out: dict[str, float | None] = {"calls_waiting_mean": float(np.maximum(waited, 0.0).sum()) / (now_min - start_min)}
    new = every.received >= start_min
    at_end = now_min - every.received
    out["calls_waiting_p90_min"] = quantile(every.sent[new], every.gave_up[new], at_end[new], 0.9)
    for p in range(1, PRIORITIES + 1):
        mine = new & (every.priority == p)
        for name, q in (("median", 0.5), ("p90", 0.9)):
            out[f"response_p{p}_{name}_min"] = quantile(every.arrived[mine], every.gave_up[mine], at_end[mine], q)
            if p in PARTS_OF:
                out[f"dispatch_p{p}_{name}_min"] = quantile(every.sent[mine], every.gave_up[mine], at_end[mine], q)
                came = mine & ~np.isnan(every.arrived)
                for part, minutes in (("turn_out", every.turn_out), ("drive", every.drive)):
                    out[f"{part}_p{p}_{name}_min"] = float(np.quantile(minutes[came], q)) if came.any() else None
    out["calls_unserved_share"] = share_never(every.sent[new], every.gave_up[new], at_end[new])
    return out


def quantile(reached: Array, never: Array, age: Array, q: float) -> float | None:
    """Return a quantile of the time to an answer over all who asked.

    It is `NEVER` when it falls among those who never get one, and None when nobody asked. Who gave up is placed behind
    every answer. Who still waited at the end is known to have waited so long, and shares the future of those who had
    waited as long (redistribution to the right, Efron 1967, which is the estimator of Kaplan and Meier). Without such
    it is `numpy.quantile`.

    Parameters
    ----------
    reached : Array
        Minutes until each was answered, not-a-number where that did not happen.
    never : Array
        Who gave up.
    age : Array
        Minutes from the call to the end of the run.
    q : float
        Between 0 and 1.
    """
    if not len(reached):
        return None
    time, weight = _redistributed(reached, never, age)
    place = (np.cumsum(weight) - weight) / max(weight.sum() - weight[-1], 1e-12)
    after = min(int(np.searchsorted(place, q)), len(time) - 1)
    before = max(after - 1, 0) if place[after] > q else after
    if before == after or not np.isfinite(time[after]):
        return float(time[after])
    part = (q - place[before]) / (place[after] - place[before])
    return float(time[before] + part * (time[after] - time[before]))


def share_never(reached: Array, never: Array, age: Array) -> float | None:
    """Return the share of all who asked that never get an answer; the arguments are those of `quantile`.

    Who still waited at the end shares the future of those who had waited as long, and has none where nobody had: a
    queue that only grows is not served. None when nobody asked.
    """
    if not len(reached):
        return None
    time, weight = _redistributed(reached, never, age)
    return float(weight[np.isinf(time)].sum() / weight.sum())


def _redistributed(reached: Array, never: Array, age: Array) -> tuple[Array, Array]:
    """Return the times to an answer in order, `NEVER` behind all others, with the weight of each, which is above 0.

    The arguments are those of `quantile`.
    """
    open_ended = np.isnan(reached) & ~never
    time = np.where(never, NEVER, np.where(open_ended, age, reached))
    order = np.lexsort((open_ended, time))  # at one time answers come before those cut off
    time, open_ended = time[order], open_ended[order]
    weight = np.ones(len(time))
    for i in np.flatnonzero(open_ended):
        behind = len(time) - i - 1
        if behind:
            weight[i + 1 :] += weight[i] / behind
            weight[i] = 0.0
        else:
            time[i] = NEVER  # nobody tells when
    return time[weight > 0], weight[weight > 0]
