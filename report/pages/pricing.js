// Rents in the contracts that were signed, and what a room brings.
const RENT_BIN = 5000; // yen
const withRent = (rows) => rows.filter((row) => row.rent !== null);
const mean = (rows) => share(withRent(rows).reduce((sum, row) => sum + row.rent * row.count, 0), total(withRent(rows)));
const rentFigures = (rows) => ({ count: total(rows), median_rent: median(rows, "rent"), mean_rent: mean(rows) });

// A bin is named by its lower bound; there is no gap between the first and the last.
function bins(rows) {
  const found = groups(withRent(rows), (row) => Math.floor(row.rent / RENT_BIN) * RENT_BIN);
  if (!found.size) return [];
  const [first, last] = [Math.min(...found.keys()), Math.max(...found.keys())];
  return Array.from({ length: (last - first) / RENT_BIN + 1 }, (_, index) => first + index * RENT_BIN)
    .map((rent_from) => ({ rent_from, count: total(found.get(rent_from) ?? []) }));
}

const RENT_COLUMNS = [["median_rent", "yen"], ["mean_rent", "yen"], ["count", "count"]];
const KPI_COLUMNS = [["day", "day"], ["rate", "rate"], ["rent", "yen"], ["revpar", "yen"], ["recpar", "yen"]];

PAGES.pricing = () => {
  const rows = shown(table("rents")), kpis = table("kpis").filter(inRange), newest = table("kpis").at(-1) ?? null;
  const figures = rentFigures(rows);
  const first = table("kpis")[0]?.day ?? null, before = newest ? BEFORE.map(([word, of]) => [word, of(newest.day)]) : [];
  const was = (key) => before.map(([word, day]) => [word, rentOn.get(day)?.[key] ?? null, whyNone(day, first)]);
  const days = new Map(kpis.map((row) => [row.day, row]));
  const daily = daysOfFiles().map((day) => ({ day, rent: null, revpar: null, recpar: null, rate: null, ...days.get(day) }));
  const ends = table("kpis").filter((row) => row.month_end || row === newest).slice(-14).reverse().map((row) => ({ month: monthOf(row.day), ...row }));
  const byPlace = [...groups(rows, (row) => label(row.place))].map(([place, some]) => ({ place, ...rentFigures(some) }))
    .sort((a, b) => b.count - a.count);
  return [
    cards([
      { key: "median_signed", value: figures.median_rent, format: "yen", note: `${t("mean_rent")}: ${FORMATS.yen(figures.mean_rent)}` },
      { key: "signed_count", value: figures.count, format: "count", note: `${t("without_rent")}: ${FORMATS.count(figures.count - total(withRent(rows)))}` },
      ...["rent", "revpar", "recpar"].map((key) => ({ key: `now_${key}`, value: newest?.[key] ?? null, format: "yen", was: was(key), ignores: ["type", "place"] })),
    ]),
    panel({ id: "rents", rows: bins(rows), columns: [["rent_from", "yen"], ["count", "count"]], limit: 30,
      draw: over("rent_from", "count", [bar("count", "violet")], { xFormat: FORMATS.yen }) }),
    panel({ id: "rents_time", rows: byTime(rows, rentFigures), scope: `${state.from} – ${state.to} · ${t(grain()[0])}`,
      columns: [["period", "month"], ...RENT_COLUMNS],
      draw: over("period", "yen", [line("median_rent", "violet"), line("mean_rent", "green", { dashed: true })]) }),
    panel({ id: "rents_place", wide: true, rows: byPlace, limit: 30, columns: [["place", "text"], ...RENT_COLUMNS] }),
    panel({ id: "kpis", wide: true, ignores: ["type", "place"], scope: daysWithData(daily, "rate"), rows: daily, columns: KPI_COLUMNS,
      draw: over("day", "yen", [line("rent", "violet"), line("revpar", "blue"), line("recpar", "orange", { dashed: true })]) }),
    panel({ id: "month_ends", wide: true, ignores: ["type", "place"], scope: monthsOf(ends), rows: ends, limit: 14, columns: [["month", "month"], ...KPI_COLUMNS],
      words: [`${t("paid_share")}: ${FORMATS.rate(newest?.paid ?? null)}`] }),
    el("details", { class: "wide" }, el("summary", {}, t("definition")),
      table("definition").map((row) => el("p", { class: "note" }, `${row.version ?? NONE}, ${row.policy ?? NONE}`))),
  ];
};
