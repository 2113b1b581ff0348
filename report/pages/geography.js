// Where the properties are, how full they are, and where people move in and out.
// Four classes of occupancy: the lower bound of each, its colour and its name.
const CLASSES = [[0, "rate-1", "< 50%"], [0.5, "rate-2", "50–80%"], [0.8, "rate-3", "80–95%"], [0.95, "rate-4", "≥ 95%"]];
const classOf = (rate) => CLASSES.filter(([least]) => rate >= least).at(-1);

// Equal scale: a kilometre east is as long as one north. Names lie under the dots.
function map(rows, width) {
  const height = Math.min(760, Math.max(360, width * 0.7)), edge = 24;
  const ends = (key) => [Math.min(...rows.map((row) => row[key])), Math.max(...rows.map((row) => row[key]))];
  const [west, east] = ends("longitude"), [south, north] = ends("latitude"), shrink = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = Math.min((width - 2 * edge) / Math.max(1e-4, (east - west) * shrink), (height - 2 * edge) / Math.max(1e-4, north - south));
  const at = (row) => [width / 2 + (row.longitude - (west + east) / 2) * shrink * scale, height / 2 - (row.latitude - (south + north) / 2) * scale];
  const most = Math.max(...rows.map((row) => row.rooms_to_let));
  const root = svg("svg", { class: "plot map", viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" });
  const note = el("output", { class: "readout", "aria-live": "off" });
  const dots = [...rows].sort((a, b) => b.rooms_to_let - a.rooms_to_let).map((row) => ({ row, at: at(row), r: 2.5 + 5.5 * Math.sqrt(row.rooms_to_let / most) }));
  const middle = (values) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
  const names = [...groups(rows, (row) => row.place)].sort((a, b) => b[1].length - a[1].length)
    .map(([place, some]) => ({ place, at: at({ longitude: middle(some.map((row) => row.longitude)), latitude: middle(some.map((row) => row.latitude)) }) }));
  for (const { place, x, y } of placedNames(names, dots, width, height)) {
    root.append(svg("text", { class: "ward", x: x.toFixed(1), y: (y + 4).toFixed(1), "text-anchor": "middle" }, place));
  }
  for (const { row, at: [cx, cy], r } of dots) {
    const said = `${row.property}, ${row.place}: ${FORMATS.rate(row.rate)}, ${t("empty")} ${row.empty} / ${row.rooms_to_let}`;
    const where = { cx: cx.toFixed(1), cy: cy.toFixed(1), r: r.toFixed(1) };
    const dot = svg("circle", { class: `dot f-${classOf(row.rate)[1]}`, ...where, "data-asset": row.asset }, svg("title", {}, said));
    for (const event of ["pointerenter", "click"]) dot.addEventListener(event, () => { note.textContent = said; });
    root.append(dot);
  }
  const dot = (colour) => svg("svg", { width: 12, height: 12, "aria-hidden": "true" }, svg("circle", { class: `f-${colour}`, cx: 6, cy: 6, r: 6 }));
  const classes = el("ul", { class: "legend" }, CLASSES.map(([, colour, name]) => el("li", {}, dot(colour), name)));
  return el("div", { class: "chart" }, classes, root, note);
}

// The nearest place of each name that no dot and no other name has; a name without one is left to the dots' own texts.
const STEPS_AWAY = [0, 6, 12, 18, 24, 30, 36, 42].flatMap((step) => [step, -step]);
const AWAY = STEPS_AWAY.flatMap((dx) => STEPS_AWAY.map((dy) => [dx, dy])).sort((a, b) => Math.hypot(...a) - Math.hypot(...b));
function placedNames(names, dots, width, height) {
  const found = [], near = 18 + width / 50; // further away a name would stand among another's properties
  for (const { place, at: [middleX, middleY] } of names) {
    const half = place.length * 6.5 + 2;
    const isFree = ([dx, dy]) => {
      const x = middleX + dx, y = middleY + dy;
      if (Math.hypot(dx, dy) > near || x < half || x > width - half || y < 9 || y > height - 9) return false;
      return found.every((other) => Math.abs(other.x - x) >= other.half + half || Math.abs(other.y - y) >= 18)
        && dots.every(({ at: [cx, cy], r }) => Math.abs(cx - x) >= half + r || Math.abs(cy - y) >= 8 + r);
    };
    const away = AWAY.find(isFree);
    if (away) found.push({ place, half, x: middleX + away[0], y: middleY + away[1] });
  }
  return found;
}

const placed = (row) => row.latitude !== null && row.longitude !== null;
const inAndOut = (rows) => {
  const of = (event) => total(rows.filter((row) => row.event === event));
  return { starts: of("movein"), ends: of("moveout"), net_contracts: of("movein") - of("moveout") };
};
const CHURN_COLUMNS = [["starts", "count"], ["ends", "count"], ["net_contracts", "change"]];

PAGES.geography = () => {
  const moved = shown(table("moves")), scope = newestFact?.day ?? AS_OF;
  const rows = byRate(1);
  const names = new Map(table("properties").map((row) => [row.asset, propertyName(row)]));
  const churn = [...groups(moved, (row) => row.asset)]
    .map(([asset, some]) => ({ property: names.get(asset) ?? asset, place: label(some[0].place), ...inAndOut(some) }));
  const byPlace = [...groups(moved, (row) => label(row.place))].map(([place, some]) => ({ place, ...inAndOut(some) }));
  const worst = (a, b) => a.net_contracts - b.net_contracts || b.ends - a.ends;
  return [
    panel({ id: "map", wide: true, ignores: ["type"], scope, rows: rows.filter(placed),
      words: [`${t("unplaced")}: ${FORMATS.count(rows.filter((row) => !placed(row)).length)}`],
      columns: [...PROPERTY_COLUMNS, ["latitude", "text"], ["longitude", "text"]], draw: map }),
    placesPanel(),
    panel({ id: "place_churn", wide: true, limit: 30, rows: byPlace.sort(worst), columns: [["place", "text"], ...CHURN_COLUMNS] }),
    panel({ id: "property_churn", wide: true, limit: 30, rows: churn.sort(worst), columns: [["property", "text"], ["place", "text"], ...CHURN_COLUMNS] }),
  ];
};
