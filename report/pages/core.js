"use strict";
// Figures, words and state. Each figure is a table in the page's JSON (report/figures/*.sql); the pages filter these and add them up.
const DATA = JSON.parse(document.getElementById("figures").textContent);
const { words: WORDS, values: VALUES } = JSON.parse(document.getElementById("text").textContent);
const AS_OF = DATA.as_of;
const PAGES = {}; // name -> () => elements; each page's file adds its own
const TYPES = ["individual", "corporate", "unknown"];

const unpacked = new Map();
function table(name) {
  if (unpacked.has(name)) return unpacked.get(name);
  const columns = Object.entries(DATA.tables[name]);
  const length = (columns[0][1].index ?? columns[0][1]).length;
  const rows = Array.from({ length }, (_, index) => {
    const row = {};
    for (const [key, column] of columns) row[key] = column.index ? column.texts[column.index[index]] : column[index];
    return row;
  });
  unpacked.set(name, rows);
  return rows;
}

// Days are texts, YYYY-MM-DD: they sort and compare as they are.
const utc = (day) => new Date(day + "T00:00:00Z");
const text = (date) => date.toISOString().slice(0, 10);
const plusDays = (day, days) => text(new Date(utc(day).getTime() + days * 864e5));
function plusMonths(day, months) {
  const [year, month, date] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return text(new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))));
}
const daysBetween = (from, to) => Math.round((utc(to) - utc(from)) / 864e5);
const weekOf = (day) => plusDays(day, -((utc(day).getUTCDay() + 6) % 7));
const monthOf = (day) => day.slice(0, 7);
const span = (from, to) => Array.from({ length: Math.max(0, daysBetween(from, to) + 1) }, (_, index) => plusDays(from, index));

const FIRST_SHOWN = plusDays(AS_OF, -395);
const places = [...new Set(table("properties").map((row) => row.place))].filter((place) => place !== null).sort();
const state = { page: "index", from: plusDays(AS_OF, -89), to: AS_OF, type: "", place: "" };

function readHash() {
  const [page, query] = location.hash.slice(1).split("?");
  const asked = new URLSearchParams(query ?? "");
  const day = (key, otherwise) => {
    const value = asked.get(key) ?? "";
    const known = /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(utc(value).getTime()) && value >= FIRST_SHOWN && value <= AS_OF;
    return known ? value : otherwise;
  };
  state.page = Object.hasOwn(PAGES, page) ? page : "index";
  state.from = day("from", plusDays(AS_OF, -89));
  state.to = day("to", AS_OF);
  if (state.from > state.to) state.from = state.to;
  state.type = TYPES.includes(asked.get("type")) ? asked.get("type") : "";
  state.place = places.includes(asked.get("place")) ? asked.get("place") : "";
}

function hashOf(changes) {
  const { page, ...rest } = { ...state, ...changes };
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(rest)) {
    const usual = { from: plusDays(AS_OF, -89), to: AS_OF, type: "", place: "" }[key];
    if (value !== usual) query.set(key, value);
  }
  return `#${page}${query.size ? "?" + query : ""}`;
}

const inRange = (row) => row.day >= state.from && row.day <= state.to;
const ofType = (row) => !state.type || row.type === state.type;
const inPlace = (row) => !state.place || row.place === state.place;
const chosen = (rows) => rows.filter((row) => ofType(row) && inPlace(row));
const shown = (rows) => rows.filter((row) => inRange(row) && ofType(row) && inPlace(row));
// The sum of what is known; null where nothing is.
const total = (rows, key = "count") => rows.reduce((sum, row) => (row[key] === null ? sum : (sum ?? 0) + row[key]), rows.length ? null : 0);
// The sum, or null where one is not known: for what is compared.
const exact = (rows, key) => (rows.some((row) => row[key] === null) ? null : total(rows, key));
function groups(rows, key) {
  const found = new Map();
  for (const row of rows) {
    const value = key(row);
    if (!found.has(value)) found.set(value, []);
    found.get(value).push(row);
  }
  return found;
}
const FEW = 30; // of fewer, a share says little: one more or less moves it by over 3 points
const share = (part, whole) => (part === null || !whole ? null : part / whole);
// The lower median of rows that count equal values.
function median(rows, key) {
  const sorted = rows.filter((row) => row[key] !== null).sort((a, b) => a[key] - b[key]);
  let half = Math.ceil(total(sorted) / 2);
  for (const row of sorted) if ((half -= row.count) <= 0) return row[key];
  return null;
}
