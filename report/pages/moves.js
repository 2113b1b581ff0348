// Move-ins and move-outs: contracts by time, and by one group at a time.
const ORDERS = {
  age_group: ["Under 25", "25-34", "35-44", "45-54", "55+", "Unknown"],
  rent_range: ["Under 50K", "50K-70K", "70K-100K", "100K-150K", "150K+", "Unknown"],
  lead_time_bucket: ["0-7", "8-30", "31-60", "61+", "Unknown"],
  tenure_category: ["Short (<6mo)", "Medium (6-12mo)", "Long (1-2yr)", "Very Long (2yr+)", "Unknown"],
};
const NAMED = 12; // bars with a name; the rest are one bar

const events = (event) => table("moves").filter((row) => row.event === event);

// A short range is drawn by day, a longer one by week, a year by month.
function grain() {
  const days = daysBetween(state.from, state.to) + 1;
  return days <= 45 ? ["by_day", (day) => day] : days <= 200 ? ["by_week", weekOf] : ["by_month", monthOf];
}
function byTime(rows, sums) {
  const [, period] = grain(), found = groups(rows, (row) => period(row.day));
  const periods = [...new Set(span(state.from, state.to).map(period))];
  return periods.map((one) => ({ period: one, ...sums(found.get(one) ?? []) }));
}
function timePanel(id, rows, colour) {
  return panel({ id, wide: true, rows: byTime(shown(rows), (some) => ({ count: total(some) })), scope: `${state.from} – ${state.to} · ${t(grain()[0])}`,
    columns: [["period", "month"], ["count", "count"]], draw: over("period", "count", [bar("count", colour)]) });
}

// Each month beside the same one a year before; the current month up to the as-of day, in both years.
function monthsPanel(id, rows) {
  const all = chosen(rows), year = plusMonths(AS_OF, -12);
  const of = (month, until) => (month + "-01" < FIRST_COMPARED ? null : total(all.filter((row) => monthOf(row.day) === month && row.day <= until)));
  const compared = monthly([], 13).reverse().map(([month]) => {
    const count = of(month, AS_OF), before = of(monthOf(plusMonths(month + "-01", -12)), month === monthOf(AS_OF) ? year : AS_OF);
    return { month, count, year_ago: before, difference: before === null ? null : count - before };
  });
  const columns = [["month", "month"], ["count", "count"], ["year_ago", "count"], ["difference", "change"]];
  return panel({ id, scope: monthsOf(compared), limit: 13, rows: compared, columns });
}

// The range's rows by one group, in its own order or the largest first.
function groupRows(source, grouping) {
  const rows = shown(table(source)).filter((row) => row.grouping_name === grouping), whole = total(rows), order = ORDERS[grouping];
  const found = [...groups(rows, (row) => label(row.value, grouping))].map(([name, some]) => ({ name, count: total(some), share: share(total(some), whole) }));
  if (!order) return found.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  const places = new Map(order.map((value, index) => [label(value), index]));
  return found.sort((a, b) => places.get(a.name) - places.get(b.name));
}
function barPanel(id, rows, colour) {
  const n = total(rows), few = rows.length && n < FEW;
  return panel({ id, rows, columns: [["name", "text"], ["count", "count"], ...(few ? [] : [["share", "rate"]])],
    words: few ? [t("few_contracts", { n })] : [], draw: (all) => {
    const some = all.length > NAMED + 1 ? [...all.slice(0, NAMED), { name: t("others"), count: total(all.slice(NAMED)) }] : all;
    return nameChart(some, { name: "name", key: "count", colour });
  } });
}
const groupPanels = (source, groupings, colour) => groupings.map((grouping) => barPanel(`${source.split("_")[0]}_${grouping}`, groupRows(source, grouping), colour));

function typePanel(id, rows, colour) {
  const whole = total(shown(rows));
  return barPanel(id, TYPES.map((type) => {
    const count = total(shown(rows).filter((row) => row.type === type));
    return { name: label(type), count, share: share(count, whole) };
  }).filter((row) => row.count), colour);
}

// Pending notices by the week of the move-out; weeks begin on Monday.
const WEEKS_AHEAD = 13;
function noticeWeeks() {
  const pending = chosen(table("notices")), first = weekOf(AS_OF);
  const ahead = pending.filter((row) => row.planned !== null && !row.overdue), last = plusDays(first, 7 * WEEKS_AHEAD);
  const weeks = groups(ahead, (row) => weekOf(row.planned));
  return {
    rows: Array.from({ length: WEEKS_AHEAD }, (_, index) => plusDays(first, 7 * index)).map((week) => ({ week, count: (weeks.get(week) ?? []).length })),
    words: [
      ["pending", pending], ["overdue", pending.filter((row) => row.overdue)], ["later", ahead.filter((row) => row.planned >= last)],
      ["no_day", pending.filter((row) => row.planned === null)],
    ].map(([word, some]) => `${t(word)}: ${FORMATS.count(some.length)}`),
  };
}

PAGES.moveins = () => {
  const rows = events("movein");
  return [
    cards([rangeCard("contract_starts", rows)]),
    timePanel("moveins_time", rows, "blue"),
    monthsPanel("moveins_months", rows),
    typePanel("moveins_type", rows, "blue"),
    ...groupPanels("movein_groups", ["renewal_flag", "lead_time_bucket", "channel", "nationality", "age_group", "rent_range"], "blue"),
  ];
};

PAGES.moveouts = () => {
  const rows = events("moveout"), ahead = noticeWeeks();
  return [
    cards([rangeCard("contract_ends", rows)]),
    timePanel("moveouts_time", rows, "orange"),
    monthsPanel("moveouts_months", rows),
    typePanel("moveouts_type", rows, "orange"),
    ...groupPanels("moveout_groups", ["reason", "tenure_category", "nationality", "age_group", "rent_range"], "orange"),
    panel({ id: "notices", scope: t("weeks_scope"), rows: ahead.rows, words: [ahead.words.join(", ")], columns: [["week", "day"], ["count", "count"]],
      draw: over("week", "count", [bar("count", "orange")]) }),
    overduePanel(),
  ];
};
