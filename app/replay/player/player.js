/* The replay of two runs on one clock: Beatlab.replay(element, bytes, {language, at, otherwise}).
 *
 * Needs nothing but the scripts beside it and asks nobody: `bytes` is what `app.replay.columns.pack` made, an
 * ArrayBuffer; `at` is the minute at which the clock begins, and `otherwise(minute)` is called when somebody wants
 * another future from there on (without it the command that runs one is shown). Words are written in English within
 * say or text, from which Python gathers them for other languages.
 */
"use strict";
Object.assign(Beatlab, (() => {
  const { MINUTES, DAY, NEVER, text, fromBase64, unpack, prepare, waiting, openCases, openDisputes, rowOf, activityOf,
    placeOf, middle } = Beatlab.reading;
  const { groundOf, make } = Beatlab.marks, { drawMap, drawStrip } = Beatlab.layers;
  const { tellTotal, tellStory } = Beatlab.stories, { LAYERS, build } = Beatlab.page;
  const SPEEDS = [1, 5, 15, 30, 60, 120, 240, 720]; // minutes of the city a second
  const STEP = 10; // minutes of an arrow key
  const MOST_ZOOM = 12;
  const DAYS = [text("Mon"), text("Tue"), text("Wed"), text("Thu"), text("Fri"), text("Sat"), text("Sun")];

  class Replay {
    constructor(element, data, { language, at, otherwise }) {
      Object.assign(this, { element, data, language, onOtherwise: otherwise });
      for (const pair of data.pairs) {
        pair.runs.forEach(prepare);
        pair.ground = groundOf(pair.city);
      }
      Object.assign(this, { number: 0, speed: SPEEDS.indexOf(60), playing: false, large: false, police: false,
        on: Object.fromEntries(LAYERS.map(([name, , on]) => [name, on])), view: { zoom: 1, x: 0, y: 0 }, chosen: null,
        curves: {} });
      this.end = data.days * DAY;
      this.now = Math.min(Math.max(at, 0), this.end);
      this.onKey = (event) => this.key(event);
      this.onSize = () => this.draw();
      this.watcher = new ResizeObserver(this.onSize);
      document.addEventListener("keydown", this.onKey);
      build(this);
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

    /** What a programme has noted of a day, in a row of its table. */
    noted({ what, value }, row) {
      const measure = this.name(this.data.noted[what[row]]);
      return this.say("{measure}: {value}", { measure, value: this.figure(value[row]) });
    }

    figure(value, digits = 0) {
      if (value === null || Number.isNaN(value)) return "–";
      return value === Infinity ? "∞" : value.toLocaleString(this.language === "zh" ? "zh-CN" : "en-GB",
        { minimumFractionDigits: digits, maximumFractionDigits: digits });
    }

    // -- what can be done

    key(event) {
      const { target } = event, typing = target.tagName === "SELECT";
      if (!this.element.contains(target) && target !== document.body) return; // it is for something else of the page
      if (typing || event.ctrlKey || event.metaKey || event.altKey || !this.element.getClientRects().length) return;
      if (this.element.querySelector("dialog[open]") && event.key !== "?") return; // it closes by itself
      const step = event.shiftKey ? DAY : STEP, letter = event.key.toLowerCase();
      const acts = {
        " ": () => this.turn("playing"), arrowleft: () => this.seek(this.now - step), l: () => this.translate(),
        arrowright: () => this.seek(this.now + step), home: () => this.seek(0), end: () => this.seek(this.end),
        "+": () => this.faster(1), "=": () => this.faster(1), "-": () => this.faster(-1), n: () => this.skip(1),
        p: () => this.skip(-1), t: () => this.turn("police"), r: () => this.replicate(), b: () => this.turn("large"),
        o: () => this.otherwise(), 0: () => this.whole(), "?": () => this.help(), escape: () => this.choose(null),
      };
      const layer = LAYERS.findIndex(([, , , own]) => own === letter);
      const act = layer >= 0 ? () => this.layer(layer) : acts[letter];
      if (!act) return;
      event.preventDefault();
      act();
    }

    turn(what) {
      this[what] = !this[what];
      if (what === "playing") return this.play();
      build(this);
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
      build(this);
    }

    translate() {
      const { languages } = this.data;
      this.language = languages[(languages.indexOf(this.language) + 1) % languages.length];
      build(this);
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

    /** Whether another future can be run from here, or a command be told that does it. */
    get canBranch() { return Boolean(this.onOtherwise) || this.pair.runs.some((run) => run.command); }

    /** From here, otherwise: let the page run it, or say by which command it is run. */
    otherwise() {
      if (!this.canBranch) return;
      if (this.playing) this.turn("playing");
      if (this.onOtherwise) return this.onOtherwise(Math.floor(this.now));
      const lines = this.pair.runs.filter((run) => run.command)
        .map((run) => make("code", { textContent: run.command.replace("{minute}", Math.floor(this.now)) }));
      this.commands.replaceChildren(...lines);
      this.otherwiseDialog.showModal();
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

    /** The unit, call, case or dispute nearest to where somebody points, if there is one at hand. */
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
      if (this.on.cases) for (const row of openCases(run, this.at))
        if (run.cases.cell[row] !== NEVER) offer(middle(city, run.cases.cell[row]), { kind: "case", run: index, row });
      if (this.on.disputes) for (const row of openDisputes(run, this.at, this.police))
        offer(middle(city, run.disputes.cell[row]), { kind: "dispute", run: index, row });
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
      for (const map of this.maps) drawMap(this, map);
      drawStrip(this);
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

    /** Everything in words and figures that changes with time. */
    tell() {
      this.playButton.textContent = this.playing ? "❚❚" : "▶";
      this.playButton.setAttribute("aria-label", this.playing ? this.say("Stop") : this.say("Play"));
      this.speedLabel.textContent = this.say("{n} min/s", { n: SPEEDS[this.speed] });
      this.scrub.value = this.now;
      const second = Math.floor(performance.now() / 100);
      if (this.playing && second === this.told_at) return; // figures ten times a second are enough
      this.told_at = second;
      for (const row of this.rows) tellTotal(this, row);
      tellStory(this);
    }

    destroy() {
      this.playing = false;
      this.watcher.disconnect();
      document.removeEventListener("keydown", this.onKey);
      this.element.replaceChildren();
    }
  }

  /** Show a replay within an element; `bytes` are those of a file, gzip and all. */
  async function replay(element, bytes, { language = "en", at = 0, otherwise } = {}) {
    return new Replay(element, await unpack(bytes), { language, at, otherwise });
  }

  return { replay, fromBase64 };
})());
