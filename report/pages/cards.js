// Figures in large type, each with what it is compared with.
// figures: [{key, value, format, was: [[word, value, why]], note, ignores}]; `why` says why there is no value; `ignores` as in a panel.
function cards(figures) {
  return el("section", { class: "wide cards" }, figures.map(({ key, value, format, was = [], note = null, ignores = [] }) => {
    const compared = ([word, before, why]) => el("small", { class: "was" }, `${t(word)}: `,
      ...(before === null ? [why] : [whole(FORMATS[format](before)), " ", whole(`(${difference(value, before, format)})`)]));
    const said = (words) => words.filter((one) => one !== null).map((one) => el("small", { class: "said" }, one));
    return el("div", { id: `card-${key}` }, el("small", {}, t(key)), el("b", {}, FORMATS[format](value)),
      said(filterWords(ignores)), was.map(compared), said([note, known(`${key}_note`) ? t(`${key}_note`) : null]));
  }));
}

const whole = (written) => el("span", { class: "nowrap" }, written);
function difference(now, before, format) {
  if (now === null) return NONE;
  return FORMATS[{ rate: "points", yen: "yenChange" }[format] ?? "change"](now - before);
}
// Why days that begin on `from` have no figure, where data begins on `first`.
const whyNone = (from, first) => (first !== null && from < first ? t("no_data_before", { day: first }) : t("no_data_then"));

// The counts of a range, of the one before it and of the same days a year ago.
function rangeCard(key, rows, name = "count") {
  const days = daysBetween(state.from, state.to) + 1;
  const of = (from, to) => (from < FIRST_COMPARED ? null : total(chosen(rows).filter((row) => row.day >= from && row.day <= to), name));
  const was = (word, from, to) => [word, of(from, to), whyNone(from, FIRST_COMPARED)];
  return {
    key, format: "count", value: of(state.from, state.to), was: [
      was("range_before", plusDays(state.from, -days), plusDays(state.to, -days)),
      was("year_before", plusMonths(state.from, -12), plusMonths(state.to, -12)),
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
