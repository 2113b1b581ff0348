"use strict";
const UP = JSON.parse(document.getElementById("lineage").textContent);
const DOWN = {};
for (const [table, columns] of Object.entries(UP)) {
  for (const [column, sources] of Object.entries(columns)) {
    for (const [parent, source] of sources) ((DOWN[parent] ??= {})[source] ??= []).push([table, column]);
  }
}

// A column's tree in one direction; a column met before on the way is named and not followed.
function tree(graph, table, column, seen = new Set()) {
  const list = Object.assign(document.createElement("ul"), { className: "path" });
  for (const [other, its] of graph[table]?.[column] ?? []) {
    const key = `${other}.${its}`, item = list.appendChild(document.createElement("li"));
    item.appendChild(Object.assign(document.createElement("a"), { href: `#${other}`, textContent: key }));
    if (!seen.has(key)) item.appendChild(tree(graph, other, its, new Set(seen).add(key)));
  }
  return list;
}

document.addEventListener("click", ({ target }) => {
  const row = target.closest("tr[data-column]");
  if (!row || target.tagName !== "BUTTON") return;
  const open = row.nextElementSibling;
  if (open?.classList.contains("lineage")) { open.remove(); return; }
  const table = row.closest("section").id, cell = document.createElement("td");
  cell.colSpan = 4;
  for (const [title, graph] of [["Comes from", UP], ["Goes into", DOWN]]) {
    cell.append(Object.assign(document.createElement("b"), { textContent: title }), tree(graph, table, row.dataset.column));
  }
  const line = Object.assign(document.createElement("tr"), { className: "lineage" });
  line.append(cell);
  row.after(line);
});

const search = document.getElementById("search");
search.addEventListener("input", () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const section of document.querySelectorAll("section")) {
    const text = section.textContent.toLowerCase();
    section.hidden = !words.every((word) => text.includes(word));
    document.querySelector(`nav a[href="#${section.id}"]`).hidden = section.hidden;
    found += !section.hidden;
  }
  document.getElementById("found").textContent = words.length ? `${found} found` : "";
});
