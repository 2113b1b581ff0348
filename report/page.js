"use strict";
// Draws the figures that lie in the page. A number on a chart is one of these, never computed anew, but for signs and shares in percent.
const FIGURES = JSON.parse(document.getElementById("figures").textContent);
const TEXT = JSON.parse(document.getElementById("text").textContent);
const AHEAD_DAYS = 30, BACK_DAYS = 90, EMPTIEST = 10;

const t = (key) => TEXT[key][document.documentElement.lang === "ja" ? 0 : 1];
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
const number = (value) => (value === null ? "–" : (value + 0).toLocaleString("en-US")); // + 0: no -0
const percent = (rate, digits = 1) => (rate === null ? "–" : (rate * 100).toFixed(digits) + " %");
const signed = (value) => (value === null ? "–" : (value > 0 ? "+" : "") + number(value));
const dayBefore = (day, days) => new Date(Date.parse(day) - days * 864e5).toISOString().slice(0, 10);

const occupancy = FIGURES.occupancy;
const byDay = new Map(occupancy.map((row) => [row.day, row]));
const facts = occupancy.filter((row) => row.kind === "fact");
const newest = facts.at(-1);

function cards() {
  const parts = [];
  const card = (key, value, note) => {
    const box = document.createElement("div");
    box.id = "card-" + key;
    for (const [tag, content] of [["small", t(key)], ["b", value], ["small", note]]) {
      if (content) box.appendChild(Object.assign(document.createElement(tag), { textContent: content }));
    }
    parts.push(box);
  };
  if (newest) {
    const before = byDay.get(dayBefore(newest.day, 7));
    const change = before && before.rate !== null ? ((newest.rate - before.rate) * 100).toFixed(2) : null;
    card("occupancy_rate", percent(newest.rate, 2), `${newest.day}; ${t("week_before")}: ${change === null ? t("unknown") : signed(+change) + " " + t("points")}`);
    card("occupied_rooms", number(newest.rooms), `${t("of_rooms")}: ${number(newest.total)}`);
    card("moveins", number(newest.moveins));
    card("moveouts", number(newest.moveouts));
    card("net", signed(newest.net));
    card("applications", number(newest.applications));
  }
  card("signed", number(FIGURES.activity.signed), FIGURES.as_of);
  card("contract_starts", number(FIGURES.activity.starts), FIGURES.as_of);
  card("contract_ends", number(FIGURES.activity.ends), FIGURES.as_of);
  for (const [days, key] of newest ? [[30, "in_30_days"], [90, "in_90_days"]] : []) {
    const ahead = byDay.get(dayBefore(newest.day, -days));
    if (ahead) card(key, percent(ahead.rate), ahead.day);
  }
  document.getElementById("cards").replaceChildren(...parts);
}

function emptiest() {
  const sorted = [...FIGURES.properties].sort((a, b) => b.total - b.occupied - (a.total - a.occupied) || (a.asset < b.asset ? -1 : 1));
  const body = document.querySelector("#emptiest tbody");
  body.replaceChildren(...sorted.slice(0, EMPTIEST).map((one) => {
    const line = document.createElement("tr");
    for (const value of [`${one.name ?? ""} (${one.asset})`, one.place ?? "–", number(one.total - one.occupied), number(one.total), percent(one.rate)]) {
      line.appendChild(document.createElement("td")).textContent = value;
    }
    return line;
  }));
}

const axis = () => ({
  axisLine: { lineStyle: { color: colour("line") } },
  axisLabel: { color: colour("soft"), hideOverlap: true },
  splitLine: { lineStyle: { color: colour("line") } },
});
// Of lines of text, and not of the library's own HTML, for that has styles in it, which the page's policy refuses.
const told = (lines) => lines.map(echarts.format.encodeHTML).join("<br>");
const frame = (format = number) => ({
  animation: false,
  textStyle: { color: colour("ink"), fontFamily: "inherit" },
  grid: { left: 8, right: 16, top: 36, bottom: 4, containLabel: true },
  legend: { top: 0, itemGap: 28, textStyle: { color: colour("ink") } },
  tooltip: {
    trigger: "axis", confine: true, backgroundColor: colour("ground"), borderColor: colour("line"), textStyle: { color: colour("ink") },
    formatter: (rows) => told([rows[0].name, ...rows.map((row) => `${row.seriesName}: ${format(row.value ?? null)}`)]),
  },
});

function trend() {
  const of = (kind) => occupancy.map((row) => (row.kind === kind ? row.rate : null));
  const line = (kind, name, type) => ({
    name: t(kind), id: kind, type: "line", data: of(kind), symbol: "none", connectNulls: false,
    lineStyle: { color: colour(name), type, width: 2 }, itemStyle: { color: colour(name) },
  });
  return {
    ...frame((value) => percent(value, 2)),
    xAxis: { ...axis(), type: "category", data: occupancy.map((row) => row.day), boundaryGap: false },
    yAxis: { ...axis(), type: "value", scale: true, minInterval: 0.001, axisLabel: { color: colour("soft"), formatter: (value) => percent(value) } },
    series: [line("fact", "blue", "solid"), line("projection", "orange", "dashed")],
  };
}

