// The newest day at a glance, what it is compared with, and what to act on.
const occupancyOn = new Map(table("occupancy").map((row) => [row.day, row]));
const rentOn = new Map(table("kpis").map((row) => [row.day, row]));
const newestFact = table("occupancy").filter((row) => row.kind === "fact").at(-1) ?? null;
const factOn = (day) => (occupancyOn.get(day)?.kind === "fact" ? occupancyOn.get(day) : null);
const BEFORE = [["week_ago", (day) => plusDays(day, -7)], ["month_ago", (day) => plusMonths(day, -1)], ["year_ago", (day) => plusMonths(day, -12)]];

const UNKNOWN_DAY = { moveins: null, moveouts: null, net: null, applications: null };
// Key figures of the day, and sums of the seven days that end on it; null where a day has no files.
function keyFigures(day) {
  const row = factOn(day), rent = rentOn.get(day)?.rent ?? null;
  const week = span(plusDays(day, -6), day).map((one) => factOn(one) ?? UNKNOWN_DAY);
  const empty = row && row.rooms !== null ? row.total - row.rooms : null;
  return {
    rate: row?.rate ?? null, rooms: row?.rooms ?? null, empty,
    vacancy: empty === null || rent === null ? null : empty * rent,
    moveins: exact(week, "moveins"), moveouts: exact(week, "moveouts"), net: exact(week, "net"), applications: exact(week, "applications"),
  };
}
const KEY_FIGURES = {
  rate: "rate", rooms: "count", empty: "count", vacancy: "yen", moveins: "count", moveouts: "count", net: "change", applications: "count",
};

function today() {
  if (!newestFact) return [];
  const day = newestFact.day, now = keyFigures(day);
  const was = (key) => BEFORE.map(([word, of]) => [word, keyFigures(of(day))[key]]);
  const figure = (key) => ({ key: `now_${key}`, value: now[key], format: KEY_FIGURES[key], was: was(key) });
  const ahead = [[30, "in_30_days"], [90, "in_90_days"]].map(([days, key]) => [key, occupancyOn.get(plusDays(day, days))])
    .filter(([, row]) => row?.kind === "projection");
  return [...Object.keys(KEY_FIGURES).map(figure),
    ...ahead.map(([key, row]) => ({ key, value: row.rate, format: "rate", note: `${row.day} · ${t("projection")}` }))];
}

const MONTH_COLUMNS = [
  ["month", "day"], ["rate", "rate", "rate_at_end"], ["moveins", "count"], ["moveouts", "count"], ["net", "change"],
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
function overdue() {
  const names = new Map(table("properties").map((row) => [row.asset, propertyName(row)]));
  return chosen(table("notices")).filter((row) => row.overdue).map((row) => ({
    property: names.get(row.asset) ?? row.asset, room: row.room, contract: String(row.contract), planned: row.planned, days_late: daysBetween(row.planned, AS_OF),
  }));
}
const OVERDUE_COLUMNS = [["property", "text"], ["room", "text"], ["contract", "text"], ["planned", "day"], ["days_late", "count"]];

function overduePanel() {
  const late = overdue();
  const scope = `${AS_OF} · ${FORMATS.count(late.length)} ${t("notices_unit")}`;
  return panel({ id: "overdue", wide: true, scope, rows: late, limit: 10, columns: OVERDUE_COLUMNS });
}

PAGES.index = () => {
  const scope = newestFact?.day ?? AS_OF, columns = PROPERTY_COLUMNS;
  return [
    cards(today()),
    ratePanel(),
    movesPanel(),
    panel({ id: "months", wide: true, ignores: ["type", "place"], scope: t("months_scope"), limit: 13, rows: months().reverse(), columns: MONTH_COLUMNS }),
    panel({ id: "worst", ignores: ["type"], scope, rows: byRate(1).slice(0, 10), columns }),
    panel({ id: "best", ignores: ["type"], scope, rows: byRate(-1).slice(0, 10), columns }),
    overduePanel(),
  ];
};
