/* How things look on the maps: the ground, and a mark for everything, apart by its shape as well as by its colour. */
"use strict";
Beatlab.marks = (() => {
  const { middle } = Beatlab.reading;
  const INK = "#1b2430", GREY = "#6d7682", A = "#0b62a8", B = "#c8500a", WAIT = "#7d1d6b", GLOW = "#f4d03f",
    WATCH = "#127a4b", STAR = "#111", MARK = "#d81b60", CASE = "#0b5563", DISPUTE = "#8a5a00";
  const COLOURS = [A, B];
  const LAND = ["#ffffff", "#f4f0e8", "#f8e6d8", "#eee0f0", "#e2ebf6", "#e6e8ea", "#e9e6df", "#e0eeda"];

  /** Make an element; texts are never read as markup. */
  function make(tag, properties = {}, ...children) {
    const { data = {}, ...plain } = properties;
    const made = Object.assign(document.createElement(tag), plain);
    Object.assign(made.dataset, data);
    made.append(...children.filter((child) => child !== null));
    return made;
  }

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
    flag: [[-0.75, 1.1], [-0.75, -1.1], [0.95, -0.5], [-0.35, 0.1], [-0.35, 1.1]],
    bow: [[-1, -0.8], [-1, 0.8], [1, -0.8], [1, 0.8]],
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

  /** A case: a flag, full while somebody works on it. */
  function drawCase(pen, x, y, size, worked) {
    pen.lineWidth = 1.2 * size;
    shape(pen, "flag", x, y, 6 * size, worked ? CASE : "#fff", CASE);
  }

  /** A dispute: a bow, full once somebody has heard of it who mediates. */
  function drawDispute(pen, x, y, size, found) {
    pen.lineWidth = 1.2 * size;
    shape(pen, "bow", x, y, 4.5 * size, found ? DISPUTE : "#fff", DISPUTE);
  }

  /** The mark of a marked moment, and its colour. */
  function markOf(kind) {
    if (kind === "branch") return ["square", MARK];
    if (kind.startsWith("only")) return kind === "only_a" ? ["up", A] : ["down", B];
    if (kind.startsWith("wait")) return ["ring", WAIT];
    return kind.startsWith("arrest") ? ["star", STAR] : ["diamond", WATCH];
  }

  return { INK, GREY, A, B, WAIT, WATCH, STAR, MARK, CASE, DISPUTE, make, projection, groundOf, drawGround, shape,
    drawCrime, drawCall, drawUnit, drawCase, drawDispute, markOf };
})();