function moves() {
  const from = dayBefore(FIGURES.as_of, BACK_DAYS), to = dayBefore(FIGURES.as_of, -AHEAD_DAYS);
  const rows = occupancy.filter((row) => row.day > from && row.day <= to);
  const pale = (row) => ({ opacity: row.kind === "projection" ? 0.45 : 1 });
  const bar = (id, name, sign) => ({
    name: t(id), id, type: "bar", stack: "moves", itemStyle: { color: colour(name) },
    data: rows.map((row) => ({ value: row[id] === null ? null : sign * row[id], itemStyle: pale(row) })),
  });
  return {
    ...frame(),
    xAxis: { ...axis(), type: "category", data: rows.map((row) => row.day) },
    yAxis: { ...axis(), type: "value", minInterval: 1 },
    series: [bar("moveins", "blue", 1), bar("moveouts", "orange", -1), {
      name: t("net"), id: "net", type: "line", data: rows.map((row) => row.net), symbol: "none", lineStyle: { color: colour("violet"), width: 1.5 },
      itemStyle: { color: colour("violet") },
    }],
  };
}

function bars(id, names, values, name, across) {
  const category = { ...axis(), type: "category", data: names, inverse: across };
  const value = { ...axis(), type: "value", minInterval: 1 };
  return {
    ...frame(),
    legend: { show: false },
    grid: { ...frame().grid, top: 12 },
    xAxis: across ? value : category,
    yAxis: across ? category : value,
    series: [{ id, name: t("count"), type: "bar", data: values, barMaxWidth: 28, itemStyle: { color: colour(name) }, label: { show: across, position: "right", color: colour("ink") } }],
  };
}

const channels = () => {
  const rows = FIGURES.contracts.channels;
  return bars("channels", rows.map((row) => (row.name === null ? t("unknown") : `${t("channel")} ${row.name}`)), rows.map((row) => row.count), "blue", true);
};
const nationalities = () => {
  const rows = [...FIGURES.contracts.nationalities.map((row) => [row.name ?? t("unknown"), row.count])];
  if (FIGURES.contracts.nationalities_other) rows.push([t("others"), FIGURES.contracts.nationalities_other]);
  return bars("nationalities", rows.map(([name]) => name), rows.map(([, count]) => count), "green", true);
};
const notices = () => bars("notices", FIGURES.notices.weeks.map((row) => row.week), FIGURES.notices.weeks.map((row) => row.count), "orange", false);
const rents = () => bars("rents", FIGURES.rents.bins.map((row) => number(row.yen)), FIGURES.rents.bins.map((row) => row.count), "violet", false);

// Four classes of occupancy: the lower bound of each, and its colour.
const CLASSES = [[0, "rate-1", "< 50 %"], [0.5, "rate-2", "50–80 %"], [0.8, "rate-3", "80–95 %"], [0.95, "rate-4", "≥ 95 %"]];

function map(element) {
  const placed = FIGURES.properties.filter((one) => one.latitude !== null && one.longitude !== null);
  const [lon, lat] = ["longitude", "latitude"].map((key) => placed.map((one) => one[key]));
  const middle = (values) => (values.length ? (Math.min(...values) + Math.max(...values)) / 2 : 0);
  const half = (values) => (values.length ? (Math.max(...values) - Math.min(...values)) / 2 : 0);
  // Equal scale: a kilometre east is as long as one north. Degrees of longitude are shorter by the cosine of the latitude.
  const width = element.clientWidth - 32, height = element.clientHeight - 48;
  const shrink = Math.cos((middle(lat) * Math.PI) / 180);
  const perPixel = Math.max((half(lon) * shrink * 2) / width, (half(lat) * 2) / height, 1e-5) * 1.08;
  const range = (values, pixels, factor) => ({ min: middle(values) - (pixels * perPixel) / 2 / factor, max: middle(values) + (pixels * perPixel) / 2 / factor });
  const plain = { type: "value", axisLabel: { show: false }, axisTick: { show: false }, splitLine: { show: false }, axisLine: { show: false } };
  const most = Math.max(1, ...placed.map((one) => one.total));
  return {
    ...frame(),
    grid: { left: 16, right: 16, top: 36, bottom: 12 },
    xAxis: { ...plain, ...range(lon, width, shrink) },
    yAxis: { ...plain, ...range(lat, height, 1) },
    tooltip: {
      ...frame().tooltip, trigger: "item",
      formatter: ({ data }) => told([`${data.one.name ?? ""} (${data.one.asset})`, data.one.place ?? "–", `${number(data.one.occupied)} / ${number(data.one.total)} (${percent(data.one.rate)})`]),
    },
    series: CLASSES.map(([least, name, label], index) => ({
      id: name, name: label, type: "scatter", itemStyle: { color: colour(name), opacity: 0.75, borderColor: colour("ground") },
      data: placed.filter((one) => one.rate >= least && one.rate < (CLASSES[index + 1]?.[0] ?? Infinity))
        .map((one) => ({ value: [one.longitude, one.latitude], one, symbolSize: 5 + 15 * Math.sqrt(one.total / most) })),
    })),
  };
}

const CHARTS = { occupancy: trend, moves, channels, nationalities, notices, rents, map };

function draw() {
  cards();
  emptiest();
  document.getElementById("gaps").textContent = number(occupancy.filter((row) => row.kind === "gap").length);
  document.getElementById("unplaced").textContent = number(FIGURES.properties.filter((one) => one.latitude === null || one.longitude === null).length);
  for (const button of document.querySelectorAll("[data-lang]")) {
    button.setAttribute("aria-pressed", button.dataset.lang === document.documentElement.lang);
  }
  for (const [id, option] of Object.entries(CHARTS)) {
    const element = document.getElementById(id);
    const chart = echarts.getInstanceByDom(element) ?? echarts.init(element, null, { renderer: "svg" });
    chart.resize();
    chart.setOption(option(element), true);
  }
}

for (const button of document.querySelectorAll("[data-lang]")) {
  button.addEventListener("click", () => { document.documentElement.lang = button.dataset.lang; draw(); });
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
addEventListener("resize", draw);
document.documentElement.lang = navigator.language.startsWith("ja") ? "ja" : "en";
draw();
