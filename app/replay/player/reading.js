/* What a replay knows: the columns of its file, and what is asked of them again and again.
 *
 * Times are hundredths of minutes since the first measured day, places metres; the format is described in README.md.
 */
"use strict";
window.Beatlab = {};
Beatlab.reading = (() => {
  const MINUTES = 100, DAY = 1440, NEVER = -1; // MINUTES: what a minute is in the file
  const text = (words) => words; // marks words that are said later

  const TYPES = { u1: Uint8Array, i2: Int16Array, u2: Uint16Array, i4: Int32Array, f4: Float32Array };

  const fromBase64 = (letters) => Uint8Array.from(atob(letters.trim()), (c) => c.charCodeAt(0)).buffer;

  async function unpack(bytes) {
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const buffer = await new Response(plain).arrayBuffer();
    const length = new DataView(buffer).getUint32(0, true);
    const first = Math.ceil((4 + length) / 8) * 8;
    const revive = (_key, value) => (value && value.$ ? column(buffer, first, value.$) : value);
    return JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)), revive);
  }

  /** A column of the file; what is kept as differences is summed up, within the bounds of its type. */
  function column(buffer, first, [type, offset, length, differences]) {
    const found = new TYPES[type](buffer, first + offset, length);
    if (differences) for (let i = 1; i < length; i++) found[i] += found[i - 1];
    return found;
  }

  /** The number of entries of a sorted column that are at most `value`. */
  function upTo(sorted, value, low = 0, high = sorted.length) {
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** What is asked of a run again and again: times in order, and sums along them. */
  function prepare(run) {
    const { incidents, calls, recorded } = run, none = (t) => t !== NEVER;
    const callers = Array.from(calls.received).filter((_t, i) => calls.caller[i]);
    let sum = 0;
    run.harm = Float64Array.from(incidents.harm, (one) => (sum += one));
    run.times = {
      crimes_total: incidents.time, recorded_total: recorded.time, calls_total: callers,
      arrests: Array.from(incidents.arrest).filter(none).sort((one, other) => one - other),
    };
    return run;
  }

  /** A running total of a run at a time in hundredths of minutes; not-a-number where nothing is measured yet. */
  function total(run, name, at, police = false) {
    if (name === "cases") return openCases(run, at).length;
    if (name === "disputes") return openDisputes(run, at, police).length;
    if (name === "harm_total") return run.harm[upTo(run.incidents.time, at) - 1] ?? 0;
    if (name === "waiting") return waiting(run, at).length;
    if (name === "response_p1_median_min") return run.response_p1[Math.floor(at / 60 / MINUTES)];
    return upTo(run.times[name], at);
  }

  /** Rows of the calls that nobody has reached yet; what a patrol comes upon does not wait. */
  function waiting({ calls }, at) {
    const found = [];
    for (let i = upTo(calls.received, at - 2 * DAY * MINUTES); i < upTo(calls.received, at); i++)
      if (calls.caller[i] && at < calls.ended[i]) found.push(i);
    return found;
  }

  /** Rows of the cases that are open. */
  function openCases({ cases }, at) {
    return rowsOpen(cases.opened, cases.closed, at);
  }

  /** Rows of the disputes that are open; with `known`, of those of which somebody has heard who mediates. */
  function openDisputes({ disputes }, at, known) {
    const open = rowsOpen(disputes.began, disputes.ended, at);
    return known ? open.filter((i) => disputes.found[i] !== NEVER && disputes.found[i] <= at) : open;
  }

  /** Rows that have begun, in order of time, and not ended; what never does has NEVER for an end. */
  function rowsOpen(begun, ended, at) {
    const found = [];
    for (let i = 0, last = upTo(begun, at); i < last; i++) if (ended[i] === NEVER || at < ended[i]) found.push(i);
    return found;
  }

  /** What programmes have noted of the day: rows of their table. */
  function notedOn({ programmes }, at) {
    const day = Math.floor(at / MINUTES / DAY);
    return Array.from({ length: programmes.day.length }, (_, i) => i).filter((i) => programmes.day[i] === day);
  }

  /** The row of a unit's tracks at a time. */
  function rowOf({ tracks }, unit, at) {
    const low = tracks.first[unit], high = tracks.first[unit + 1];
    return high > low ? Math.max(low, upTo(tracks.start, at, low, high) - 1) : NEVER;
  }

  const activityOf = (data, run, row) => data.activities[run.tracks.activity[row]];

  /** When an activity ends: when the unit's next one begins. */
  const endOf = (run, unit, row, end) => (row + 1 < run.tracks.first[unit + 1] ? run.tracks.start[row + 1] : end);

  /** Where a unit is, in metres, and where it is heading. */
  function placeOf(city, run, unit, row, at, end) {
    const way = run.tracks.way[row];
    if (way < 0) return { ...middle(city, -1 - way), angle: 0, moving: false };
    const begun = run.tracks.start[row], until = endOf(run, unit, row, end);
    return along(city, way, until > begun ? (at - begun) / (until - begun) : 1);
  }

  function middle(city, cell) {
    return { x: ((cell % city.columns) + 0.5) * city.cell_m, y: (Math.floor(cell / city.columns) + 0.5) * city.cell_m };
  }

  /** The point a share of the length of a way along it, and the last point `i` of the way before it. */
  function along(city, way, share) {
    const { first, x, y } = city.ways, low = first[way], high = first[way + 1] - 1, unit = city.unit_m;
    let left = 0;
    for (let i = low; i < high; i++) left += Math.hypot(x[i + 1] - x[i], y[i + 1] - y[i]);
    left *= Math.min(Math.max(share, 0), 1);
    for (let i = low; i < high; i++) {
      const dx = x[i + 1] - x[i], dy = y[i + 1] - y[i], length = Math.hypot(dx, dy);
      if (left <= length && length) {
        const part = left / length;
        const angle = Math.atan2(dy, dx);
        return { x: (x[i] + dx * part) * unit, y: (y[i] + dy * part) * unit, angle, moving: true, i };
      }
      left -= length;
    }
    return { x: x[high] * unit, y: y[high] * unit, angle: 0, moving: true, i: high };
  }

  return { MINUTES, DAY, NEVER, text, fromBase64, unpack, upTo, prepare, total, waiting, openCases, openDisputes,
    notedOn, rowOf, activityOf, placeOf, middle };
})();
