// Rooms and the rate: facts, gaps and projection apart.
const RATE_COLUMNS = [["day", "day"], ["fact", "rate"], ["projection", "rate"], ["rooms", "count"], ["rooms_to_let", "count"]];

// The range's days; the projection is there where the range ends on the as-of day.
function rateRows() {
  if (state.place) {
    const level = levels(), none = { rate: null, rooms: null, total: null };
    return daysOfFiles().map((day) => [day, level.get(day) ?? none])
      .map(([day, row]) => ({ day, fact: row.rate, projection: null, rooms: row.rooms, rooms_to_let: row.total }));
  }
  return table("occupancy").filter((row) => inRange(row) || (row.kind === "projection" && state.to === AS_OF)).map((row) => ({
    day: row.day, fact: row.kind === "fact" ? row.rate : null, projection: row.kind === "projection" ? row.rate : null, rooms: row.rooms, rooms_to_let: row.total,
  }));
}

function dailyMoves() {
  return table("occupancy").filter((row) => inRange(row) || (row.kind === "projection" && state.to === AS_OF && row.day <= plusDays(AS_OF, 30)))
    .map(({ day, kind, moveins, moveouts, net }) => ({ day, kind: t(kind), moveins, moveouts, net, ahead: kind === "projection" }));
}

// Rooms by type: a column each, on the days with files.
function typeRows() {
  const days = groups(table("types").filter(inRange), (row) => row.day);
  return daysOfFiles().map((day) => {
    const of = (type) => (days.get(day) ? total(days.get(day).filter((row) => row.type === type), "rooms") : null);
    return { day, ...Object.fromEntries(TYPES.map((type) => [type, of(type)])), other: days.get(day) ? total(days.get(day), "other") : null };
  });
}

function placeRows() {
  const newest = table("places").reduce((last, row) => (row.day > last ? row.day : last), "");
  const on = (day) => new Map(table("places").filter((row) => row.day === day).map((row) => [row.place, row]));
  const before = on(plusDays(newest, -7));
  return [...on(newest).values()].filter(inPlace).map((row) => {
    const rate = share(row.rooms, row.total), old = before.get(row.place);
    const rate_change = old ? rate - share(old.rooms, old.total) : null;
    return { place: label(row.place), rate, empty: row.total - row.rooms, rooms: row.rooms, rooms_to_let: row.total, rate_change };
  }).sort((a, b) => a.rate - b.rate);
}

function ratePanel() {
  const rates = rateRows();
  return panel({ id: "rate", wide: true, ignores: ["type"], scope: daysWithData(rates, "fact"), rows: rates, columns: RATE_COLUMNS,
    draw: over("day", "rate", [line("fact", "blue"), line("projection", "orange", { dashed: true })]) });
}

function movesPanel() {
  const pale = (row) => row.ahead, rows = dailyMoves();
  return panel({ id: "moves", wide: true, ignores: ["type", "place"], scope: daysWithData(rows, "moveins"), rows,
    columns: [["day", "day"], ["kind", "text"], ["moveins", "count"], ["moveouts", "count"], ["net", "change"]],
    draw: over("day", "count", [bar("moveins", "blue", { pale }), bar("moveouts", "orange", { pale, sign: -1 }), line("net", "violet")]) });
}

// From the rooms at the end of the last day before the chosen ones, or of the first day with files, to those at their end.
function balancePanel() {
  const until = facts.filter((row) => row.day <= state.to), first = until.filter((row) => row.day < state.from).at(-1) ?? until[0], last = until.at(-1);
  const between = until.filter((row) => row.day > first.day), moveins = total(between, "moveins"), moveouts = total(between, "moveouts");
  const scope = first !== last ? `${first.day} – ${last.day}` : null;
  const row = () => ({
    between: scope, start: first.rooms, moveins, moveouts, unexplained: last.rooms - first.rooms - moveins + moveouts, end: last.rooms,
  });
  return panel({ id: "balance", wide: true, ignores: ["type", "place"], scope, rows: scope ? [row()] : [],
    columns: [["between", "text"], ["start", "count"], ["moveins", "count"], ["moveouts", "count"], ["unexplained", "change"], ["end", "count"]] });
}

function propertyRows() {
  return table("properties").filter(inPlace).map((row) => ({
    ...row, property: propertyName(row), place: label(row.place), empty: row.total - row.rooms, rooms_to_let: row.total,
  }));
}
// Of two with the same rate, the one with more rooms comes first.
const byRate = (sign) => propertyRows().sort((a, b) => sign * (a.rate - b.rate) || b.rooms_to_let - a.rooms_to_let || (a.asset < b.asset ? -1 : 1));
const ROOM_COLUMNS = [["rate", "rate"], ["empty", "count"], ["rooms", "count"], ["rooms_to_let", "count"], ["rate_change", "points", "change_7_days"]];
const PLACE_COLUMNS = [["place", "text"], ...ROOM_COLUMNS], PROPERTY_COLUMNS = [["property", "text"], ["place", "text"], ...ROOM_COLUMNS];

// Rooms on the newest day with files, and their change over seven days or why there is none.
function roomsPanel({ rows, columns = PROPERTY_COLUMNS, ...more }) {
  const scope = newestFact?.day ?? AS_OF, before = plusDays(scope, -7);
  const words = rows.length && rows.every((row) => row.rate_change === null) ? [`${t("change_7_days")}: ${whyNone(before, facts[0]?.day ?? null)}`] : [];
  return panel({ ignores: ["type"], scope, words, rows, columns, ...more });
}
const placesPanel = () => roomsPanel({ id: "places", wide: true, rows: placeRows(), columns: PLACE_COLUMNS, limit: 30 });

PAGES.occupancy = () => {
  const types = state.type ? [state.type] : TYPES, colours = { individual: "blue", corporate: "orange", unknown: "violet" };
  const typesByDay = typeRows();
  return [
    ratePanel(),
    movesPanel(),
    balancePanel(),
    panel({ id: "types", wide: true, ignores: ["place"], scope: daysWithData(typesByDay, types[0]), rows: typesByDay,
      columns: [["day", "day"], ...types.map((type) => [type, "count"]), ["other", "count", "other_contract_rooms"]],
      draw: over("day", "count", types.map((type) => line(type, colours[type]))) }),
    placesPanel(),
    roomsPanel({ id: "properties", wide: true, limit: 20, rows: byRate(1) }),
  ];
};
