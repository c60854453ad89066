// A click on a title sorts by its column, another one turns the order around; what is absent comes last.
"use strict";
const table = document.querySelector("table");
const body = table.tBodies[0];
const value = (row, place) => {
  const cell = row.cells[place];
  const text = cell.dataset.sort ?? cell.textContent;
  const [, hours, minutes, seconds] = /^(?:(\d+) h )?(?:(\d+) min)?(?: ?([\d.]+) s)?$/.exec(text) ?? [];
  if (hours || minutes || seconds) return (hours || 0) * 3600 + (minutes || 0) * 60 + Number(seconds || 0);
  const number = Number(text.replace(/[$,%]/g, "").replace(/^(\d+)\/\d+$/, "$1"));
  return text.trim() && !Number.isNaN(number) ? number : text;
};
const order = (one, other) => {
  if (typeof one === typeof other) return one < other ? -1 : one > other ? 1 : 0;
  return typeof one === "number" ? -1 : 1;
};
[...table.tHead.rows[0].cells].forEach((title, place) => title.querySelector("button").addEventListener("click", () => {
  const turned = title.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  title.setAttribute("aria-sort", turned ? "descending" : "ascending");
  const absent = (row) => ["–", "unknown"].includes(value(row, place));
  const rows = [...body.rows].sort((one, other) => absent(one) - absent(other)
    || (turned ? -1 : 1) * order(value(one, place), value(other, place)));
  body.append(...rows);
}));
