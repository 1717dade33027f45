"use strict";
(() => {
  const field = document.getElementById("search");
  const list = document.getElementById("found");
  const status = document.getElementById("found-status");
  const contents = document.getElementById("contents");
  const limit = 60;
  let entries = null;

  const collect = () =>
    Array.from(document.querySelectorAll("[data-find]"), (element) => ({
      id: element.id,
      name: element.dataset.find,
      kind: element.dataset.kind,
      text: (element.dataset.find + " " + (element.dataset.label || "")).toLowerCase(),
      label: element.dataset.label || "",
    }));

  const rank = (entry, query) => {
    const name = entry.name.toLowerCase();
    const last = name.slice(name.lastIndexOf(".") + 1);
    if (name === query || last === query) return 0;
    if (name.startsWith(query) || last.startsWith(query)) return 1;
    return name.includes(query) ? 2 : 3;
  };

  const show = () => {
    const query = field.value.trim().toLowerCase();
    list.replaceChildren();
    contents.classList.toggle("searching", query !== "");
    if (!query) {
      status.textContent = "";
      return;
    }
    entries = entries || collect();
    const words = query.split(/\s+/);
    const hits = entries
      .filter((entry) => words.every((word) => entry.text.includes(word)))
      .map((entry, place) => ({ entry, place, rank: rank(entry, query) }))
      .sort((a, b) => a.rank - b.rank || a.place - b.place);
    status.textContent = hits.length === 0 ? "Nothing found" : `${hits.length} found`;
    for (const { entry } of hits.slice(0, limit)) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const name = document.createElement("b");
      const label = document.createElement("span");
      link.href = "#" + entry.id;
      name.textContent = entry.name;
      label.textContent = [entry.kind, entry.label].filter(Boolean).join(" · ");
      link.append(name, label);
      item.append(link);
      list.append(item);
    }
  };

  field.closest(".search").hidden = false;
  field.addEventListener("input", show);
  field.addEventListener("keydown", (event) => {
    const first = list.querySelector("a");
    if (event.key === "Enter" && first) first.click();
    if (event.key === "ArrowDown" && first) {
      event.preventDefault();
      first.focus();
    }
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (!step || !event.target.closest("li")) return;
    event.preventDefault();
    const next = event.target.closest("li")[step];
    (next ? next.querySelector("a") : field).focus();
  });
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (contents.showPopover && getComputedStyle(contents).display === "none") contents.showPopover();
      field.focus();
    }
  });
  contents.addEventListener("click", (event) => {
    if (event.target.closest("a") && contents.matches(":popover-open")) contents.hidePopover();
  });
})();
