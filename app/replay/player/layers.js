/* The maps and the strip of time below them: what a replay draws of a moment, layer by layer. */
"use strict";
Beatlab.layers = (() => {
  const { MINUTES, DAY, NEVER, upTo, total, waiting, openCases, openDisputes, notedOn, rowOf, activityOf, placeOf,
    middle } = Beatlab.reading;
  const { INK, WAIT, WATCH, STAR, MARK, make, projection, drawGround, shape, drawCrime, drawCall, drawUnit, drawCase,
    drawDispute, markOf } = Beatlab.marks;
  const LINGER = DAY; // marks fade within a day
  const TABLES = { call: ["calls", "received"], case: ["cases", "opened"], dispute: ["disputes", "began"] };

  /** The ground is the same on all maps, and drawn again only when something of it changes. */
  function groundFor(replay, width, height) {
    const { view, on, number } = replay, key = [width, height, number, view.zoom, view.zoom > 1 && [view.x, view.y],
      on.land, on.streets, on.beats, replay.size].join();
    if (key !== replay.groundKey) {
      replay.groundCanvas = make("canvas", { width, height });
      const pen = replay.groundCanvas.getContext("2d", { alpha: false });
      drawGround(pen, replay.pair.city, replay.pair.ground, replay.to, on, replay.size);
      replay.groundKey = key;
    }
    return replay.groundCanvas;
  }

  function drawMap(replay, { canvas, clock, index }) {
    const width = Math.round(canvas.clientWidth * replay.density);
    const height = Math.round(canvas.clientHeight * replay.density);
    clock.textContent = replay.moment(replay.now);
    if (!width || !height) return;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    replay.to = projection(replay.pair.city, replay.view, width, height);
    const pen = canvas.getContext("2d", { alpha: false });
    pen.drawImage(groundFor(replay, width, height), 0, 0);
    pen.lineCap = pen.lineJoin = "round";
    if (index === null) return drawDifference(replay, pen);
    if (replay.on.stops) drawStops(replay, pen, index);
    if (replay.on.disputes) drawDisputes(replay, pen, index);
    if (replay.on.cases) drawCases(replay, pen, index);
    if (replay.on.crimes) drawCrimes(replay, pen, index, replay.at - LINGER * MINUTES, false);
    if (replay.on.arrests) drawArrests(replay, pen, index);
    if (replay.on.calls) drawCalls(replay, pen, index);
    if (replay.on.units) drawUnits(replay, pen, index);
    if (replay.on.programmes) drawProgrammes(replay, pen, index);
    drawLight(replay, pen);
  }

  /** Crimes of a run since a time; police records where that is chosen. */
  function drawCrimes(replay, pen, index, since, fresh) {
    const run = replay.pair.runs[index], rows = replay.police ? run.recorded : run.incidents, { to, size } = replay;
    for (let i = upTo(rows.time, since); i < upTo(rows.time, replay.at); i++) {
      if (fresh && rows.common[i]) continue;
      const { x, y } = spot(replay, rows, i);
      pen.globalAlpha = fresh ? 0.9 : 1 - (0.75 * (replay.at - rows.time[i])) / (LINGER * MINUTES);
      drawCrime(pen, rows.common[i], index, to.x(x), to.y(y), size, replay.police);
    }
    pen.globalAlpha = 1;
  }

  /** Where a row lies: crimes have a place, records a cell, in which they are shifted a little to be told apart. */
  function spot(replay, rows, i) {
    const { city } = replay.pair;
    if (rows.x) return { x: rows.x[i] * city.unit_m, y: rows.y[i] * city.unit_m };
    const { x, y } = middle(city, rows.cell[i]), shift = city.cell_m * 0.3;
    return { x: x + Math.sin(rows.time[i]) * shift, y: y + Math.cos(rows.time[i]) * shift };
  }

  function drawDifference(replay, pen) {
    for (const index of [0, 1]) if (replay.on.crimes) drawCrimes(replay, pen, index, -1, true);
    drawLight(replay, pen);
  }

  function drawArrests(replay, pen, index) {
    const { incidents } = replay.pair.runs[index], { to, size, at } = replay;
    pen.lineWidth = size;
    for (let i = 0; i < incidents.arrest.length; i++) {
      const since = at - incidents.arrest[i];
      if (incidents.arrest[i] === NEVER || since < 0 || since > LINGER * MINUTES) continue;
      const { x, y } = spot(replay, incidents, i);
      pen.globalAlpha = 1 - (0.7 * since) / (LINGER * MINUTES);
      shape(pen, "star", to.x(x), to.y(y), 7 * size, STAR, "#fff");
    }
    pen.globalAlpha = 1;
  }

  function drawStops(replay, pen, index) {
    const run = replay.pair.runs[index], { to, size, at } = replay, { city } = replay.pair;
    const side = Math.max(city.cell_m * to.scale * 0.9, 3);
    pen.fillStyle = "#2f6d8f";
    pen.globalAlpha = 0.08;
    for (let i = upTo(run.stops.start, at - LINGER * MINUTES); i < upTo(run.stops.start, at); i++) {
      const { x, y } = middle(city, run.stops.cell[i]);
      pen.fillRect(to.x(x) - side / 2, to.y(y) - side / 2, side, side);
    }
    pen.globalAlpha = 1;
    pen.lineWidth = size;
    for (let i = 0; i < run.watches.start.length; i++) {
      if (run.watches.start[i] > at || run.watches.end[i] < at) continue;
      const { x, y } = middle(city, run.watches.cell[i]);
      shape(pen, "diamond", to.x(x), to.y(y), 5 * size, WATCH, "#fff");
    }
  }

  /** Open cases, where the police say that it was; those of before the first day have no place. */
  function drawCases(replay, pen, index) {
    const run = replay.pair.runs[index], { cases } = run, { to, size, at } = replay;
    for (const i of openCases(run, at)) {
      if (cases.cell[i] === NEVER) continue;
      const { x, y } = middle(replay.pair.city, cases.cell[i]);
      drawCase(pen, to.x(x), to.y(y), size, cases.begun[i] !== NEVER && cases.begun[i] <= at);
      if (isChosen(replay, "case", index, i)) halo(replay, pen, to.x(x), to.y(y));
    }
  }

  function drawDisputes(replay, pen, index) {
    const run = replay.pair.runs[index], { disputes } = run, { to, size, at, police } = replay;
    for (const i of openDisputes(run, at, police)) {
      const { x, y } = middle(replay.pair.city, disputes.cell[i]);
      drawDispute(pen, to.x(x), to.y(y), size, disputes.found[i] !== NEVER && disputes.found[i] <= at);
      if (isChosen(replay, "dispute", index, i)) halo(replay, pen, to.x(x), to.y(y));
    }
  }

  /** What programmes do that day, in a corner of the map: campaigns, visits, watches. */
  function drawProgrammes(replay, pen, index) {
    const run = replay.pair.runs[index], { programmes } = run, { size } = replay;
    const lines = notedOn(run, replay.at).map((i) => replay.noted(programmes, i));
    if (!lines.length) return;
    pen.font = `${12 * size}px "Beatlab Chinese", system-ui, sans-serif`;
    pen.textAlign = "left";
    pen.textBaseline = "top";
    const line = 16 * size, width = Math.max(...lines.map((words) => pen.measureText(words).width)) + 14 * size;
    const top = pen.canvas.height - line * lines.length - 10 * size;
    pen.globalAlpha = 0.88;
    pen.fillStyle = "#fff";
    pen.fillRect(4 * size, top, width, line * lines.length + 6 * size);
    pen.globalAlpha = 1;
    pen.fillStyle = INK;
    lines.forEach((words, i) => pen.fillText(words, 11 * size, top + 4 * size + i * line));
  }

  function drawCalls(replay, pen, index) {
    const run = replay.pair.runs[index], { calls } = run, { to, size, at } = replay;
    for (const i of waiting(run, at)) {
      const { x, y } = middle(replay.pair.city, calls.cell[i]);
      if (calls.unit[i] !== NEVER && calls.dispatched[i] <= at) tie(replay, pen, run, calls.unit[i], x, y);
      drawCall(pen, to.x(x), to.y(y), size, calls.priority[i], (at - calls.received[i]) / MINUTES);
      if (isChosen(replay, "call", index, i)) halo(replay, pen, to.x(x), to.y(y));
    }
  }

  /** A line from a unit to the call that it is sent to. */
  function tie(replay, pen, run, unit, x, y) {
    const row = rowOf(run, unit, replay.at);
    if (row < 0) return;
    const from = placeOf(replay.pair.city, run, unit, row, replay.at, replay.end * MINUTES);
    pen.strokeStyle = WAIT;
    pen.lineWidth = 1.2 * replay.size;
    pen.setLineDash([4 * replay.size, 3 * replay.size]);
    pen.beginPath();
    pen.moveTo(replay.to.x(from.x), replay.to.y(from.y));
    pen.lineTo(replay.to.x(x), replay.to.y(y));
    pen.stroke();
    pen.setLineDash([]);
  }

  function drawUnits(replay, pen, index) {
    const run = replay.pair.runs[index], { to, size, at } = replay, end = replay.end * MINUTES, { city } = replay.pair;
    for (let unit = 0; unit + 1 < run.tracks.first.length; unit++) {
      const row = rowOf(run, unit, at);
      if (row < 0 || activityOf(replay.data, run, row) === "off_duty") continue;
      const place = placeOf(city, run, unit, row, at, end), apart = place.moving ? 0 : 4 * size;
      const x = to.x(place.x) + Math.cos(unit * 2.4) * apart, y = to.y(place.y) + Math.sin(unit * 2.4) * apart;
      if (replay.on.trails && place.moving) trail(replay, pen, run.tracks.way[row], place);
      drawUnit(pen, activityOf(replay.data, run, row), run.tracks.on_foot[row], place, x, y, size);
      if (isChosen(replay, "unit", index, unit)) halo(replay, pen, x, y);
    }
  }

  /** The part of its way that a unit has behind it. */
  function trail(replay, pen, way, place) {
    const { ways, unit_m: unit } = replay.pair.city;
    pen.beginPath();
    for (let i = ways.first[way]; i <= place.i; i++)
      pen.lineTo(replay.to.x(ways.x[i] * unit), replay.to.y(ways.y[i] * unit));
    pen.lineTo(replay.to.x(place.x), replay.to.y(place.y));
    pen.strokeStyle = INK;
    pen.globalAlpha = 0.35;
    pen.lineWidth = 2.5 * replay.size;
    pen.stroke();
    pen.globalAlpha = 1;
  }

  function isChosen(replay, kind, run, row) {
    if (replay.chosen?.kind !== kind) return false;
    return replay.chosen.run === run ? replay.chosen.row === row : twin(replay, run) === row;
  }

  /** The row in another run of what somebody follows: the same unit, or what began at the same moment and place. */
  function twin(replay, index) {
    const { kind, run, row } = replay.chosen;
    if (kind === "unit" || index === run) return row;
    const [table, began] = TABLES[kind], mine = replay.pair.runs[run][table], other = replay.pair.runs[index][table];
    const at = mine[began][row], found = [];
    for (let i = upTo(other[began], at) - 1; i >= 0 && other[began][i] === at; i--)
      if (other.cell[i] === mine.cell[row] && other.type[i] === mine.type[row]) found.push(i);
    return found.length ? found.at(-1) : NEVER;
  }

  function halo(replay, pen, x, y) {
    pen.lineWidth = 3 * replay.size;
    shape(pen, "ring", x, y, 13 * replay.size, null, MARK);
  }

  /** Show where a marked moment has happened, for a while. */
  function drawLight(replay, pen) {
    if (!replay.lit || replay.now > replay.lit.until || replay.now < replay.lit.until - 61) return;
    halo(replay, pen, replay.to.x(replay.lit.x), replay.to.y(replay.lit.y));
  }

  /** Below the maps: A − B of the crimes so far over the whole time, in all replications, and marked moments. */
  function drawStrip(replay) {
    const { strip } = replay, width = (strip.width = Math.round(strip.clientWidth * replay.density));
    const height = (strip.height = Math.round(strip.clientHeight * replay.density));
    const pen = strip.getContext("2d"), x = (minutes) => (minutes / replay.end) * width;
    const what = replay.police ? "recorded_total" : "crimes_total";
    const lines = (replay.curves[what] ??= replay.data.pairs.map(({ runs }) => curve(runs, what, replay.end)));
    const most = Math.max(3, ...lines.flat().map(Math.abs));
    const y = (value) => height / 2 - (value / most) * (height / 2 - 4);
    if (replay.data.branch) { // the past, which both have in common
      pen.fillStyle = "#eceff3";
      pen.fillRect(0, 0, x(replay.data.branch.begins), height);
      pen.fillStyle = MARK;
      for (let up = 0; up < height; up += 8 * replay.density)
        pen.fillRect(x(replay.data.branch.begins), up, 1.5 * replay.density, 4 * replay.density);
    }
    pen.fillStyle = "#dfe3e8";
    for (let day = 0; day <= replay.data.days; day++) pen.fillRect(Math.round(x(day * DAY)), 0, 1, height);
    pen.fillRect(0, height / 2, width, 1);
    lines.forEach((values, i) => {
      pen.beginPath();
      values.forEach((value, k) => pen.lineTo(x((k / (values.length - 1)) * replay.end), y(value)));
      pen.strokeStyle = i === replay.number ? INK : "#a9b1ba";
      pen.lineWidth = (i === replay.number ? 2 : 1) * replay.density;
      pen.stroke();
    });
    pen.lineWidth = replay.density;
    for (const { at, kind } of replay.pair.moments) {
      const [mark, colour] = markOf(kind);
      shape(pen, mark, x(at), height - 7 * replay.density, 5 * replay.density, colour, "#fff");
    }
    pen.fillStyle = MARK;
    pen.fillRect(x(replay.now) - replay.density, 0, 2 * replay.density, height);
  }

  /** How many crimes, or records of them, A had more than B so far, at some hundred moments. */
  function curve(runs, what, end) {
    return Array.from({ length: 281 }, (_, i) => {
      const counts = runs.map((run) => total(run, what, (i / 280) * end * MINUTES));
      return counts.length === 2 ? counts[0] - counts[1] : 0;
    });
  }

  return { drawMap, drawStrip, twin };
})();
