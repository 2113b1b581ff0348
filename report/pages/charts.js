// Charts in SVG, as wide as their panel. Colours are classes, so that dark mode and paper need no new drawing.
const STEPS = [1, 2, 2.5, 5, 10];
// Four to six round values that hold both ends.
function ticks(low, high, whole) {
  const rough = Math.max((high - low) / 5, 1e-9);
  const power = 10 ** Math.floor(Math.log10(rough));
  let step = STEPS.map((one) => one * power).find((one) => one >= rough * 0.999);
  if (whole) step = Math.max(1, Math.ceil(step));
  const from = Math.floor(low / step + 1e-9), to = Math.max(Math.ceil(high / step - 1e-9), from + 1);
  return Array.from({ length: to - from + 1 }, (_, index) => (from + index) * step);
}

// A line of a rate spans 20 points or more, so that a small change looks small. All else starts at zero.
function extent(values, isRate, onlyLines) {
  const lowest = Math.min(...values), highest = Math.max(...values);
  if (!values.length) return [0, 1];
  if (!isRate || !onlyLines) return [Math.min(0, lowest), Math.max(0, highest)];
  const middle = (lowest + highest) / 2, half = Math.max(0.1, (highest - lowest) / 2);
  const low = Math.max(0, Math.min(middle - half, 1 - 2 * half));
  return [low, Math.min(1, low + 2 * half)];
}

const line = (key, colour, more = {}) => ({ key, colour, type: "line", ...more });
const bar = (key, colour, more = {}) => ({ key, colour, type: "bar", ...more });
// A panel's `draw`: lines and bars over a column in its order. `more`: xFormat.
const over = (x, format, series, more = {}) => (rows, width) => timeChart(rows, { x, format, series, width, ...more });

// series: [{key, type, colour, dashed, pale(row), sign}].
function timeChart(rows, { x, series, format, width, height = 260, xFormat = FORMATS.text }) {
  const drawn = ({ key, sign = 1 }, row) => (row[key] === null || row[key] === undefined ? null : sign * row[key]);
  const values = series.flatMap((one) => rows.map((row) => drawn(one, row))).filter((value) => value !== null);
  const bars = series.filter((one) => one.type === "bar"), lines = series.filter((one) => one.type === "line");
  const marks = ticks(...extent(values, format === "rate", !bars.length), format === "count" || format === "change");
  const [low, high] = [marks[0], marks.at(-1)];
  const written = marks.map((mark) => (format === "rate" ? (mark * 100).toFixed(0) + "%" : FORMATS[format](mark)));
  const left = Math.max(...written.map((one) => one.length)) * 8 + 12, top = 10, bottom = 26, right = 12;
  const inner = { width: width - left - right, height: height - top - bottom };
  const step = inner.width / Math.max(1, rows.length);
  const atX = (index) => left + step * (index + 0.5);
  const atY = (value) => top + inner.height * (1 - (value - low) / (high - low));
  const root = svg("svg", { class: "plot", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-hidden": "true" });
  marks.forEach((mark, index) => {
    root.append(svg("line", { class: mark === 0 ? "zero" : "grid", x1: left, x2: width - right, y1: atY(mark), y2: atY(mark) }));
    root.append(svg("text", { class: "tick", x: left - 6, y: atY(mark) + 4, "text-anchor": "end" }, written[index]));
  });
  // As many labels as have room: none runs into the next, and the first and last stay inside.
  const names = rows.map((row) => xFormat(row[x]));
  const wide = Math.max(0, ...names.map((name) => name.length)) * 7 + 16, half = (wide - 16) / 2;
  const every = Math.max(1, Math.ceil(wide / step));
  let reached = -Infinity;
  for (let index = Math.floor(((rows.length - 1) % every) / 2); index < rows.length; index += every) {
    const middle = Math.min(Math.max(atX(index), half), width - half);
    if (middle - half < reached) continue;
    reached = middle + half + 8;
    root.append(svg("text", { class: "tick date", x: middle, y: height - 8, "text-anchor": "middle" }, names[index]));
  }
  const thick = Math.max(1, Math.min(28, step * 0.76));
  for (const one of bars) {
    rows.forEach((row, index) => {
      const value = drawn(one, row);
      if (value === null) return;
      const box = { x: atX(index) - thick / 2, width: thick, y: Math.min(atY(value), atY(0)), height: Math.abs(atY(value) - atY(0)) };
      const look = `f-${one.colour}${one.pale?.(row) ? " pale" : ""}`;
      root.append(svg("rect", { class: look, ...box, "data-series": one.key, "data-value": value }));
    });
  }
  for (const one of lines) {
    const points = rows.map((row, index) => (drawn(one, row) === null ? null : [atX(index), atY(drawn(one, row))]));
    for (const part of pieces(points)) {
      const points = part.map(([at, value]) => `${at.toFixed(1)},${value.toFixed(1)}`).join(" ");
      const shape = part.length === 1 ? svg("circle", { class: `f-${one.colour}`, cx: part[0][0], cy: part[0][1], r: 2.5 })
        : svg("polyline", { class: `s-${one.colour}${one.dashed ? " dashed" : ""}`, points });
      shape.setAttribute("data-series", one.key);
      shape.setAttribute("data-points", part.length);
      root.append(shape);
    }
  }
  const note = el("output", { class: "readout", "aria-live": "off" });
  const cursor = svg("line", { class: "cursor", y1: top, y2: height - bottom, x1: -9, x2: -9 });
  root.append(cursor);
  root.addEventListener("pointermove", (event) => {
    const box = root.getBoundingClientRect();
    const index = Math.floor((((event.clientX - box.left) * width) / box.width - left) / step);
    if (!rows[index]) return;
    cursor.setAttribute("x1", atX(index));
    cursor.setAttribute("x2", atX(index));
    const parts = series.filter((one) => drawn(one, rows[index]) !== null).map((one) => `${t(one.name ?? one.key)} ${FORMATS[format](rows[index][one.key])}`);
    note.textContent = `${names[index]}: ${parts.join(", ") || t("no_data")}`;
  });
  const cut = low > 0 ? el("p", { class: "note" }, `${t("axis_from")} ${written[0]}`) : null;
  const any = series.filter((one) => rows.some((row) => drawn(one, row) !== null));
  return el("div", { class: "chart" }, legend(any), root, note, cut);
}

// A line's points between its gaps.
function pieces(points) {
  const found = [[]];
  for (const point of points) point ? found.at(-1).push(point) : found.push([]);
  return found.filter((part) => part.length);
}

function legend(series) {
  if (series.length < 2) return null;
  return el("ul", { class: "legend" }, series.map((one) => el("li", {}, swatch(one), t(one.name ?? one.key))));
}
const swatch = (one) => svg("svg", { width: 18, height: 10, "aria-hidden": "true" }, one.type === "line"
  ? svg("line", { class: `s-${one.colour}${one.dashed ? " dashed" : ""}`, x1: 0, x2: 18, y1: 5, y2: 5 })
  : svg("rect", { class: `f-${one.colour}`, width: 18, height: 10 }));

// Bars across with their names as text, so that a long name wraps and none is cut.
function nameChart(rows, { name, key, colour, format = "count" }) {
  const most = Math.max(1e-9, ...rows.map((row) => row[key] ?? 0));
  return el("ul", { class: "bars" }, rows.map((row) => {
    const bar = svg("rect", { class: `f-${colour}`, width: (100 * (row[key] ?? 0)) / most, height: 10, "data-value": row[key] ?? "" });
    return el("li", {}, el("span", {}, String(row[name])), svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" }, bar),
      el("b", {}, FORMATS[format](row[key])));
  }));
}
