// Figures in large type, each with what it is compared with.
// figures: [{key, value, format, was: [[word, value]], note}]
function cards(figures) {
  return el("section", { class: "wide cards" }, figures.map(({ key, value, format, was = [], note = null }) => {
    const compared = ([word, before]) => el("small", {}, `${t(word)}: `, whole(FORMATS[format](before)),
      ...(before === null ? [] : [" ", whole(`(${difference(value, before, format)})`)]));
    return el("div", { id: `card-${key}` }, el("small", {}, t(key)), el("b", {}, FORMATS[format](value)), note ? el("small", {}, note) : null, was.map(compared));
  }));
}

const whole = (written) => el("span", { class: "nowrap" }, written);
function difference(now, before, format) {
  if (now === null || before === null) return NONE;
  return FORMATS[{ rate: "points", yen: "yenChange" }[format] ?? "change"](now - before);
}

// The counts of a range, of the one before it and of the same days a year ago.
function rangeCard(key, rows, name = "count") {
  const days = daysBetween(state.from, state.to) + 1;
  const of = (from, to) => (from < FIRST_COMPARED ? null : total(chosen(rows).filter((row) => row.day >= from && row.day <= to), name));
  return {
    key, format: "count", value: of(state.from, state.to),
    was: [
      ["range_before", of(plusDays(state.from, -days), plusDays(state.to, -days))],
      ["year_before", of(plusMonths(state.from, -12), plusMonths(state.to, -12))],
    ],
  };
}
const FIRST_COMPARED = plusDays(AS_OF, -799); // of report/figures/__init__.py

// The rows of each month that the filters leave, the newest last.
function monthly(rows, count) {
  const months = Array.from({ length: count }, (_, index) => monthOf(plusMonths(AS_OF.slice(0, 8) + "01", index - count + 1)));
  const found = groups(rows, (row) => monthOf(row.day));
  return months.map((month) => [month, found.get(month) ?? []]);
}
