"use strict";
// Tables: the caption is the summary.
for (const details of document.querySelectorAll("details.table")) {
  details.firstElementChild.innerHTML = details.querySelector("figcaption").innerHTML;
}
// A link to a closed part opens it.
function openTarget() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const closed = target && target.closest("details");
  if (closed) { closed.open = true; target.scrollIntoView(); }
}
addEventListener("hashchange", openTarget);
openTarget();
// On paper: tables and figures are open, and closed again afterwards.
const opened = [];
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details.table:not([open]), details.plot:not([open])")) {
    details.open = true;
    opened.push(details);
  }
});
addEventListener("afterprint", () => { for (const details of opened.splice(0)) details.open = false; });
// Data flow: the ways of the box that is pointed at or has the focus.
const flow = document.querySelector(".flow");
if (flow) {
  const pick = (box) => {
    flow.classList.toggle("picked", Boolean(box));
    for (const link of flow.querySelectorAll(".link")) {
      link.classList.toggle("on", Boolean(box) && [link.dataset.from, link.dataset.to].includes(box.dataset.name));
    }
  };
  for (const [start, end] of [["pointerover", "pointerout"], ["focusin", "focusout"]]) {
    flow.addEventListener(start, (event) => pick(event.target.closest(".box")));
    flow.addEventListener(end, () => pick(null));
  }
}
// Subjects: drawn when they are chosen.
const source = document.getElementById("subject-data");
if (source) {
  const data = JSON.parse(source.textContent);
  const [article, point, who] = ["subject", "point", "who"].map((id) => document.getElementById(id));
  const [KIND, START, END, WORDS, DETAIL, VALUE, DATASET, ROW, SOURCE, RECORD, KEY, SEQUENCE] = Array(12).keys();
  const MARKS = { CR: ["#00441b", "★"], PR: ["#2f8f45", "▲"], SD: ["#2b7bba", "■"], "NON-CR/NON-PD": ["#2b7bba", "◆"],
    PD: ["#d55e00", "✖"], NE: ["#7a828a", "○"] };
  const GRADES = { 1: "#c7d3dc", 2: "#8fb3cf", 3: "#e0a030", 4: "#d55e00", 5: "#7f1d1d" };
  const DRUGS = ["#0072b2", "#009e73", "#cc79a7", "#e69f00"];
  const LEFT = 150, WIDTH = 1000, RIGHT = 20;
  let current = 0, marks = [], active = -1;
  const escape = (text) => String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
  const date = (subject, day) => {
    const at = new Date(subject.first + "T00:00:00Z");
    at.setUTCDate(at.getUTCDate() + (day > 0 ? day - 1 : day));
    return at.toISOString().slice(0, 10);
  };
  const lanes = (items) => {
    // events that overlap lie below each other
    const ends = [];
    return items.map(([item, from, to]) => {
      let lane = ends.findIndex((end) => end < from);
      if (lane < 0) lane = ends.length;
      ends[lane] = to;
      return [item, from, to, lane];
    });
  };
  function draw(index) {
    current = (index + data.subjects.length) % data.subjects.length;
    const subject = data.subjects[current], items = subject.items;
    const first = Math.min(1, ...items.map((item) => item[START]));
    const last = Math.max(subject.last, 30, ...items.map((item) => item[END] ?? item[START]));
    const x = (day) => LEFT + ((day - first) / (last - first || 1)) * (WIDTH - LEFT - RIGHT);
    const of = (kind) => items.map((item, i) => [item, i]).filter(([item]) => data.kinds[item[KIND]] === kind);
    const words = (item) => data.words[item[WORDS]] || data.kinds[item[KIND]];
    const label = (y, text) => `<text x="${LEFT - 12}" y="${y}" text-anchor="end">${escape(text)}</text>`;
    let y = 24, out = "";
    const assessments = of("assessment");
    if (assessments.length) {
      out += label(y + 4, "Response");
      for (const [item, i] of assessments) {
        const [colour, mark] = MARKS[words(item)] || ["#7a828a", "•"];
        out += `<g data-i="${i}"><circle cx="${x(item[START])}" cy="${y}" r="11" fill="transparent"/><text x="${x(item[START])}" y="${y + 5}" text-anchor="middle" style="fill:${colour};font-size:15px">${mark}</text><text x="${x(item[START])}" y="${y + 19}" text-anchor="middle">${escape(words(item))}</text></g>`;
      }
      y += 40;
    }
    const sums = of("sum").filter(([item]) => item[VALUE] !== null);
    if (sums.length) {
      const top = Math.max(...sums.map(([item]) => item[VALUE]), 1), base = y + 62;
      const at = (item) => base - (item[VALUE] / top) * 56;
      out += label(y + 10, "Sum of diameters") + `<text class="soft" x="${LEFT - 12}" y="${y + 24}" text-anchor="end">mm</text><line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${base}" y2="${base}"/>`;
      out += `<polyline fill="none" stroke="#0072b2" stroke-width="1.6" points="${sums.map(([item]) => `${x(item[START])},${at(item)}`).join(" ")}"/>`;
      for (const [item, i] of sums) {
        out += `<g data-i="${i}"><circle cx="${x(item[START])}" cy="${at(item)}" r="4" fill="#0072b2"/><text x="${x(item[START])}" y="${at(item) - 7}" text-anchor="middle">${item[VALUE]}</text></g>`;
      }
      y = base + 22;
    }
    const drugs = [...new Set(of("dose").map(([item]) => item[WORDS]))];
    drugs.forEach((drug, number) => {
      out += label(y + 4, data.words[drug]);
      for (const [item, i] of of("dose").filter(([dose]) => dose[WORDS] === drug)) {
        const width = Math.max(x(item[END] ?? item[START]) - x(item[START]), 3);
        out += `<rect data-i="${i}" x="${x(item[START])}" y="${y - 6}" width="${width}" height="12" rx="1" fill="${DRUGS[number % DRUGS.length]}"/>`;
      }
      y += 22;
    });
    const events = of("event").sort((a, b) => a[0][START] - b[0][START]);
    if (events.length) {
      y += 4;
      const letters = 6.1;
      const placed = lanes(events.map(([item, i]) => {
        const from = x(item[START]), to = x(item[END] ?? item[START]);
        return [[item, i], from, Math.max(to, from + 8 + words(item).length * letters)];
      }));
      out += label(y + 4, "Adverse events");
      for (const [[item, i], from, , lane] of placed) {
        const to = Math.max(x(item[END] ?? item[START]), from + 4), at = y + lane * 17;
        const grade = data.detail[item[DETAIL]], flip = from + words(item).length * letters > WIDTH;
        out += `<g data-i="${i}"><rect x="${from}" y="${at - 6}" width="${to - from}" height="13" rx="2" fill="${GRADES[grade] || "#c7d3dc"}" fill-opacity="${grade > 2 ? 0.85 : 0.6}"/><text x="${flip ? from - 3 : from + 3}" y="${at + 4}"${flip ? ' text-anchor="end"' : ""}>${grade ? escape(grade) + " " : ""}${escape(words(item))}</text></g>`;
      }
      y += 17 * (1 + Math.max(...placed.map(([, , , lane]) => lane)));
    }
    let head = "";
    const milestones = of("milestone");
    milestones.forEach(([item, i]) => {
      const at = x(item[START]);
      head += `<g data-i="${i}"><line x1="${at}" x2="${at}" y1="12" y2="${y}" stroke="#b3261e" stroke-dasharray="4 3" stroke-width="1.4"/><text x="${at > WIDTH - 90 ? at - 4 : at + 4}" y="10"${at > WIDTH - 90 ? ' text-anchor="end"' : ""} style="fill:#b3261e;font-weight:600">${escape(words(item))}</text></g>`;
    });
    const months = (last - first) / 30.4375, step = [1, 2, 3, 6, 12, 24].find((s) => months / s <= 12) || 48;
    let axis = "";
    for (let month = 0; month * 30.4375 <= last; month += step) {
      const at = x(month * 30.4375 + 1);
      axis += `<line class="grid" x1="${at}" x2="${at}" y1="14" y2="${y}"/><text class="soft" x="${at}" y="${y + 14}" text-anchor="middle">${month}</text>`;
    }
    axis += `<text class="soft" x="${LEFT - 12}" y="${y + 14}" text-anchor="end">Months</text>`;
    const facts = Object.entries({ Arm: subject.arm, "First day": subject.first, "Followed to": `day ${subject.last}`, ...subject.facts });
    article.innerHTML = `<h3>${escape(subject.id)}</h3><dl class="facts">${facts.filter(([, value]) => value).map(([name, value]) => `<div><dt>${escape(name)}</dt><dd>${escape(value)}</dd></div>`).join("")}</dl>` +
      `<div class="scroll"><svg class="timeline" tabindex="0" role="application" aria-label="Timeline of ${escape(subject.id)}: the arrow keys move between its ${items.length} records" viewBox="0 0 ${WIDTH} ${y + 22}">${axis}${out}${head}</svg></div>`;
    marks = [...article.querySelectorAll("[data-i]")].sort((a, b) => items[a.dataset.i][START] - items[b.dataset.i][START]);
    active = -1;
    who.value = subject.id;
    document.getElementById("position").textContent = `${current + 1} of ${data.subjects.length}`;
    const svg = article.querySelector("svg");
    svg.addEventListener("pointerover", (event) => show(event.target.closest("[data-i]")));
    svg.addEventListener("keydown", (event) => {
      const move = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!move || !marks.length) return;
      event.preventDefault();
      show(marks[(active + move + marks.length) % marks.length]);
    });
  }
  function show(mark) {
    if (!mark) return;
    if (marks[active]) for (const shape of [marks[active], ...marks[active].children]) shape.classList.remove("on");
    active = marks.indexOf(mark);
    (mark.querySelector("circle,rect,line") || mark).classList.add("on");
    const subject = data.subjects[current], item = subject.items[mark.dataset.i];
    const dataset = data.dataset[item[DATASET]], key = data.key[item[KEY]];
    const day = `day ${item[START]} (${date(subject, item[START])})` + (item[END] === null ? "" : ` to day ${item[END]} (${date(subject, item[END])})`);
    const what = [data.words[item[WORDS]], data.detail[item[DETAIL]], item[VALUE]].filter((part) => part !== "" && part !== null).join(", ");
    const raw = item[RECORD] === null ? "" : ` · from ${data.source[item[SOURCE]]}, record ${item[RECORD]}`;
    const trace = `oncdisc trace OUT ${dataset} USUBJID=${subject.id}` + (key && item[SEQUENCE] !== null ? ` ${key}=${item[SEQUENCE]}` : "");
    point.innerHTML = `<p><b>${escape(what || data.kinds[item[KIND]])}</b>, ${day}</p><p class="soft">${escape(dataset)} record ${item[ROW] || ""}${escape(raw)}</p><p><code>${escape(trace)}</code></p>`;
  }
  const find = () => {
    const wanted = who.value.trim().toLowerCase();
    const at = data.subjects.findIndex((subject) => subject.id.toLowerCase() === wanted);
    if (at >= 0) return draw(at);
    const like = data.subjects.findIndex((subject) => subject.id.toLowerCase().endsWith(wanted));
    if (wanted && like >= 0) draw(like);
  };
  who.addEventListener("change", find);
  who.addEventListener("keydown", (event) => { if (event.key === "Enter") find(); });
  who.addEventListener("focus", () => who.select());
  document.getElementById("before").addEventListener("click", () => draw(current - 1));
  document.getElementById("after").addEventListener("click", () => draw(current + 1));
  draw(0);
}
