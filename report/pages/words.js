// Words and numbers as people read them.
const language = () => (document.documentElement.lang === "ja" ? 0 : 1);
// values: what stands for {name} in the words.
function t(key, values = {}) {
  if (!Object.hasOwn(WORDS, key)) throw new Error(`no word for ${key}: add it to report/text/`);
  return WORDS[key][language()].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
const known = (key) => Object.hasOwn(WORDS, key);

// Names of countries come from the browser: the source's Japanese name -> its code -> the English name.
let countries = null;
function country(name) {
  if (!countries) {
    const [ja, en] = ["ja", "en"].map((one) => new Intl.DisplayNames([one], { type: "region", fallback: "none" }));
    const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
    const codes = letters.flatMap((first) => letters.map((second) => first + second)).filter((code) => ja.of(code));
    countries = new Map(codes.map((code) => [ja.of(code).replace(/ \(.*/, ""), en.of(code)]));
    for (const [other, usual] of [["アメリカ", "アメリカ合衆国"]]) countries.set(other, countries.get(usual));
  }
  return countries.get(name) ?? name;
}

// A value of the data as text: a label where there is one.
function label(value, kind = "") {
  if (value === null || value === "") return t("unknown");
  if (kind === "channel") return `${t("channel")} ${value}`;
  if (kind === "reason") {
    const row = table("reasons").find((one) => one.value === value);
    return row && language() === 0 ? row.japanese : value;
  }
  if (Object.hasOwn(VALUES, value)) return VALUES[value][language()];
  return kind === "nationality" && language() === 1 ? country(value) : value;
}

const NONE = "–";
const minus = (written) => written.replace("-", "−"); // as wide as a plus; files keep the hyphen
const sign = (value) => (value > 0 ? "+" : "");
const isSoFar = (month) => month === monthOf(AS_OF) && month === monthOf(plusDays(AS_OF, 1));
const FORMATS = {
  text: (value) => (value === null ? NONE : String(value)),
  day: (value) => value ?? NONE,
  month: (value) => (isSoFar(value) ? `${value} ${t("so_far")}` : value),
  count: (value) => (value === null ? NONE : minus((value + 0).toLocaleString("en-US"))), // + 0: no -0
  change: (value) => (value === null ? NONE : sign(value) + FORMATS.count(value)),
  rate: (value) => (value === null ? NONE : (value * 100).toFixed(1) + "%"),
  points: (value) => (value === null ? NONE : `${sign(value)}${minus((value * 100).toFixed(1))}\u00a0${t("points")}`),
  yen: (value) => (value === null ? NONE : minus("¥" + Math.round(value).toLocaleString("en-US"))),
  yenChange: (value) => (value === null ? NONE : (value > 0 ? "+" : value < 0 ? "−" : "") + FORMATS.yen(Math.abs(value))),
};
// A day as the page's language writes it: a browser's date field has the browser's way.
const longDay = (day) => (language() === 0 ? day.replace(/^(\d+)-0?(\d+)-0?(\d+)$/, "$1年$2月$3日") : day);
const NUMERIC = ["count", "change", "rate", "points", "yen", "yenChange"];

// An element, its attributes and its children; texts are text, whatever they hold.
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== false) element.setAttribute(name, value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}
function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.flat());
  return element;
}
