/* The parts of the page around the maps: title, clock, totals, layers, keys. */
"use strict";
Beatlab.page = (() => {
  const { text } = Beatlab.reading, { make, shape, INK, GREY, A, B, STAR, WATCH, CASE, DISPUTE } = Beatlab.marks;
  const LAYERS = [ // name, words, whether it is shown at first, key
    ["land", text("Land use"), true, "1"], ["streets", text("Streets"), true, "2"],
    ["beats", text("Beats and stations"), true, "3"], ["units", text("Units"), true, "4"],
    ["trails", text("Where units come from"), true, "5"], ["crimes", text("Crimes"), true, "6"],
    ["calls", text("Calls waiting"), true, "7"], ["arrests", text("Arrests"), true, "8"],
    ["stops", text("Stops and watches of a day"), true, "9"], ["cases", text("Cases open"), false, "c"],
    ["disputes", text("Disputes open"), false, "d"], ["programmes", text("Campaigns and visits of the day"), true, "v"],
  ];
  const TOTALS = [
    ["crimes_total", text("Crimes"), "truth"], ["harm_total", text("Harm, sentence-days"), "truth"],
    ["recorded_total", text("Recorded by police")], ["calls_total", text("Calls")], ["arrests", text("Arrests")],
    ["waiting", text("Calls waiting now")],
    ["cases", text("Cases open now")], ["disputes", text("Disputes open now")],
    ["response_p1_median_min", text("Median P1 response so far, min")],
  ];
  const MOMENTS = {
    only_a: text("First crime that only A had"), only_b: text("First crime that only B had"),
    wait_a: text("Longest wait in A"), wait_b: text("Longest wait in B"),
    arrest_a: text("First arrest in A"), arrest_b: text("First arrest in B"),
    programme: text("{programme} at work"), branch: text("From here on, B is otherwise"),
  };
  const KEYS = [
    ["␣", text("play or stop")], ["← →", text("ten minutes back or on; with Shift, a day")],
    ["+ −", text("faster or slower")], ["N P", text("next or previous marked moment")],
    ["T", text("truth or police records")], ["R", text("another replication")],
    ["1–9 C D V", text("layers on and off")],
    ["O", text("from here, otherwise")],
    ["0", text("the whole city")], ["B", text("large, for a projector")], ["L", text("language")],
    ["Esc", text("follow nobody")], ["?", text("these keys")],
  ];

  /** Build everything anew, as when the language changes; the state stays. */
  function build(replay) {
    replay.watcher.disconnect();
    replay.element.lang = replay.language === "zh" ? "zh-CN" : replay.language;
    replay.element.className = `replay${replay.large ? " large" : ""}`;
    const labels = replay.pair.runs.map((run) => replay.name(run.label));
    replay.maps = labels.map((label, index) => map(replay, "AB"[index], label, index));
    if (labels.length === 2) replay.maps.push(map(replay, "A − B", replay.say("Crimes that only one had"), null));
    const maps = make("div", { className: "maps" }, ...replay.maps.map((map) => map.box));
    replay.element.replaceChildren(head(replay), maps,
      timeBox(replay), make("div", { className: "below" }, totalsBox(replay), storyBox(replay), layersBox(replay)),
      helpBox(replay), otherwiseBox(replay));
    replay.maps.forEach((map) => replay.watcher.observe(map.canvas));
    replay.draw();
  }

  function button(key, label, act, pressed) {
    const made = make("button", { type: "button", className: key, textContent: label, onclick: act });
    if (pressed !== undefined) made.setAttribute("aria-pressed", pressed);
    return made;
  }

  function head(replay) {
    const { pairs } = replay.data, say = replay.say.bind(replay);
    const police = button("police", replay.police ? say("What the police know") : say("What really happens"),
      () => replay.turn("police"), replay.police);
    const otherwise = button("otherwise", say("From here, otherwise …"), () => replay.otherwise());
    otherwise.hidden = !replay.canBranch;
    const which = { n: replay.number + 1, all: pairs.length };
    const other = button("replication", say("Replication {n} of {all}", which), () => replay.replicate());
    other.hidden = pairs.length < 2;
    const native = replay.language === "zh" ? "English" : "中文";
    const language = button("language", native, () => replay.translate());
    language.hidden = replay.data.languages.length < 2;
    return make("header", {}, make("h1", { textContent: replay.name(replay.data.title) }),
      make("p", { className: "note", textContent: replay.name(replay.data.note) }),
      make("nav", {}, otherwise, police, other,
        button("beamer", say("Large"), () => replay.turn("large"), replay.large), language,
        button("help", "?", () => replay.help(), false)));
  }

  function map(replay, letter, label, index) {
    const clock = make("time", { hidden: index === null }), canvas = make("canvas", { tabIndex: -1 });
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `${letter}: ${label}`);
    canvas.onclick = (event) => replay.choose(replay.nearest(event, index));
    canvas.onwheel = (event) => replay.zoom(event);
    canvas.onpointerdown = (event) => canvas.setPointerCapture(event.pointerId);
    canvas.onpointermove = (event) => event.buttons && replay.pan(event);
    const caption = make("figcaption", {}, make("b", { textContent: letter, className: `mark${index}` }), " ",
      make("span", { textContent: label, title: label }), clock);
    return { box: make("figure", {}, caption, canvas), canvas, clock, index };
  }

  function timeBox(replay) {
    const say = replay.say.bind(replay);
    replay.playButton = button("play", "", () => replay.turn("playing"));
    replay.speedLabel = make("output");
    replay.scrub = make("input", { type: "range", min: 0, max: replay.end, step: 1,
      oninput: () => replay.seek(Number(replay.scrub.value)) });
    replay.scrub.setAttribute("aria-label", say("Time"));
    replay.strip = make("canvas", { className: "strip" });
    const marked = make("select", { className: "moments", onchange: () => replay.jump(Number(marked.value)) },
      make("option", { value: -1, textContent: say("Go to …") }),
      ...replay.pair.moments.map((one, i) => make("option", { value: i, textContent: told(replay, one) })));
    replay.marked = marked;
    return make("div", { className: "time" }, replay.playButton, button("slower", "−", () => replay.faster(-1)),
      replay.speedLabel, button("faster", "+", () => replay.faster(1)),
      make("div", { className: "line" }, replay.strip, replay.scrub),
      button("previous", "◂", () => replay.skip(-1)), button("next", "▸", () => replay.skip(1)), marked);
  }

  function told(replay, { kind, at, names = {} }) {
    const values = Object.fromEntries(Object.entries(names).map(([name, value]) => [name, replay.name(value)]));
    const what = names.what ? replay.say(": {what}", values) : "";
    return `${replay.moment(at)} – ${replay.say(MOMENTS[kind], values)}${what}`;
  }

  function totalsBox(replay) {
    const { runs } = replay.pair, two = runs.length === 2, many = two && replay.data.pairs.length > 1;
    const head = ["", ...(two ? ["A", "B", "A − B"] : ["A"]), ...(many ? [replay.say("Elsewhere")] : [])];
    const row = ([key, words, only]) => make("tr", { data: { key, only: only ?? "" } },
      make("th", { textContent: replay.say(words), scope: "row" }), ...head.slice(1).map(() => make("td")));
    replay.rows = TOTALS.map(row);
    return make("section", { className: "totals" }, make("table", {},
      make("thead", {}, make("tr", {}, ...head.map((words) => make("th", { textContent: words, scope: "col" })))),
      make("tbody", {}, ...replay.rows)),
      make("p", { className: "note", hidden: !many, textContent:
        replay.say("Elsewhere: the same difference in other replications ({n}), so far. It is as wide as chance is.",
          { n: replay.data.pairs.length - 1 }) }));
  }

  function storyBox(replay) {
    replay.story = make("section", { className: "story" });
    replay.story.setAttribute("aria-live", "off");
    return replay.story;
  }

  function layersBox(replay) {
    const box = make("section", { className: "layers" });
    LAYERS.forEach(([name, words, , letter], i) => {
      const input = make("input", { type: "checkbox", checked: replay.on[name], onchange: () => replay.layer(i) });
      box.append(make("label", { data: { layer: name } }, input,
        make("kbd", { textContent: letter.toUpperCase() }),
        make("span", {}, replay.say(words), " ", legend(replay, name))));
    });
    return box;
  }

  /** The marks of a layer, beside its name. */
  function legend(replay, name) {
    const marks = {
      beats: [["station", INK]], crimes: [["up", A, replay.say("only A")], ["down", B, replay.say("only B")],
        ["cross", GREY, replay.say("both")]],
      units: [["car", INK, replay.say("drives")], ["ring", "#fff", replay.say("stops")],
        ["square", INK, replay.say("at work")]],
      arrests: [["star", STAR]], stops: [["diamond", WATCH, replay.say("volunteers")]],
      cases: [["flag", CASE, replay.say("at work")], ["flag", "#fff", replay.say("waits")]],
      disputes: [["bow", DISPUTE, replay.say("known")], ["bow", "#fff", replay.say("unknown")]],
    }[name] ?? [];
    const box = make("span", { className: "legend" });
    for (const [mark, colour, words = ""] of marks) {
      const canvas = make("canvas", { width: 28, height: 28 }), pen = canvas.getContext("2d");
      pen.lineWidth = 2.4;
      const own = { cross: colour, flag: CASE, bow: DISPUTE }[mark], edge = own ?? (colour === "#fff" ? INK : "#fff");
      shape(pen, mark, 14, 14, 9, colour, edge);
      box.append(canvas, words);
    }
    return box;
  }

  function helpBox(replay) {
    replay.helpDialog = make("dialog", { className: "keys" }, make("dl", {},
      ...KEYS.flatMap(([key, words]) => [make("dt", { textContent: key }),
        make("dd", { textContent: replay.say(words) })])),
      button("close", replay.say("Close"), () => replay.helpDialog.close()));
    return replay.helpDialog;
  }

  /** A file cannot run anything: it says which command does. */
  function otherwiseBox(replay) {
    const words = [text("This command runs another future of the same past, from this moment on:"),
      text("It holds from the briefing of the next morning on."),
      text("There are also branch.heads, branch.programmes and branch.changes: see beatlab replay --help.")];
    const [first, ...notes] = words.map((one) => replay.say(one));
    replay.commands = make("div");
    replay.otherwiseDialog = make("dialog", { className: "command" }, make("p", { textContent: first }),
      replay.commands, ...notes.map((textContent) => make("p", { className: "note", textContent })),
      button("close", replay.say("Close"), () => replay.otherwiseDialog.close()));
    return replay.otherwiseDialog;
  }

  return { LAYERS, build };
})();
