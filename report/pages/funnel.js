// Applications and the move-ins that followed: the newest two years that the source has, whatever range is chosen.
const FUNNEL_MONTHS = 24;
const conversion = (rows) => {
  const applied = total(rows, "applications"), moved = total(rows, "moveins");
  return { applied, moved, conversion: share(moved, applied) };
};
const FUNNEL_COLUMNS = [["applied", "count"], ["moved", "count"], ["conversion", "rate"]];
const SEGMENT_COLUMNS = [["segment", "text"], ...FUNNEL_COLUMNS, ["share", "rate", "share_applied"]];
const counts = (columns) => columns.filter(([, format]) => format !== "rate");

PAGES.funnel = () => {
  const all = table("funnel"), last = all.at(-1)?.day ?? AS_OF;
  const first = plusMonths(last.slice(0, 8) + "01", 1 - FUNNEL_MONTHS);
  const rows = chosen(all).filter((row) => row.day >= first), scope = `${monthOf(first)} – ${monthOf(last)}`;
  const months = Array.from({ length: FUNNEL_MONTHS }, (_, index) => monthOf(plusMonths(first, index)));
  const found = groups(rows, (row) => monthOf(row.day));
  const sums = conversion(rows);
  const segments = (name) => [...groups(rows, name)]
    .map(([segment, some]) => ({ segment, ...conversion(some), share: share(total(some, "applications"), sums.applied) }))
    .sort((a, b) => b.applied - a.applied || b.moved - a.moved || (a.segment < b.segment ? -1 : 1));
  // Of few inquiries: the numbers alone, no shares and no curve.
  const few = sums.applied < FEW, words = few ? [t("few_inquiries", { n: sums.applied })] : [], columns = few ? counts(SEGMENT_COLUMNS) : SEGMENT_COLUMNS;
  const figures = few ? counts(FUNNEL_COLUMNS) : FUNNEL_COLUMNS;
  const byMonth = months.map((month) => ({ month, ...conversion(found.get(month) ?? []) }));
  return [
    cards(figures.map(([key, format]) => ({ key, format, value: sums[key], note: scope }))),
    panel({ id: "funnel_months", wide: true, scope, limit: FUNNEL_MONTHS, words, columns: [["month", "month"], ...figures],
      rows: few ? byMonth.filter((row) => row.applied) : byMonth, draw: few ? null : over("month", "count", [bar("applied", "blue"), line("moved", "orange")]) }),
    ...[["funnel_place", (row) => label(row.place)], ["funnel_nation", (row) => label(row.nation, "nationality")], ["funnel_type", (row) => label(row.type)]]
      .map(([id, of]) => panel({ id, scope, rows: segments(of), words, columns })),
  ];
};
