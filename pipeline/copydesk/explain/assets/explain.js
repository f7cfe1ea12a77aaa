"use strict";
/* The page of one document: switches on the left, before and after side by side. */
(() => {
  const { make, text, label, exact, count, score } = Show;
  const data = Show.data();
  const KINDS = { drop: "−", replace: "~", move: "↕", recast: "⇒", tag: "•" };
  const changes = [];
  for (const { stage, changes: list } of data.steps)
    for (const change of list) changes[change.i] = Object.assign(change, { stage, key: `${stage}\n${change.rule}` });
  const off = new Set(data.off);
  const main = document.getElementById("rows");
  const lines = document.getElementById("moves");
  const status = document.getElementById("status");
  const elements = new Map();
  let waiting = [];
  let current = -1;

  function marked(runs) {
    return runs.map((run) => (run.c < 0 || run.c === undefined ? text(run.t) : make("ins", {}, exact(run.t)))).flat();
  }

  function before(index, gone) {
    const [start, end] = data.paragraphs[index];
    const parts = [];
    let at = start;
    for (const [a, b] of gone) {
      const from = Math.max(a, at), to = Math.min(b, end);
      if (to <= from) continue;
      if (from > at) parts.push(...text(data.text.slice(at, from)));
      parts.push(make("del", {}, exact(data.text.slice(from, to))));
      at = to;
    }
    if (at < end) parts.push(...text(data.text.slice(at, end)));
    return make("p", { dir: "auto" }, make("span", { class: "number", "aria-hidden": "true" }, String(index + 1)), parts);
  }

  function notes(row) {
    const groups = new Map();
    for (const index of row.changes) {
      const change = changes[index];
      const key = JSON.stringify([change.key, change.kind, change.why, change.score]);
      groups.set(key, [...(groups.get(key) || []), change]);
    }
    const items = [...groups.values()].map((same) => {
      const [change] = same;
      const sure = change.score !== null && change.score >= 1 ? "" : ` · ${score(change.score)}`;
      const times = same.length > 1 ? ` ×${same.length}` : "";
      return make("li", { class: `kind-${change.kind}` },
        make("span", { class: "sign", "aria-hidden": "true" }, KINDS[change.kind]),
        make("b", {}, label(`${change.stage} / ${change.rule}`)), `${times}${sure}`,
        change.why ? make("span", { class: "why" }, " ", text(change.why)) : null);
    });
    if (row.where) items.push(make("li", { class: "where" }, row.where));
    for (const [key, value] of Object.entries(row.tags))
      items.push(make("li", { class: "tag" }, text(`${key} = ${typeof value === "string" ? value : JSON.stringify(value)}`)));
    return items.length ? make("ul", { class: "notes" }, items) : null;
  }

  function build(row, element) {
    element.className = row.changed ? "row changed" : "row";
    const left = make("div", { class: row.right || !row.changed ? "before" : "before cut" }, row.left.map((k) => before(k, row.gone)));
    const right = make("div", { class: "after" },
      row.right ? make("p", { dir: "auto" }, marked(row.right.runs)) : null);
    element.replaceChildren(...[left, right, notes(row)].filter(Boolean));
    if (row.changed) element.tabIndex = -1; else element.removeAttribute("tabindex");
  }

  /* What a row shows, as far as it can change. */
  function describe(row, result, goneBy, language) {
    const gone = row.left.flatMap((k) => goneBy[k] || []);
    const found = new Set(gone.map(([, , c]) => c));
    const tags = {};
    row.where = "";
    if (row.right) {
      for (const run of row.right.runs) if (run.c >= 0) found.add(run.c);
      for (const index of row.right.moved) found.add(index);
      if (row.right.recast !== undefined) found.add(row.right.recast);
      for (const [key, value] of Object.entries(row.right.tags)) if (key !== "language" || value !== language) tags[key] = value;
      if (!row.left.length && row.from && row.from.length) row.where = `from paragraph ${row.from.map((k) => k + 1).join(", ")}`;
    } else if (row.to !== undefined) row.where = "stands elsewhere now";
    row.gone = gone;
    row.tags = tags;
    row.changes = [...found];
    row.changed = found.size > 0 || row.where !== "";
    row.id = `${row.left.join(",")}|${row.right ? row.right.id : ""}`;
    const shown = row.right ? row.right.runs.map((run) => (run.c >= 0 ? `${run.c}` : `${run.o}+${run.t.length}`)).join() : "";
    row.signature = `${gone.join(";")}|${shown}|${row.changes}|${row.where}|${JSON.stringify(tags)}`;
    return row;
  }

  function goneByParagraph(gone) {
    const by = [];
    const sorted = gone.slice().sort((a, b) => a[0] - b[0]);
    let k = 0;
    for (const range of sorted) {
      while (k < data.paragraphs.length - 1 && data.paragraphs[k + 1][0] <= range[0]) k += 1;
      for (let at = k; at < data.paragraphs.length && data.paragraphs[at][0] < range[1]; at += 1) (by[at] = by[at] || []).push(range);
    }
    return by;
  }

  function render() {
    const result = Replay.replay(data, (change) => !off.has(change.key));
    const by = goneByParagraph(result.gone);
    const rows = Rows.align(result, data.paragraphs).map((row) => describe(row, result, by, result.tags.language));
    const seen = new Set();
    const order = [];
    waiting = [];
    for (const row of rows) {
      seen.add(row.id);
      let entry = elements.get(row.id);
      if (!entry) elements.set(row.id, (entry = { element: make("div", { class: "row" }), signature: null }));
      if (entry.signature !== row.signature) waiting.push([row, entry]);
      entry.row = row;
      order.push(entry.element);
    }
    for (const [id, entry] of elements) if (!seen.has(id)) { entry.element.remove(); elements.delete(id); }
    let at = main.firstElementChild;
    for (const element of order) {
      if (element === at) at = at.nextElementSibling; else main.insertBefore(element, at);
    }
    fillNear();
    say(result);
    window.setTimeout(fillRest);
    window.requestAnimationFrame(draw);
    return result;
  }

  function fill([row, entry]) {
    build(row, entry.element);
    entry.signature = row.signature;
  }

  /* What can be seen is built at once, the rest while nothing else is to do. */
  function fillNear() {
    const height = window.innerHeight || 800;
    const near = [], far = [];
    if (waiting.length <= 150) near.push(...waiting);
    else {
      const scrolled = window.scrollY > 0;
      for (const item of waiting) {
        if (near.length >= 150) { far.push(item); continue; }
        const top = scrolled ? item[1].element.getBoundingClientRect().top : 0;
        (top > -height && top < 2 * height ? near : far).push(item);
      }
    }
    near.forEach(fill);
    waiting = far;
  }

  function fillRest() {
    const until = performance.now() + 12;
    let done = 0;
    while (done < waiting.length && performance.now() < until) { fill(waiting[done]); done += 1; }
    waiting = waiting.slice(done);
    if (waiting.length) window.setTimeout(fillRest);
    else { document.body.dataset.ready = "yes"; window.requestAnimationFrame(draw); }
  }

  function say(result) {
    const on = changes.filter((change) => !off.has(change.key) && !result.forced.has(change.i)).length;
    let words = `${on.toLocaleString("en")} of ${count(changes.length, "change")} on, ${count(data.text.length, "character")} before, ${result.text.length.toLocaleString("en")} after.`;
    if (result.forced.size) {
      const needed = new Set([...result.forced].map((index) => label(`${changes[index].stage} / ${changes[index].rule}`)));
      words += ` Off as well, since their text is no longer there: ${count(result.forced.size, "change")} of ${[...needed].join(", ")}.`;
    }
    status.textContent = words;
  }

  /* Lines from where a paragraph stood to where it stands. */
  function draw() {
    lines.replaceChildren();
    const frame = main.getBoundingClientRect();
    if (getComputedStyle(lines).display === "none") return;
    lines.setAttribute("height", String(main.scrollHeight));
    lines.setAttribute("width", String(frame.width));
    const lefts = new Map();
    let drawn = 0;
    for (const { row, element } of elements.values()) for (const k of row.left) if (row.to !== undefined) lefts.set(k, element);
    for (const { row, element } of elements.values()) {
      if (!row.right || row.left.length || !row.from || !row.from.length || drawn >= 200) continue;
      const start = lefts.get(row.from[0]);
      if (!start || !start.firstElementChild || !element.children[1]) continue;
      const a = start.firstElementChild.getBoundingClientRect(), b = element.children[1].getBoundingClientRect();
      const x1 = a.right - frame.left, y1 = a.top + a.height / 2 - frame.top;
      const x2 = b.left - frame.left, y2 = b.top + b.height / 2 - frame.top;
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      const bend = Math.max(18, Math.min(60, Math.abs(y2 - y1) / 3));
      path.setAttribute("d", `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`);
      path.setAttribute("class", "move");
      lines.append(path);
      drawn += 1;
    }
  }

  function toggle(keys, on) {
    for (const key of keys) if (on) off.delete(key); else off.add(key);
    sync();
    render();
  }

  const boxes = [];
  function sync() {
    for (const { box, keys } of boxes) {
      const on = keys.filter((key) => !off.has(key)).length;
      box.checked = on > 0;
      box.indeterminate = on > 0 && on < keys.length;
    }
  }

  function box(name, keys, number, hint) {
    const input = make("input", { type: "checkbox" });
    input.addEventListener("change", () => toggle(keys, input.checked));
    boxes.push({ box: input, keys });
    return make("label", { title: hint }, input, make("span", { class: "name" }, label(name)), make("span", { class: "many" }, number.toLocaleString("en")));
  }

  function switches() {
    const list = document.getElementById("switches");
    data.steps.forEach(({ stage, changes: mine }, index) => {
      const rules = new Map();
      for (const change of mine) rules.set(change.key, [...(rules.get(change.key) || []), change]);
      const hint = index < 9 ? `Key ${index + 1}` : undefined;
      list.append(make("li", { class: "stage" }, box(stage, [...rules.keys()], mine.length, hint),
        make("ul", {}, [...rules].map(([key, same]) => make("li", {}, box(same[0].rule, [key], same.length))))));
    });
    sync();
  }

  function step(direction) {
    const rows = [...main.querySelectorAll(".row.changed")];
    if (!rows.length) return;
    current = rows.indexOf(document.activeElement) >= 0 ? rows.indexOf(document.activeElement) : current;
    current = Math.max(0, Math.min(rows.length - 1, current + direction));
    rows[current].focus({ preventScroll: true });
    rows[current].scrollIntoView({ block: "center" });
    window.requestAnimationFrame(draw);
  }

  const onlyChanged = document.getElementById("only-changed");
  onlyChanged.addEventListener("change", () => {
    main.classList.toggle("only-changed", onlyChanged.checked);
    window.requestAnimationFrame(draw);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
    else if (event.key === "c") onlyChanged.click();
    else if (/^[1-9]$/.test(event.key) && data.steps[event.key - 1]) boxes.filter(({ box: b }) => b.closest(".stage > label"))[event.key - 1].box.click();
    else return;
    event.preventDefault();
  });
  window.addEventListener("resize", () => window.requestAnimationFrame(draw));
  switches();
  window.copydesk = { render, replay: (keys) => Replay.replay(data, (change) => !keys.includes(change.key)).text };
  render();
})();
