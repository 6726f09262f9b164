/* The replay of two runs on one clock: Beatlab.replay(element, bytes, {language}).
 *
 * Needs nothing else and asks nobody: `bytes` is what `app.replay.columns.pack` made, an ArrayBuffer. The format is
 * described in README.md beside this file's folder. Times are minutes since the first measured day, places metres.
 * Words are written in English within say or text, from which Python gathers them for other languages.
 */
"use strict";
window.Beatlab = (() => {
  const MINUTES = 100, DAY = 1440, LINGER = DAY; // times in the file are hundredths; marks fade within a day
  const SPEEDS = [1, 5, 15, 30, 60, 120, 240, 720]; // minutes of the city a second
  const STEP = 10; // minutes of an arrow key
  const NEVER = -1, MOST_ZOOM = 12;
  const INK = "#1b2430", GREY = "#6d7682", A = "#0b62a8", B = "#c8500a", WAIT = "#7d1d6b", GLOW = "#f4d03f",
    WATCH = "#127a4b", STAR = "#111";
  const COLOURS = [A, B];
  const LAND = ["#ffffff", "#f4f0e8", "#f8e6d8", "#eee0f0", "#e2ebf6", "#e6e8ea", "#e9e6df", "#e0eeda"];
  const text = (words) => words; // marks words that are said later
  const LAYERS = [
    ["land", text("Land use")], ["streets", text("Streets")], ["beats", text("Beats and stations")],
    ["units", text("Units")], ["trails", text("Where units come from")], ["crimes", text("Crimes")],
    ["calls", text("Calls waiting")], ["arrests", text("Arrests")], ["stops", text("Stops and watches of a day")],
  ];
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
  const TOTALS = [
    ["crimes_total", text("Crimes"), "truth"], ["harm_total", text("Harm, sentence-days"), "truth"],
    ["recorded_total", text("Recorded by police")], ["calls_total", text("Calls")], ["arrests", text("Arrests")],
    ["waiting", text("Calls waiting now")], ["response_p1_median_min", text("Median P1 response so far, min")],
  ];
  const MOMENTS = {
    only_a: text("First crime that only A had"), only_b: text("First crime that only B had"),
    wait_a: text("Longest wait in A"), wait_b: text("Longest wait in B"),
    arrest_a: text("First arrest in A"), arrest_b: text("First arrest in B"),
    programme: text("{programme} at work"),
  };
  const KEYS = [
    ["␣", text("play or stop")], ["← →", text("ten minutes back or on; with Shift, a day")],
    ["+ −", text("faster or slower")], ["N P", text("next or previous marked moment")],
    ["T", text("truth or police records")], ["R", text("another replication")], ["1–9", text("layers on and off")],
    ["0", text("the whole city")], ["B", text("large, for a projector")], ["L", text("language")],
    ["Esc", text("follow nobody")], ["?", text("these keys")],
  ];

  const DAYS = [text("Mon"), text("Tue"), text("Wed"), text("Thu"), text("Fri"), text("Sat"), text("Sun")];

  // ---- reading ----------------------------------------------------------------------------------------------------

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
  function total(run, name, at) {
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

  // ---- drawing ----------------------------------------------------------------------------------------------------

  /** How places become pixels: `zoom` 1 shows the whole city, and the middle lies at `x, y` metres. */
  function projection(city, view, width, height) {
    const across = city.columns * city.cell_m, up = city.rows * city.cell_m;
    const scale = Math.min(width / across, height / up) * 0.97 * view.zoom;
    const cx = view.zoom === 1 ? across / 2 : view.x, cy = view.zoom === 1 ? up / 2 : view.y;
    return { scale, x: (m) => width / 2 + (m - cx) * scale, y: (m) => height / 2 - (m - cy) * scale,
      east: (px) => cx + (px - width / 2) / scale, north: (px) => cy - (px - height / 2) / scale };
  }

  /** What never changes of a city, as paths in metres. */
  function groundOf(city) {
    const { columns, rows, cell_m: side, streets, beat, district, unit_m: unit } = city;
    const lines = new Path2D(), beats = new Path2D(), districts = new Path2D();
    for (let i = 0; i < streets.x0.length; i++) {
      lines.moveTo(streets.x0[i] * unit, streets.y0[i] * unit);
      lines.lineTo(streets.x1[i] * unit, streets.y1[i] * unit);
    }
    const border = (one, other, x0, y0, x1, y1) => {
      if (beat[one] === beat[other]) return;
      const path = district[one] === district[other] ? beats : districts;
      path.moveTo(x0 * side, y0 * side);
      path.lineTo(x1 * side, y1 * side);
    };
    for (let row = 0; row < rows; row++)
      for (let col = 0; col < columns; col++) {
        const cell = row * columns + col;
        if (col + 1 < columns) border(cell, cell + 1, col + 1, row, col + 1, row + 1);
        if (row + 1 < rows) border(cell, cell + columns, col, row + 1, col + 1, row + 1);
      }
    const land = Object.assign(document.createElement("canvas"), { width: columns, height: rows });
    const pen = land.getContext("2d");
    for (let cell = 0; cell < city.land.length; cell++) {
      pen.fillStyle = LAND[city.land[cell]];
      pen.fillRect(cell % columns, rows - 1 - Math.floor(cell / columns), 1, 1);
    }
    return { lines, beats, districts, land };
  }

  function drawGround(pen, city, ground, to, on, size) {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, pen.canvas.width, pen.canvas.height);
    const across = city.columns * city.cell_m, up = city.rows * city.cell_m;
    pen.imageSmoothingEnabled = false;
    if (on.land) pen.drawImage(ground.land, to.x(0), to.y(up), across * to.scale, up * to.scale);
    pen.save();
    pen.transform(to.scale, 0, 0, -to.scale, to.x(0), to.y(0));
    const stroke = (path, colour, width, dash = []) => {
      pen.strokeStyle = colour;
      pen.lineWidth = (width * size) / to.scale;
      pen.setLineDash(dash.map((part) => (part * size) / to.scale));
      pen.stroke(path);
    };
    if (on.streets) stroke(ground.lines, "#c3c7cc", 0.7);
    if (on.beats) stroke(ground.beats, "#8b95a1", 1, [3, 3]);
    if (on.beats) stroke(ground.districts, "#4c5866", 1.4);
    pen.restore();
    if (on.beats) for (const cell of city.stations) {
      const { x, y } = middle(city, cell);
      shape(pen, "station", to.x(x), to.y(y), 6 * size, INK, "#fff");
    }
  }

  const CORNERS = { // round (0, 0), y down
    up: [[0, -1.1], [1, 0.8], [-1, 0.8]], down: [[0, 1.1], [1, -0.8], [-1, -0.8]],
    square: [[-0.8, -0.8], [0.8, -0.8], [0.8, 0.8], [-0.8, 0.8]], diamond: [[0, -1], [0.75, 0], [0, 1], [-0.75, 0]],
    station: [[-0.9, 1], [-0.9, -0.2], [0, -1.1], [0.9, -0.2], [0.9, 1]],
    car: [[1.4, 0], [-1, 0.85], [-0.5, 0], [-1, -0.85]],
    star: Array.from({ length: 10 }, (_, i) => {
      const angle = (i * Math.PI) / 5 - Math.PI / 2, radius = i % 2 ? 0.5 : 1.2;
      return [Math.cos(angle) * radius, Math.sin(angle) * radius];
    }),
  };

  /** Draw one mark; which it is shows in its shape as well as in its colour. */
  function shape(pen, name, x, y, radius, colour, edge, angle = 0) {
    const cos = Math.cos(angle) * radius, sin = Math.sin(angle) * radius;
    pen.beginPath();
    if (name === "ring") pen.arc(x, y, radius, 0, 7);
    else if (name === "cross")
      for (const [dx, dy] of [[1, 1], [1, -1]]) {
        pen.moveTo(x - dx * radius * 0.7, y - dy * radius * 0.7);
        pen.lineTo(x + dx * radius * 0.7, y + dy * radius * 0.7);
      }
    else {
      for (const [dx, dy] of CORNERS[name]) pen.lineTo(x + dx * cos - dy * sin, y + dx * sin + dy * cos);
      pen.closePath();
    }
    if (colour && name !== "cross") {
      pen.fillStyle = colour;
      pen.fill();
    }
    pen.strokeStyle = edge ?? colour;
    pen.stroke();
  }

  /** Crimes, true or as recorded: those of both runs are grey crosses, A's own point up, B's own point down. */
  function crimeShape(common, index) {
    return common ? ["cross", GREY] : [["up", "down"][index], COLOURS[index]];
  }

  function drawCrime(pen, common, index, x, y, size, hollow) {
    const [name, colour] = crimeShape(common, index);
    pen.lineWidth = (common ? 1.6 : 1.2) * size;
    shape(pen, name, x, y, (common ? 4 : 6.5) * size, hollow ? "#fff" : colour, hollow || common ? colour : "#fff");
  }

  /** A call that waits: the longer, the fuller, an hour being full; its priority stands inside. */
  function drawCall(pen, x, y, size, priority, minutes) {
    const radius = (priority === 1 ? 9.5 : 7.5) * size;
    pen.lineWidth = 1.5 * size;
    shape(pen, "ring", x, y, radius, "#fff", WAIT);
    pen.beginPath();
    pen.moveTo(x, y);
    pen.arc(x, y, radius, -Math.PI / 2, -Math.PI / 2 + Math.min(minutes / 60, 1) * 2 * Math.PI);
    pen.fillStyle = WAIT + "66";
    pen.fill();
    pen.fillStyle = INK;
    pen.font = `bold ${9 * size}px sans-serif`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(priority, x, y + 0.5);
  }

  function drawUnit(pen, activity, onFoot, place, x, y, size) {
    pen.lineWidth = 1.2 * size;
    if (activity === "response_drive") {
      pen.globalAlpha = 0.75;
      shape(pen, "ring", x, y, 9 * size, GLOW, "#b8860b");
      pen.globalAlpha = 1;
    }
    if (place.moving) shape(pen, "car", x, y, 6.5 * size, INK, "#fff", -place.angle);
    else if (["on_scene", "arrest_processing", "follow_up"].includes(activity))
      shape(pen, "square", x, y, 5.5 * size, INK, "#fff");
    else if (activity === "patrol_stop") {
      shape(pen, "ring", x, y, 4.5 * size, "#fff", INK);
      shape(pen, "ring", x, y, (onFoot ? 0.7 : 2) * size, INK, INK);
    } else shape(pen, "ring", x, y, 3 * size, "#fff", GREY);
  }

  // ---- the page ---------------------------------------------------------------------------------------------------

  /** Make an element; texts are never read as markup. */
  function make(tag, properties = {}, ...children) {
    const { data = {}, ...plain } = properties;
    const made = Object.assign(document.createElement(tag), plain);
    Object.assign(made.dataset, data);
    made.append(...children.filter((child) => child !== null));
    return made;
  }

  class Replay {
    constructor(element, data, language) {
      Object.assign(this, { element, data, language });
      for (const pair of data.pairs) {
        pair.runs.forEach(prepare);
        pair.ground = groundOf(pair.city);
      }
      Object.assign(this, { number: 0, now: 0, speed: SPEEDS.indexOf(60), playing: false, large: false, police: false,
        on: Object.fromEntries(LAYERS.map(([name]) => [name, true])), view: { zoom: 1, x: 0, y: 0 }, chosen: null,
        curves: {} });
      this.end = data.days * DAY;
      this.onKey = (event) => this.key(event);
      this.onSize = () => this.draw();
      this.watcher = new ResizeObserver(this.onSize);
      document.addEventListener("keydown", this.onKey);
      this.build();
    }

    get pair() { return this.data.pairs[this.number]; }
    get at() { return this.now * MINUTES; }
    get size() { return (this.large ? 1.6 : 1) * this.density; }

    /** Words in the language of the page, with the values of names in braces. */
    say(words, values = {}) {
      const said = this.data.words[this.language]?.[words] ?? words;
      return said.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
    }

    name(names) { return names[this.language] ?? names.en; }

    moment(minutes) {
      const whole = Math.floor(minutes + 1e-6), day = Math.floor(whole / DAY), left = whole % DAY;
      const clock = `${String(Math.floor(left / 60)).padStart(2, "0")}:${String(left % 60).padStart(2, "0")}`;
      return this.say("Day {day}, {weekday} {clock}",
        { day: day + 1, weekday: this.say(DAYS[(day + this.data.start_weekday) % 7]), clock });
    }

    figure(value, digits = 0) {
      if (value === null || Number.isNaN(value)) return "–";
      return value === Infinity ? "∞" : value.toLocaleString(this.language === "zh" ? "zh-CN" : "en-GB",
        { minimumFractionDigits: digits, maximumFractionDigits: digits });
    }

    /** Build everything anew, as when the language changes; the state stays. */
    build() {
      this.watcher.disconnect();
      this.element.lang = this.language === "zh" ? "zh-CN" : this.language;
      this.element.className = `replay${this.large ? " large" : ""}`;
      const labels = this.pair.runs.map((run) => this.name(run.label));
      this.maps = labels.map((label, index) => this.map("AB"[index], label, index));
      if (labels.length === 2) this.maps.push(this.map("A − B", this.say("Crimes that only one had"), null));
      this.element.replaceChildren(this.head(), make("div", { className: "maps" }, ...this.maps.map((map) => map.box)),
        this.timeBox(), make("div", { className: "below" }, this.totalsBox(), this.storyBox(), this.layersBox()),
        this.helpBox());
      this.maps.forEach((map) => this.watcher.observe(map.canvas));
      this.draw();
    }

    button(key, label, act, pressed) {
      const made = make("button", { type: "button", className: key, textContent: label, onclick: act });
      if (pressed !== undefined) made.setAttribute("aria-pressed", pressed);
      return made;
    }

    head() {
      const { pairs } = this.data, say = this.say.bind(this);
      const police = this.button("police", this.police ? say("What the police know") : say("What really happens"),
        () => this.turn("police"), this.police);
      const which = { n: this.number + 1, all: pairs.length };
      const other = this.button("replication", say("Replication {n} of {all}", which), () => this.replicate());
      other.hidden = pairs.length < 2;
      const language = this.button("language", this.language === "zh" ? "English" : "中文", () => this.translate());
      language.hidden = this.data.languages.length < 2;
      return make("header", {}, make("h1", { textContent: this.name(this.data.title) }),
        make("p", { className: "note", textContent: this.name(this.data.note) }),
        make("nav", {}, police, other,
          this.button("beamer", say("Large"), () => this.turn("large"), this.large), language,
          this.button("help", "?", () => this.help(), false)));
    }

    map(letter, label, index) {
      const clock = make("time", { hidden: index === null }), canvas = make("canvas", { tabIndex: -1 });
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `${letter}: ${label}`);
      canvas.onclick = (event) => this.choose(this.nearest(event, index));
      canvas.onwheel = (event) => this.zoom(event);
      canvas.onpointerdown = (event) => canvas.setPointerCapture(event.pointerId);
      canvas.onpointermove = (event) => event.buttons && this.pan(event);
      const caption = make("figcaption", {}, make("b", { textContent: letter, className: `mark${index}` }), " ",
        make("span", { textContent: label }), clock);
      return { box: make("figure", {}, caption, canvas), canvas, clock, index };
    }

    timeBox() {
      const say = this.say.bind(this);
      this.playButton = this.button("play", "", () => this.turn("playing"));
      this.speedLabel = make("output");
      this.scrub = make("input", { type: "range", min: 0, max: this.end, step: 1,
        oninput: () => this.seek(Number(this.scrub.value)) });
      this.scrub.setAttribute("aria-label", say("Time"));
      this.strip = make("canvas", { className: "strip" });
      const marked = make("select", { className: "moments", onchange: () => this.jump(Number(marked.value)) },
        make("option", { value: -1, textContent: say("Go to …") }),
        ...this.pair.moments.map((one, i) => make("option", { value: i, textContent: this.told(one) })));
      this.marked = marked;
      return make("div", { className: "time" }, this.playButton, this.button("slower", "−", () => this.faster(-1)),
        this.speedLabel, this.button("faster", "+", () => this.faster(1)),
        make("div", { className: "line" }, this.strip, this.scrub),
        this.button("previous", "◂", () => this.skip(-1)), this.button("next", "▸", () => this.skip(1)), marked);
    }

    told({ kind, at, names = {} }) {
      const values = Object.fromEntries(Object.entries(names).map(([name, value]) => [name, this.name(value)]));
      const what = names.what ? this.say(": {what}", values) : "";
      return `${this.moment(at)} – ${this.say(MOMENTS[kind], values)}${what}`;
    }

    totalsBox() {
      const { runs } = this.pair, two = runs.length === 2, many = two && this.data.pairs.length > 1;
      const head = ["", ...(two ? ["A", "B", "A − B"] : ["A"]), ...(many ? [this.say("Elsewhere")] : [])];
      const row = ([key, words, only]) => make("tr", { data: { key, only: only ?? "" } },
        make("th", { textContent: this.say(words), scope: "row" }), ...head.slice(1).map(() => make("td")));
      this.rows = TOTALS.map(row);
      return make("section", { className: "totals" }, make("table", {},
        make("thead", {}, make("tr", {}, ...head.map((words) => make("th", { textContent: words, scope: "col" })))),
        make("tbody", {}, ...this.rows)),
        make("p", { className: "note", hidden: !many, textContent:
          this.say("Elsewhere: the same two strategies in {n} other replications, so far. As wide as chance is.",
            { n: this.data.pairs.length - 1 }) }));
    }

    storyBox() {
      this.story = make("section", { className: "story" });
      this.story.setAttribute("aria-live", "off");
      return this.story;
    }

    layersBox() {
      const box = make("section", { className: "layers" });
      LAYERS.forEach(([name, words], i) => {
        const input = make("input", { type: "checkbox", checked: this.on[name], onchange: () => this.layer(i) });
        box.append(make("label", { data: { layer: name } }, input, make("kbd", { textContent: i + 1 }), this.say(words),
          this.legend(name)));
      });
      return box;
    }

    /** The marks of a layer, beside its name. */
    legend(name) {
      const marks = {
        beats: [["station", INK]], crimes: [["up", A, this.say("only A")], ["down", B, this.say("only B")],
          ["cross", GREY, this.say("both")]],
        units: [["car", INK, this.say("drives")], ["ring", "#fff", this.say("stops")],
          ["square", INK, this.say("at work")]],
        arrests: [["star", STAR]], stops: [["diamond", WATCH, this.say("volunteers")]],
      }[name] ?? [];
      const box = make("span", { className: "legend" });
      for (const [mark, colour, words = ""] of marks) {
        const canvas = make("canvas", { width: 28, height: 28 }), pen = canvas.getContext("2d");
        pen.lineWidth = 2.4;
        shape(pen, mark, 14, 14, 9, colour, colour === "#fff" ? INK : mark === "cross" ? colour : "#fff");
        box.append(canvas, words);
      }
      return box;
    }

    helpBox() {
      this.helpDialog = make("dialog", {}, make("dl", {},
        ...KEYS.flatMap(([key, words]) => [make("dt", { textContent: key }),
          make("dd", { textContent: this.say(words) })])),
        this.button("close", this.say("Close"), () => this.helpDialog.close()));
      return this.helpDialog;
    }

    // -- what can be done

    key(event) {
      const typing = /^(SELECT|TEXTAREA)$/.test(event.target.tagName) ||
        (event.target.tagName === "INPUT" && !/^(range|checkbox)$/.test(event.target.type));
      if (typing || event.ctrlKey || event.metaKey || event.altKey || !this.element.getClientRects().length) return;
      if (this.helpDialog.open && event.key !== "?") return; // it closes by itself
      const step = event.shiftKey ? DAY : STEP, letter = event.key.toLowerCase();
      const acts = {
        " ": () => this.turn("playing"), arrowleft: () => this.seek(this.now - step), l: () => this.translate(),
        arrowright: () => this.seek(this.now + step), home: () => this.seek(0), end: () => this.seek(this.end),
        "+": () => this.faster(1), "=": () => this.faster(1), "-": () => this.faster(-1), n: () => this.skip(1),
        p: () => this.skip(-1), t: () => this.turn("police"), r: () => this.replicate(), b: () => this.turn("large"),
        0: () => this.whole(), "?": () => this.help(), escape: () => this.choose(null),
      };
      const act = /^[1-9]$/.test(letter) ? () => this.layer(Number(letter) - 1) : acts[letter];
      if (!act) return;
      event.preventDefault();
      act();
    }

    turn(what) {
      this[what] = !this[what];
      if (what === "playing") return this.play();
      this.build();
    }

    play() {
      if (this.playing && this.now >= this.end) this.now = 0;
      let last = null;
      const frame = (time) => {
        if (!this.playing || !this.element.isConnected) return;
        const passed = last === null ? 0 : Math.min(time - last, 250);
        last = time;
        this.now = Math.min(this.now + (passed / 1000) * SPEEDS[this.speed], this.end);
        this.playing = this.now < this.end;
        this.draw();
        if (this.playing) this.frame = requestAnimationFrame(frame);
      };
      cancelAnimationFrame(this.frame);
      if (this.playing) this.frame = requestAnimationFrame(frame);
      this.draw();
    }

    seek(minutes) {
      this.now = Math.min(Math.max(minutes, 0), this.end);
      this.draw();
    }

    faster(by) {
      this.speed = Math.min(Math.max(this.speed + by, 0), SPEEDS.length - 1);
      this.draw();
    }

    layer(i) {
      const name = LAYERS[i][0];
      this.on[name] = !this.on[name];
      this.element.querySelector(`[data-layer=${name}] input`).checked = this.on[name];
      this.draw();
    }

    replicate() {
      this.number = (this.number + 1) % this.data.pairs.length;
      this.chosen = this.lit = null;
      this.build();
    }

    translate() {
      const { languages } = this.data;
      this.language = languages[(languages.indexOf(this.language) + 1) % languages.length];
      this.build();
    }

    skip(way) {
      const times = this.pair.moments.map((one) => one.at);
      const next = way > 0 ? times.findIndex((at) => at > this.now + 0.01)
        : times.filter((at) => at < this.now - 0.01).length - 1;
      if (next >= 0) this.jump(next);
    }

    jump(number) {
      const one = this.pair.moments[number];
      this.marked.value = -1;
      if (!one) return;
      this.chosen = one.call === undefined ? null : { kind: "call", run: one.run, row: one.call };
      this.lit = one.x === undefined ? null : { x: one.x, y: one.y, until: one.at + 60 };
      this.seek(one.at);
    }

    help() {
      if (this.helpDialog.open) this.helpDialog.close();
      else this.helpDialog.showModal();
    }

    zoom(event) {
      event.preventDefault();
      const box = event.target.getBoundingClientRect(), to = this.to;
      const px = (event.clientX - box.left) * this.density, py = (event.clientY - box.top) * this.density;
      const x = to.east(px), y = to.north(py), wanted = this.view.zoom * Math.exp(-event.deltaY / 400);
      const zoom = Math.min(Math.max(wanted, 1), MOST_ZOOM);
      const ratio = this.view.zoom / zoom;
      const centre = [to.east(event.target.width / 2), to.north(event.target.height / 2)];
      this.view = { zoom, x: x + (centre[0] - x) * ratio, y: y + (centre[1] - y) * ratio };
      this.draw();
    }

    pan(event) {
      const metres = this.density / this.to.scale;
      this.view.x -= event.movementX * metres;
      this.view.y += event.movementY * metres;
      this.draw();
    }

    whole() {
      this.view.zoom = 1;
      this.draw();
    }

    choose(what) {
      this.chosen = what;
      this.draw();
    }

    /** The unit or call nearest to where somebody points, if there is one at hand. */
    nearest(event, index) {
      if (index === null) return null;
      const run = this.pair.runs[index], city = this.pair.city, box = event.target.getBoundingClientRect();
      const px = (event.clientX - box.left) * this.density, py = (event.clientY - box.top) * this.density;
      let best = null, least = 16 * this.size;
      const offer = ({ x, y }, what) => {
        const away = Math.hypot(this.to.x(x) - px, this.to.y(y) - py);
        if (away < least) [best, least] = [what, away];
      };
      for (const row of waiting(run, this.at))
        offer(middle(city, run.calls.cell[row]), { kind: "call", run: index, row });
      for (let unit = 0; unit + 1 < run.tracks.first.length; unit++) {
        const row = rowOf(run, unit, this.at);
        if (row >= 0 && activityOf(this.data, run, row) !== "off_duty")
          offer(placeOf(city, run, unit, row, this.at, this.end * MINUTES), { kind: "unit", run: index, row: unit });
      }
      return best;
    }

    // -- what is seen

    draw() {
      this.density = Math.min(window.devicePixelRatio || 1, 2);
      this.follow();
      for (const map of this.maps) this.drawMap(map);
      this.drawStrip();
      this.tell();
    }

    /** Keep whom somebody follows in the middle, where not the whole city is shown. */
    follow() {
      if (this.chosen?.kind !== "unit" || this.view.zoom === 1) return;
      const run = this.pair.runs[this.chosen.run], row = rowOf(run, this.chosen.row, this.at);
      if (row === NEVER) return;
      const { x, y } = placeOf(this.pair.city, run, this.chosen.row, row, this.at, this.end * MINUTES);
      Object.assign(this.view, { x, y });
    }

    /** The ground is the same on all maps, and drawn again only when something of it changes. */
    groundFor(width, height) {
      const { view, on, number } = this, key = [width, height, number, view.zoom, view.zoom > 1 && [view.x, view.y],
        on.land, on.streets, on.beats, this.size].join();
      if (key !== this.groundKey) {
        this.groundCanvas = make("canvas", { width, height });
        const pen = this.groundCanvas.getContext("2d", { alpha: false });
        drawGround(pen, this.pair.city, this.pair.ground, this.to, on, this.size);
        this.groundKey = key;
      }
      return this.groundCanvas;
    }

    drawMap({ canvas, clock, index }) {
      const width = Math.round(canvas.clientWidth * this.density);
      const height = Math.round(canvas.clientHeight * this.density);
      clock.textContent = this.moment(this.now);
      if (!width || !height) return;
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      this.to = projection(this.pair.city, this.view, width, height);
      const pen = canvas.getContext("2d", { alpha: false });
      pen.drawImage(this.groundFor(width, height), 0, 0);
      pen.lineCap = pen.lineJoin = "round";
      if (index === null) return this.drawDifference(pen);
      if (this.on.stops) this.drawStops(pen, index);
      if (this.on.crimes) this.drawCrimes(pen, index, this.at - LINGER * MINUTES, false);
      if (this.on.arrests) this.drawArrests(pen, index);
      if (this.on.calls) this.drawCalls(pen, index);
      if (this.on.units) this.drawUnits(pen, index);
      this.drawLight(pen);
    }

    /** Crimes of a run since a time; police records where that is chosen. */
    drawCrimes(pen, index, since, fresh) {
      const run = this.pair.runs[index], rows = this.police ? run.recorded : run.incidents, { to, size } = this;
      for (let i = upTo(rows.time, since); i < upTo(rows.time, this.at); i++) {
        if (fresh && rows.common[i]) continue;
        const { x, y } = this.spot(rows, i);
        pen.globalAlpha = fresh ? 0.9 : 1 - (0.75 * (this.at - rows.time[i])) / (LINGER * MINUTES);
        drawCrime(pen, rows.common[i], index, to.x(x), to.y(y), size, this.police);
      }
      pen.globalAlpha = 1;
    }

    /** Where a row lies: crimes have a place, records a cell, in which they are shifted a little to be told apart. */
    spot(rows, i) {
      const { city } = this.pair;
      if (rows.x) return { x: rows.x[i] * city.unit_m, y: rows.y[i] * city.unit_m };
      const { x, y } = middle(city, rows.cell[i]), shift = city.cell_m * 0.3;
      return { x: x + Math.sin(rows.time[i]) * shift, y: y + Math.cos(rows.time[i]) * shift };
    }

    drawDifference(pen) {
      for (const index of [0, 1]) if (this.on.crimes) this.drawCrimes(pen, index, -1, true);
      this.drawLight(pen);
    }

    drawArrests(pen, index) {
      const { incidents } = this.pair.runs[index], { to, size, at } = this;
      pen.lineWidth = size;
      for (let i = 0; i < incidents.arrest.length; i++) {
        const since = at - incidents.arrest[i];
        if (incidents.arrest[i] === NEVER || since < 0 || since > LINGER * MINUTES) continue;
        const { x, y } = this.spot(incidents, i);
        pen.globalAlpha = 1 - (0.7 * since) / (LINGER * MINUTES);
        shape(pen, "star", to.x(x), to.y(y), 7 * size, STAR, "#fff");
      }
      pen.globalAlpha = 1;
    }

    drawStops(pen, index) {
      const run = this.pair.runs[index], { to, size, at } = this, { city } = this.pair;
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

    drawCalls(pen, index) {
      const run = this.pair.runs[index], { calls } = run, { to, size, at } = this;
      for (const i of waiting(run, at)) {
        const { x, y } = middle(this.pair.city, calls.cell[i]);
        if (calls.unit[i] !== NEVER && calls.dispatched[i] <= at) this.tie(pen, run, calls.unit[i], x, y);
        drawCall(pen, to.x(x), to.y(y), size, calls.priority[i], (at - calls.received[i]) / MINUTES);
        if (this.isChosen("call", index, i)) this.halo(pen, to.x(x), to.y(y));
      }
    }

    /** A line from a unit to the call that it is sent to. */
    tie(pen, run, unit, x, y) {
      const row = rowOf(run, unit, this.at);
      if (row < 0) return;
      const from = placeOf(this.pair.city, run, unit, row, this.at, this.end * MINUTES);
      pen.strokeStyle = WAIT;
      pen.lineWidth = 1.2 * this.size;
      pen.setLineDash([4 * this.size, 3 * this.size]);
      pen.beginPath();
      pen.moveTo(this.to.x(from.x), this.to.y(from.y));
      pen.lineTo(this.to.x(x), this.to.y(y));
      pen.stroke();
      pen.setLineDash([]);
    }

    drawUnits(pen, index) {
      const run = this.pair.runs[index], { to, size, at } = this, end = this.end * MINUTES, { city } = this.pair;
      for (let unit = 0; unit + 1 < run.tracks.first.length; unit++) {
        const row = rowOf(run, unit, at);
        if (row < 0 || activityOf(this.data, run, row) === "off_duty") continue;
        const place = placeOf(city, run, unit, row, at, end), apart = place.moving ? 0 : 4 * size;
        const x = to.x(place.x) + Math.cos(unit * 2.4) * apart, y = to.y(place.y) + Math.sin(unit * 2.4) * apart;
        if (this.on.trails && place.moving) this.trail(pen, run.tracks.way[row], place);
        drawUnit(pen, activityOf(this.data, run, row), run.tracks.on_foot[row], place, x, y, size);
        if (this.isChosen("unit", index, unit)) this.halo(pen, x, y);
      }
    }

    /** The part of its way that a unit has behind it. */
    trail(pen, way, place) {
      const { ways, unit_m: unit } = this.pair.city;
      pen.beginPath();
      for (let i = ways.first[way]; i <= place.i; i++)
        pen.lineTo(this.to.x(ways.x[i] * unit), this.to.y(ways.y[i] * unit));
      pen.lineTo(this.to.x(place.x), this.to.y(place.y));
      pen.strokeStyle = INK;
      pen.globalAlpha = 0.35;
      pen.lineWidth = 2.5 * this.size;
      pen.stroke();
      pen.globalAlpha = 1;
    }

    isChosen(kind, run, row) {
      if (this.chosen?.kind !== kind) return false;
      return this.chosen.run === run ? this.chosen.row === row : this.twin(run) === row;
    }

    /** The row in another run of what somebody follows: the same unit, or the call of the same moment and place. */
    twin(index) {
      const { kind, run, row } = this.chosen;
      if (kind === "unit" || index === run) return row;
      const { calls } = this.pair.runs[run], other = this.pair.runs[index].calls;
      const i = upTo(other.received, calls.received[row]) - 1;
      return i >= 0 && other.received[i] === calls.received[row] && other.cell[i] === calls.cell[row] ? i : NEVER;
    }

    halo(pen, x, y) {
      pen.lineWidth = 3 * this.size;
      shape(pen, "ring", x, y, 13 * this.size, null, "#d81b60");
    }

    /** Show where a marked moment has happened, for a while. */
    drawLight(pen) {
      if (!this.lit || this.now > this.lit.until || this.now < this.lit.until - 61) return;
      this.halo(pen, this.to.x(this.lit.x), this.to.y(this.lit.y));
    }

    /** Below the maps: A − B of the crimes so far over the whole time, in all replications, and marked moments. */
    drawStrip() {
      const { strip } = this, width = (strip.width = Math.round(strip.clientWidth * this.density));
      const height = (strip.height = Math.round(strip.clientHeight * this.density));
      const pen = strip.getContext("2d"), x = (minutes) => (minutes / this.end) * width;
      const what = this.police ? "recorded_total" : "crimes_total";
      const lines = (this.curves[what] ??= this.data.pairs.map(({ runs }) => curve(runs, what, this.end)));
      const most = Math.max(3, ...lines.flat().map(Math.abs));
      const y = (value) => height / 2 - (value / most) * (height / 2 - 4);
      pen.fillStyle = "#dfe3e8";
      for (let day = 0; day <= this.data.days; day++) pen.fillRect(Math.round(x(day * DAY)), 0, 1, height);
      pen.fillRect(0, height / 2, width, 1);
      lines.forEach((values, i) => {
        pen.beginPath();
        values.forEach((value, k) => pen.lineTo(x((k / (values.length - 1)) * this.end), y(value)));
        pen.strokeStyle = i === this.number ? INK : "#a9b1ba";
        pen.lineWidth = (i === this.number ? 2 : 1) * this.density;
        pen.stroke();
      });
      pen.lineWidth = this.density;
      for (const { at, kind } of this.pair.moments) {
        const [mark, colour] = markOf(kind);
        shape(pen, mark, x(at), height - 7 * this.density, 5 * this.density, colour, "#fff");
      }
      pen.fillStyle = "#d81b60";
      pen.fillRect(x(this.now) - this.density, 0, 2 * this.density, height);
    }

    /** Everything in words and figures that changes with time. */
    tell() {
      this.playButton.textContent = this.playing ? "❚❚" : "▶";
      this.playButton.setAttribute("aria-label", this.playing ? this.say("Stop") : this.say("Play"));
      this.speedLabel.textContent = this.say("{n} min/s", { n: SPEEDS[this.speed] });
      this.scrub.value = this.now;
      const second = Math.floor(performance.now() / 100);
      if (this.playing && second === this.told_at) return; // figures ten times a second are enough
      this.told_at = second;
      for (const row of this.rows) this.tellTotal(row);
      this.tellStory();
    }

    tellTotal(row) {
      const { key, only } = row.dataset, cells = row.querySelectorAll("td"), at = Math.floor(this.at);
      const digits = key === "response_p1_median_min" ? 1 : 0;
      const hidden = this.police && only === "truth";
      const values = this.pair.runs.map((run) => (hidden ? null : total(run, key, at)));
      values.forEach((value, i) => (cells[i].textContent = this.figure(value, digits)));
      if (values.length < 2) return;
      cells[2].textContent = this.signed(hidden ? null : difference(values), digits);
      if (!cells[3]) return;
      const others = this.data.pairs.filter((pair) => pair !== this.pair)
        .map(({ runs }) => this.signed(hidden ? null : difference(runs.map((run) => total(run, key, at))), digits));
      cells[3].textContent = others.join("  ");
    }

    signed(value, digits) {
      return (value > 0 ? "+" : "") + this.figure(value, digits).replace("-", "−");
    }

    tellStory() {
      const lines = this.chosen ? this.storyOf(this.chosen)
        : [["p", this.say("Click on a unit or a waiting call to follow it.")]];
      const key = JSON.stringify(lines);
      if (key === this.storyKey && this.story.childElementCount) return;
      this.storyKey = key;
      this.story.replaceChildren(...lines.map(([tag, words]) => make(tag, { textContent: words })));
    }

    /** What somebody follows, as headings and lines: in both runs, for that is the difference. */
    storyOf({ kind, run, row }) {
      const head = kind === "unit" ? this.say("Unit {n}", { n: row + 1 }) : this.callTitle(this.pair.runs[run], row);
      const lines = [["h2", head]];
      this.pair.runs.forEach((one, index) => {
        const twin = this.twin(index);
        lines.push(["h3", `${"AB"[index]}: ${this.name(one.label)}`]);
        const told = twin === NEVER || (kind === "unit" && rowOf(one, twin, this.at) < 0)
          ? [this.say("is not there")] : kind === "unit" ? this.unitStory(one, twin) : this.callStory(one, twin);
        lines.push(...told.map((words) => ["p", words]));
      });
      return lines;
    }

    clockOf(hundredths) { return this.moment(hundredths / MINUTES).split(" ").pop(); }

    callTitle({ calls }, row) {
      return this.say("Call of {clock}: {type}, P{priority}", { clock: this.clockOf(calls.received[row]),
        type: this.name(this.data.types[calls.type[row]]), priority: calls.priority[row] });
    }

    unitStory(run, unit) {
      const last = rowOf(run, unit, this.at), lines = [];
      for (let row = Math.max(run.tracks.first[unit], last - 3); row <= last; row++) {
        const call = run.tracks.call[row], does = this.say(DOES[activityOf(this.data, run, row)]);
        const foot = run.tracks.on_foot[row] ? this.say(", on foot") : "";
        const which = call === NEVER ? "" : this.say(" ({type}, P{priority})",
          { type: this.name(this.data.types[run.calls.type[call]]), priority: run.calls.priority[call] });
        lines.push(`${this.clockOf(run.tracks.start[row])} ${does}${foot}${which}`);
      }
      return lines;
    }

    callStory({ calls }, row) {
      const steps = [
        ["received", text("somebody calls")], ["dispatched", text("unit {unit} is sent")],
        ["under_way", text("it is on its way")], ["arrived", text("it arrives, after {minutes} min")],
        ["cleared", text("it has done its work there")],
      ];
      const waited = (until) => Math.floor((until - calls.received[row]) / MINUTES);
      const values = { unit: calls.unit[row] + 1, minutes: waited(calls.arrived[row]) };
      const lines = steps.filter(([name]) => calls[name][row] !== NEVER && calls[name][row] <= this.at)
        .map(([name, words]) => `${this.clockOf(calls[name][row])} ${this.say(words, values)}`);
      const state = this.data.outcomes[calls.outcome[row]];
      if (this.at >= calls.ended[row]) {
        if (state in OUTCOMES) lines.push(this.say(OUTCOMES[state]));
      } else lines.push(this.say("waits for {minutes} min", { minutes: waited(this.at) }));
      return lines;
    }

    destroy() {
      this.playing = false;
      this.watcher.disconnect();
      document.removeEventListener("keydown", this.onKey);
      this.element.replaceChildren();
    }
  }

  /** How many crimes, or records of them, A had more than B so far, at some hundred moments. */
  function curve(runs, what, end) {
    return Array.from({ length: 281 }, (_, i) => {
      const counts = runs.map((run) => total(run, what, (i / 280) * end * MINUTES));
      return counts.length === 2 ? counts[0] - counts[1] : 0;
    });
  }

  const difference = ([one, other]) => (one === null || other === null ? null : one - other);

  function markOf(kind) {
    if (kind.startsWith("only")) return kind === "only_a" ? ["up", A] : ["down", B];
    if (kind.startsWith("wait")) return ["ring", WAIT];
    return kind.startsWith("arrest") ? ["star", STAR] : ["diamond", WATCH];
  }

  /** Show a replay within an element; `bytes` are those of a file, gzip and all. */
  async function replay(element, bytes, { language = "en" } = {}) {
    return new Replay(element, await unpack(bytes), language);
  }

  return { replay, fromBase64 };
})();
