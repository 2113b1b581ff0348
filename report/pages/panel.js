// A panel: a title that says what is counted, a chart, and its rows as a table to sort, copy and download. Chart, table and file show the same rows.
const sorting = new Map(); // panel -> {key, down}
const opened = new Set(); // panels whose table is open, or whose rows are all shown

// What the chosen filters leave of a figure; `ignores`: the filters that it can't follow.
function filterWords(ignores) {
  const active = ["type", "place"].filter((filter) => state[filter]);
  if (active.length && active.every((filter) => ignores.includes(filter))) return [t("whole_company")];
  return active.map((filter) => (ignores.includes(filter) ? t(`ignores_${filter}`) : label(state[filter])));
}

// The days with data among the chosen ones, where each day has a row or none; `key`: a column that is null on a day without data.
function daysWithData(rows, key) {
  const days = rows.filter((row) => row.day <= state.to && row[key] !== null).map((row) => row.day);
  const of = daysBetween(state.from, state.to) + 1;
  if (!days.length) return `${state.from} – ${state.to}`;
  return [`${days[0]} – ${days.at(-1)}`, ...(days.length < of ? [t("data_days", { n: days.length, of })] : [])].join(" · ");
}

const monthsOf = (rows) => (rows.length ? `${rows.at(-1).month} – ${rows[0].month}` : AS_OF); // the newest comes first

// Columns that a narrow table leaves to the file.
const MINOR = ["rooms", "rooms_to_let", "latitude", "longitude", "contract", "other"];

// columns: [[key, format, word]]; ignores: the filters that this figure can't follow; draw(rows, width): its chart.
function panel({ id, columns, rows, draw = null, ignores = [], limit = 15, scope = null, wide = false, words = [] }) {
  const title = el("h2", { id: `${id}-title` }, t(`${id}_title`));
  const section = el("section", { id, class: `panel${wide ? " wide" : ""}`, "aria-labelledby": `${id}-title` }, title);
  section.append(el("p", { class: "scope" }, [scope ?? `${state.from} – ${state.to}`, ...filterWords(ignores)].join(" · ")));
  if (draw) {
    const frame = el("div", { class: "frame" });
    section.append(rows.length ? frame : el("p", { class: "empty" }, t("no_data")));
    section.redraw = (width = frame.clientWidth) => rows.length && frame.replaceChildren(draw(rows, Math.max(240, width)));
    const details = el("details", {}, el("summary", {}, t("as_table")));
    details.open = opened.has(id);
    const fill = () => {
      opened[details.open ? "add" : "delete"](id);
      if (details.open && !details.querySelector("table")) details.append(tableOf({ id, columns, rows, limit }));
    };
    details.addEventListener("toggle", fill);
    fill();
    section.append(details);
  } else section.append(rows.length ? tableOf({ id, columns, rows, limit }) : el("p", { class: "empty" }, t("none")));
  for (const one of [known(`${id}_note`) ? t(`${id}_note`) : null, ...words]) if (one) section.append(el("p", { class: "note" }, one));
  const buttons = [button("csv", () => download(id, columns, rows))];
  if (navigator.clipboard) buttons.push(button("copy", () => navigator.clipboard.writeText(lines(columns, rows).map((line) => line.join("\t")).join("\n"))));
  section.append(el("p", { class: "actions" }, buttons));
  return section;
}

function button(word, act) {
  const made = el("button", { type: "button", "data-act": word }, t(word));
  made.addEventListener("click", act);
  return made;
}

const shape = (key, format) => `${NUMERIC.includes(format) ? "number" : format}${MINOR.includes(key) ? " minor" : ""}`;

function tableOf({ id, columns, rows, limit }) {
  const box = el("div", { class: "scroll", tabindex: 0, role: "region", "aria-labelledby": `${id}-title` });
  const fill = () => {
    const by = sorting.get(id);
    const order = by ? ordered(rows, by) : rows;
    const some = opened.has(id + "-all") ? order : order.slice(0, limit);
    const head = columns.map(([key, format, word]) => {
      const sorted = by?.key === key ? (by.down ? "descending" : "ascending") : null;
      const sort = el("button", { type: "button", class: "sort" }, t(word ?? key), el("span", { "aria-hidden": "true" }, sorted ? (by.down ? " ▼" : " ▲") : ""));
      sort.addEventListener("click", () => { sorting.set(id, { key, down: by?.key === key ? !by.down : NUMERIC.includes(format) }); fill(); });
      return el("th", { scope: "col", class: shape(key, format), "aria-sort": sorted }, sort);
    });
    const cell = (row, [key, format, word], index) => el(index ? "td" : "th",
      { class: shape(key, format), "data-label": t(word ?? key), scope: index ? null : "row" }, FORMATS[format](row[key] ?? null));
    const body = some.map((row) => el("tr", {}, columns.map((column, index) => cell(row, column, index))));
    const fewer = columns.some(([key]) => MINOR.includes(key)) ? [el("p", { class: "note fewer" }, t("fewer_columns"))] : [];
    box.replaceChildren(el("table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, body)), ...fewer);
    if (some.length < rows.length) {
      const all = button("show_all", () => { opened.add(id + "-all"); fill(); });
      all.append(` (${FORMATS.count(rows.length)})`);
      box.append(all);
    }
  };
  fill();
  return box;
}

// What is not known comes last, whichever way.
function ordered(rows, { key, down }) {
  const [unknown, found] = [rows.filter((row) => (row[key] ?? null) === null), rows.filter((row) => (row[key] ?? null) !== null)];
  const compare = (a, b) => (typeof a[key] === "number" ? a[key] - b[key] : String(a[key]).localeCompare(String(b[key]), "ja"));
  return [...found.sort((a, b) => compare(a, b) * (down ? -1 : 1)), ...unknown];
}

// The rows as lines of texts: a head, then the values as they are, rates as shares of 1.
const lines = (columns, rows) => [columns.map(([key, , word]) => t(word ?? key)), ...rows.map((row) => columns.map(([key]) => safe(row[key] ?? null)))];
// A spreadsheet would run a text that begins like a formula: it gets a mark that makes it text.
const safe = (value) => (value === null ? "" : typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value));
const quoted = (value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

function download(id, columns, rows) {
  const body = lines(columns, rows).map((line) => line.map(quoted).join(",")).join("\r\n");
  const link = el("a", { download: `${id}-${AS_OF}.csv`, href: URL.createObjectURL(new Blob(["\ufeff" + body], { type: "text/csv" })) });
  link.click();
  URL.revokeObjectURL(link.href);
}
