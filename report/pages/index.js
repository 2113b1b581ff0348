// The newest day at a glance, what it is compared with, and what to act on.
const occupancyOn = new Map(table("occupancy").map((row) => [row.day, row]));
const rentOn = new Map(table("kpis").map((row) => [row.day, row]));
const facts = table("occupancy").filter((row) => row.kind === "fact");
const newestFact = facts.at(-1) ?? null;
// The chosen days, from the first one with files on.
const daysOfFiles = () => span(facts[0]?.day > state.from ? facts[0].day : state.from, state.to);
const factOn = (day) => (occupancyOn.get(day)?.kind === "fact" ? occupancyOn.get(day) : null);
const BEFORE = [["week_ago", (day) => plusDays(day, -7)], ["month_ago", (day) => plusMonths(day, -1)], ["year_ago", (day) => plusMonths(day, -12)]];

const UNKNOWN_DAY = { moveins: null, moveouts: null, net: null, applications: null };
// Rooms of each day with files: the company's, or those of the chosen municipality.
function levels() {
  const of = state.place ? table("places").filter(inPlace).map((row) => ({ ...row, rate: share(row.rooms, row.total) })) : facts;
  return new Map(of.map((row) => [row.day, row]));
}
// Key figures of the day, and sums of the seven days that end on it; null where a day has no files.
function keyFigures(day, level) {
  const row = level.get(day), company = factOn(day), rent = rentOn.get(day)?.rent ?? null;
  const week = span(plusDays(day, -6), day).map((one) => factOn(one) ?? UNKNOWN_DAY);
  return {
    rate: row?.rate ?? null, rooms: row?.rooms ?? null, empty: row ? row.total - row.rooms : null,
    vacancy: company === null || rent === null ? null : (company.total - company.rooms) * rent,
    moveins: exact(week, "moveins"), moveouts: exact(week, "moveouts"), net: exact(week, "net"), applications: exact(week, "applications"),
  };
}
// Each one's format, the first of its days before the day, and the filters that it can't follow.
const KEY_FIGURES = {
  rate: ["rate", 0, ["type"]], rooms: ["count", 0, ["type"]], empty: ["count", 0, ["type"]], vacancy: ["yen", 0, ["type", "place"]],
  ...Object.fromEntries(["moveins", "moveouts", "net", "applications"].map((key) => [key, [key === "net" ? "change" : "count", 6, ["type", "place"]]])),
};

function today() {
  if (!newestFact) return [];
  const day = newestFact.day, level = levels(), now = keyFigures(day, level);
  const before = BEFORE.map(([word, of]) => [word, of(day), keyFigures(of(day), level)]);
  const figure = ([key, [format, days, ignores]]) => ({
    key: `now_${key}`, value: now[key], format, ignores,
    was: before.map(([word, then, figures]) => [word, figures[key], whyNone(plusDays(then, -days), facts[0].day)]),
  });
  const ahead = [[30, "in_30_days"], [90, "in_90_days"]].map(([days, key]) => [key, occupancyOn.get(plusDays(day, days))])
    .filter(([, row]) => row?.kind === "projection");
  return [...Object.entries(KEY_FIGURES).map(figure), ...ahead.map(([key, row]) => (
    { key, value: row.rate, format: "rate", note: `${row.day} · ${t("projection")}`, ignores: ["type", "place"] }))];
}

const MONTH_COLUMNS = [
  ["month", "month"], ["rate", "rate", "rate_at_end"], ["moveins", "count"], ["moveouts", "count"], ["net", "change"],
  ["applications", "count"], ["signed", "count"], ["missing", "count"],
];
// Totals of each month. A month with a day without files is the sum of the others, and says how many are missing.
function months() {
  const signed = new Map(monthly(table("activity"), 13));
  return monthly(table("occupancy").filter((row) => row.kind !== "projection"), 13).filter(([, rows]) => rows.length).map(([month, rows]) => {
    const end = rows.filter((row) => row.kind === "fact").at(-1) ?? null;
    return {
      month, moveins: total(rows, "moveins"), moveouts: total(rows, "moveouts"), net: total(rows, "net"), applications: total(rows, "applications"),
      signed: total(signed.get(month), "signed"), rate: end?.rate ?? null, missing: rows.filter((row) => row.kind === "gap").length,
    };
  });
}

const propertyName = (row) => `${row.name ?? ""} (${row.asset})`;
// The newest first: there a call helps. Old ones are mostly contracts that nobody closed.
function overdue() {
  const names = new Map(table("properties").map((row) => [row.asset, propertyName(row)]));
  return chosen(table("notices")).filter((row) => row.overdue).map((row) => ({
    property: names.get(row.asset) ?? row.asset, room: row.room, contract: String(row.contract), planned: row.planned, days_late: daysBetween(row.planned, AS_OF),
  })).sort((a, b) => a.days_late - b.days_late || a.contract - b.contract);
}
const OVERDUE_COLUMNS = [["property", "text"], ["room", "text"], ["contract", "text"], ["planned", "day"], ["days_late", "count"]];

function overduePanel() {
  const late = overdue();
  const scope = `${AS_OF} · ${FORMATS.count(late.length)} ${t("notices_unit")} · ${t("newest_first")}`;
  return panel({ id: "overdue", wide: true, scope, rows: late, limit: 10, columns: OVERDUE_COLUMNS });
}

PAGES.index = () => {
  const byMonth = months().reverse();
  return [
    cards(today()),
    ratePanel(),
    movesPanel(),
    balancePanel(),
    panel({ id: "months", wide: true, ignores: ["type", "place"], scope: monthsOf(byMonth), limit: 13, rows: byMonth, columns: MONTH_COLUMNS }),
    roomsPanel({ id: "worst", rows: byRate(1).slice(0, 10) }),
    roomsPanel({ id: "best", rows: byRate(-1).slice(0, 10) }),
    overduePanel(),
  ];
};
