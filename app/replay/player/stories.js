/* What a replay tells in words and figures: totals so far, and the story of whom somebody follows. */
"use strict";
Beatlab.stories = (() => {
  const { MINUTES, NEVER, text, total, rowOf, activityOf } = Beatlab.reading, { make } = Beatlab.marks;
  const { twin } = Beatlab.layers;
  const DOES = {
    off_duty: text("off duty"), standby: text("stands by"), patrol_drive: text("drives on patrol"),
    patrol_stop: text("stops on patrol"), return_drive: text("drives back to its beat"), break: text("has a meal"),
    response_drive: text("drives to the call"), on_scene: text("at the scene"), paperwork: text("does the paperwork"),
    arrest_processing: text("brings in whom it arrested"), turn_out: text("sets out for the call"),
    follow_up: text("follows up a case"),
  };
  const OUTCOMES = {
    desk: text("taken down without a unit"), expired: text("nobody was sent in time"),
    diverted: text("handed over to another service"), open: text("still open at the end"),
  };

  function tellTotal(replay, row) {
    const { key, only } = row.dataset, cells = row.querySelectorAll("td"), at = Math.floor(replay.at);
    const digits = key === "response_p1_median_min" ? 1 : 0;
    const hidden = replay.police && only === "truth";
    const { police } = replay;
    const values = replay.pair.runs.map((run) => (hidden ? null : total(run, key, at, police)));
    values.forEach((value, i) => (cells[i].textContent = replay.figure(value, digits)));
    if (values.length < 2) return;
    cells[2].textContent = signed(replay, hidden ? null : difference(values), digits);
    if (!cells[3]) return;
    const others = replay.data.pairs.filter((pair) => pair !== replay.pair)
      .map(({ runs }) =>
        signed(replay, hidden ? null : difference(runs.map((run) => total(run, key, at, police))), digits));
    cells[3].textContent = others.join("  ");
  }

  const difference = ([one, other]) => (one === null || other === null ? null : one - other);

  function signed(replay, value, digits) {
    return (value > 0 ? "+" : "") + replay.figure(value, digits).replace("-", "−");
  }

  function tellStory(replay) {
    const lines = replay.chosen ? storyOf(replay, replay.chosen)
      : [["p", replay.say("Click on a unit, a waiting call, a case or a dispute to follow it.")]];
    const key = JSON.stringify(lines);
    if (key === replay.storyKey && replay.story.childElementCount) return;
    replay.storyKey = key;
    replay.story.replaceChildren(...lines.map(([tag, words]) => make(tag, { textContent: words })));
  }

  /** What somebody follows, as headings and lines: in both runs, for that is the difference. */
  function storyOf(replay, { kind, run, row }) {
    const [titleOf, tellOf] = STORIES[kind], lines = [["h2", titleOf(replay, replay.pair.runs[run], row)]];
    replay.pair.runs.forEach((one, index) => {
      const other = twin(replay, index);
      lines.push(["h3", `${"AB"[index]}: ${replay.name(one.label)}`]);
      const told = other === NEVER || (kind === "unit" && rowOf(one, other, replay.at) < 0)
        ? [replay.say("is not there")] : tellOf(replay, one, other);
      lines.push(...told.map((words) => ["p", words]));
    });
    return lines;
  }

  function clockOf(replay, hundredths) { return replay.moment(hundredths / MINUTES).split(" ").pop(); }

  function callTitle(replay, { calls }, row) {
    return replay.say("Call of {clock}: {type}, P{priority}", { clock: clockOf(replay, calls.received[row]),
      type: replay.name(replay.data.types[calls.type[row]]), priority: calls.priority[row] });
  }

  function unitStory(replay, run, unit) {
    const last = rowOf(run, unit, replay.at), lines = [];
    for (let row = Math.max(run.tracks.first[unit], last - 3); row <= last; row++) {
      const call = run.tracks.call[row], does = replay.say(DOES[activityOf(replay.data, run, row)]);
      const foot = run.tracks.on_foot[row] ? replay.say(", on foot") : "";
      const which = call === NEVER ? "" : replay.say(" ({type}, P{priority})",
        { type: replay.name(replay.data.types[run.calls.type[call]]), priority: run.calls.priority[call] });
      lines.push(`${clockOf(replay, run.tracks.start[row])} ${does}${foot}${which}`);
    }
    return lines;
  }

  function callStory(replay, { calls }, row) {
    const moments = [
      ["received", text("somebody calls")], ["dispatched", text("unit {unit} is sent")],
      ["under_way", text("it is on its way")], ["arrived", text("it arrives, after {minutes} min")],
      ["cleared", text("it has done its work there")],
    ];
    const waited = (until) => Math.floor((until - calls.received[row]) / MINUTES);
    const values = { unit: calls.unit[row] + 1, minutes: waited(calls.arrived[row]) };
    const lines = moments.filter(([name]) => calls[name][row] !== NEVER && calls[name][row] <= replay.at)
      .map(([name, words]) => `${clockOf(replay, calls[name][row])} ${replay.say(words, values)}`);
    const state = replay.data.outcomes[calls.outcome[row]];
    if (replay.at >= calls.ended[row]) {
      if (state in OUTCOMES) lines.push(replay.say(OUTCOMES[state]));
    } else lines.push(replay.say("waits for {minutes} min", { minutes: waited(replay.at) }));
    return lines;
  }

  function caseTitle(replay, { cases }, row) {
    return replay.say("Case: {type}", { type: replay.name(replay.data.types[cases.type[row]]) });
  }

  function caseStory(replay, { cases }, row) {
    const closed = replay.data.case_states[cases.state[row]] === "cleared" ? text("it is cleared")
      : text("it is filed unsolved");
    return steps(replay, cases, row, [["opened", text("a case is opened")],
      ["known", text("investigators have the file")], ["begun", text("work on it begins")], ["closed", closed]]);
  }

  function disputeTitle(replay, { disputes }, row) {
    return replay.name(replay.data.subjects[disputes.type[row]]);
  }

  function disputeStory(replay, { disputes }, row) {
    const ended = { cooled: text("it cools down by itself"), mediated: text("it is mediated"),
      arrest: text("it ends with an arrest") }[replay.data.dispute_outcomes[disputes.outcome[row]]];
    return steps(replay, disputes, row, [["began", text("it begins")], ["found", text("mediators hear of it")],
      ["ended", ended]]);
  }

  /** Lines of what has happened so far, each with its moment; what was before the first day is said to be so. */
  function steps(replay, table, row, named) {
    const found = named.filter(([name]) => table[name][row] !== NEVER && table[name][row] <= replay.at)
      .map(([name, words]) => `${replay.moment(table[name][row] / MINUTES)} ${replay.say(words)}`);
    const [first] = named;
    return table[first[0]][row] === NEVER ? [replay.say("it was there before the first day"), ...found] : found;
  }

  const unitTitle = (replay, _run, row) => replay.say("Unit {n}", { n: row + 1 });
  const STORIES = { unit: [unitTitle, unitStory], call: [callTitle, callStory], case: [caseTitle, caseStory],
    dispute: [disputeTitle, disputeStory] };

  return { tellTotal, tellStory };
})();
