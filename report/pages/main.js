// Navigation, filters, language; draws the page that the address names.
const main = document.querySelector("main"), pageOf = document.getElementById("page");

function draw() {
  readHash();
  for (const link of document.querySelectorAll("nav a")) {
    const page = link.dataset.page;
    link.href = hashOf({ page });
    page === state.page ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
  }
  for (const one of document.querySelectorAll("[data-lang]")) one.setAttribute("aria-pressed", one.dataset.lang === document.documentElement.lang);
  filters();
  document.title = `${t("page_" + state.page)} · ${t("title")} ${AS_OF}`;
  pageOf.replaceChildren(...PAGES[state.page]());
  pageOf.dataset.page = state.page;
  document.getElementById("data").hidden = state.page !== "index";
  redraw();
}

function redraw() {
  for (const one of pageOf.querySelectorAll(".panel")) one.redraw?.();
}

function filters() {
  for (const [key, values] of [["type", TYPES], ["place", places]]) {
    const options = values.map((value) => el("option", { value }, label(value)));
    document.getElementById(key).replaceChildren(el("option", { value: "" }, t("all")), ...options);
  }
  for (const key of ["from", "to", "type", "place"]) {
    const input = document.getElementById(key);
    input.value = state[key];
    if (input.type === "date") [input.min, input.max] = [FIRST_SHOWN, AS_OF];
  }
  document.getElementById("range").textContent = `${longDay(state.from)} – ${longDay(state.to)}`;
  for (const one of document.querySelectorAll("[data-days]")) {
    one.setAttribute("aria-pressed", state.to === AS_OF && state.from === plusDays(AS_OF, 1 - one.dataset.days));
  }
}

const go = (changes) => { location.hash = hashOf(changes); };
for (const key of ["from", "to", "type", "place"]) {
  document.getElementById(key).addEventListener("change", (event) => go({ [key]: event.target.value }));
}
for (const one of document.querySelectorAll("[data-days]")) {
  one.addEventListener("click", () => go({ from: plusDays(AS_OF, 1 - one.dataset.days), to: AS_OF }));
}
for (const one of document.querySelectorAll("[data-lang]")) {
  one.addEventListener("click", () => { document.documentElement.lang = one.dataset.lang; draw(); });
}
document.getElementById("print").addEventListener("click", () => print());
addEventListener("hashchange", () => { draw(); scrollTo(0, 0); });
let drawnWidth = innerWidth;
// Paper is narrower than most screens: charts are drawn anew, so that their texts keep their size.
addEventListener("beforeprint", () => { for (const one of pageOf.querySelectorAll(".panel")) one.redraw?.(one.matches(".wide") ? 660 : 310); });
addEventListener("afterprint", redraw);
addEventListener("resize", () => { if (innerWidth !== drawnWidth) { drawnWidth = innerWidth; redraw(); } });
document.documentElement.lang = navigator.language.startsWith("ja") ? "ja" : "en";
draw();
