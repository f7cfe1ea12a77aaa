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
  const many = new Map();
  for (const { key } of changes) many.set(key, (many.get(key) || 0) + 1);
  const main = document.getElementById("rows");
  const lines = document.getElementById("moves");
  const status = document.getElementById("status");
  const onlyChanged = document.getElementById("only-changed");
  const CHUNK = 40;
  let rows = [];
  let chunks = [];
  let context = null;
  let current = -1;

  /* How much of a replacement is the same at both ends: only what differs is marked. */
  const HALF = /[\ud800-\udfff]/, MARK = /^\p{M}/u;
  function same({ kind, old, new: fresh }) {
    if (kind !== "replace") return [0, 0];
    const most = Math.min(old.length, fresh.length);
    let head = 0, tail = 0;
    while (head < most && old[head] === fresh[head]) head += 1;
    while (tail < most - head && old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]) tail += 1;
    while (head > 0 && (MARK.test(old.slice(head)) || MARK.test(fresh.slice(head)))) head -= 1;
    while (tail > 0 && MARK.test(old.slice(-tail))) tail -= 1;
    return HALF.test(old.slice(0, head) + (tail ? old.slice(-tail) : "")) ? [0, 0] : [head, tail];
  }

  function marked(runs) {
    return runs.map((run) => {
      if (run.c < 0 || run.c === undefined) return text(run.t);
      const change = changes[run.c];
      const [head, tail] = run.t === change.new ? same(change) : [0, 0];
      const end = run.t.length - tail;
      const came = head < end ? [make("ins", {}, exact(run.t.slice(head, end)))] : [];
      return [...text(run.t.slice(0, head)), ...came, ...text(run.t.slice(end))];
    }).flat();
  }

  function before(index, gone) {
    const [start, end] = data.paragraphs[index];
    const parts = [];
    let at = start;
    for (const [a, b, index] of gone) {
      const [head, tail] = b - a === changes[index].old.length ? same(changes[index]) : [0, 0];
      const from = Math.max(a + head, at), to = Math.min(b - tail, end);
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
        change.why ? make("span", { class: "why" }, " · ", text(change.why)) : null);
    });
    if (row.where) items.push(make("li", { class: "where" }, row.where));
    for (const [key, value] of Object.entries(row.tags))
      items.push(make("li", { class: "tag" }, text(`${key} = ${typeof value === "string" ? value : JSON.stringify(value)}`)));
    return items.length ? make("ul", { class: "notes" }, items) : null;
  }

  function build(row) {
    describe(row);
    const element = make("div", { class: `row${row.changed ? " changed" : ""}${row.left.length ? "" : " arrived"}` });
    if (row.changed) element.tabIndex = -1;
    const left = make("div", { class: row.right || !row.changed ? "before" : "before cut" }, row.left.map((k) => before(k, row.gone)));
    const right = make("div", { class: "after" }, row.right ? make("p", { dir: "auto" }, marked(row.right.runs)) : null);
    element.append(...[left, right, notes(row)].filter(Boolean));
    row.element = element;
    return element;
  }

  /* Adds to a row what is to be said of it. */
  function describe(row) {
    if (row.changes) return row;
    const gone = row.left.flatMap((k) => context.gone[k] || []);
    const found = new Set(gone.map(([, , c]) => c));
    const tags = {};
    row.where = "";
    if (row.right) {
      for (const run of row.right.runs) if (run.c >= 0) found.add(run.c);
      for (const index of row.right.moved) found.add(index);
      if (row.right.recast !== undefined) found.add(row.right.recast);
      for (const [key, value] of Object.entries(row.right.tags)) if (key !== "language" || value !== context.language) tags[key] = value;
      if (!row.left.length && row.from && row.from.length) row.where = `from paragraph ${row.from.map((k) => k + 1).join(", ")}`;
    } else if (row.to !== undefined) row.where = "stands elsewhere now";
    row.gone = gone;
    row.tags = tags;
    row.changes = [...found];
    row.changed = found.size > 0 || row.where !== "";
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
    context = { gone: goneByParagraph(result.gone), language: result.tags.language };
    rows = Rows.align(result, data.paragraphs);
    show();
    say(result);
    return result;
  }

  /* Rows stand in chunks. What can be seen is built at once, the rest while nothing else is to do. */
  function show() {
    const shown = onlyChanged.checked ? rows.filter((row) => describe(row).changed) : rows;
    const number = Math.ceil(shown.length / CHUNK);
    while (chunks.length > number) chunks.pop().element.remove();
    while (chunks.length < number) {
      const element = make("div", { class: "chunk" });
      main.append(element);
      chunks.push({ element });
    }
    chunks.forEach((chunk, index) => {
      chunk.rows = shown.slice(index * CHUNK, (index + 1) * CHUNK);
      chunk.stale = true;
    });
    delete document.body.dataset.ready;
    fillNear();
    window.clearTimeout(fillRest.timer);
    fillRest.timer = window.setTimeout(fillRest, 60);
  }

  function fill(chunk) {
    chunk.element.replaceChildren(...chunk.rows.map(build));
    chunk.stale = false;
  }

  function isNear(chunk) {
    const { top, bottom } = chunk.element.getBoundingClientRect();
    return bottom > -200 && top < window.innerHeight + 200;
  }

  function fillNear() {
    const near = window.scrollY < 50 ? chunks.slice(0, 1) : chunks.filter(isNear);
    near.filter((chunk) => chunk.stale).forEach(fill);
    window.requestAnimationFrame(draw);
  }

  function fillRest() {
    const until = performance.now() + 10;
    const stale = chunks.filter((chunk) => chunk.stale);
    let done = 0;
    while (done < stale.length && (done === 0 || performance.now() < until)) { fill(stale[done]); done += 1; }
    if (done < stale.length) fillRest.timer = window.setTimeout(fillRest, 15);
    else { document.body.dataset.ready = "yes"; window.requestAnimationFrame(draw); }
  }

  function say(result) {
    let on = changes.length - result.forced.size;
    for (const key of off) on -= many.get(key) || 0;
    let words = `${on.toLocaleString("en")} of ${count(changes.length, "change")} on, ${count(data.text.length, "character")} before, ${result.length.toLocaleString("en")} after.`;
    if (result.forced.size) {
      const needed = new Set([...result.forced].map((index) => label(`${changes[index].stage} / ${changes[index].rule}`)));
      words += ` Off as well, since their text is no longer there: ${count(result.forced.size, "change")} of ${[...needed].join(", ")}.`;
    }
    status.textContent = words;
  }

  /* Lines from where a paragraph stood to where it stands. */
  function draw() {
    lines.replaceChildren();
    const frame = lines.parentElement.getBoundingClientRect();
    if (getComputedStyle(lines).display === "none") return;
    lines.setAttribute("height", String(frame.height));
    lines.setAttribute("width", String(frame.width));
    const lefts = new Map();
    for (const row of rows) if (row.to !== undefined) for (const k of row.left) lefts.set(k, row);
    const isBuilt = (row) => row && row.element && row.element.isConnected;
    const found = [];
    for (const row of rows) {
      if (found.length >= 200) break;
      if (row.right && !row.left.length && row.from && row.from.length && isBuilt(row) && isBuilt(lefts.get(row.from[0])))
        found.push([lefts.get(row.from[0]).element.children[0].getBoundingClientRect(), row.element.children[1].getBoundingClientRect()]);
    }
    // Each in a lane of its own, as far as the gutter has room.
    const lanes = Math.min(found.length, 6);
    lines.replaceChildren(...found.map(([a, b], index) => {
      const x1 = a.right - frame.left, y1 = a.top + a.height / 2 - frame.top;
      const x2 = b.left - frame.left, y2 = b.top + b.height / 2 - frame.top;
      const lane = x1 + ((x2 - x1) * (1 + (index % lanes))) / (lanes + 1);
      const turn = Math.sign(y2 - y1) * Math.min(20, Math.abs(y2 - y1) / 2);
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("d", `M${x1},${y1} Q${lane},${y1} ${lane},${y1 + turn} L${lane},${y2 - turn} Q${lane},${y2} ${x2},${y2}`);
      path.setAttribute("class", "move");
      return path;
    }));
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
    const shown = chunks.flatMap((chunk) => chunk.rows);
    const focused = shown.findIndex((row) => row.element && row.element === document.activeElement);
    let at = focused >= 0 ? focused : current;
    do at += direction; while (at >= 0 && at < shown.length && !describe(shown[at]).changed);
    if (at < 0 || at >= shown.length) return;
    current = at;
    const chunk = chunks[Math.floor(at / CHUNK)];
    if (chunk.stale) fill(chunk);
    shown[at].element.focus({ preventScroll: true });
    shown[at].element.scrollIntoView({ block: "center" });
    window.requestAnimationFrame(draw);
  }

  onlyChanged.addEventListener("change", () => { current = -1; show(); });
  window.addEventListener("scroll", () => { if (chunks.some((chunk) => chunk.stale)) fillNear(); }, { passive: true });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
    else if (event.key === "c") onlyChanged.click();
    else if (/^[1-9]$/.test(event.key) && data.steps[event.key - 1]) boxes.filter(({ box: b }) => b.closest(".stage > label"))[event.key - 1].box.click();
    else return;
    event.preventDefault();
  });
  window.addEventListener("resize", () => window.requestAnimationFrame(draw));
  Show.fold(document.getElementById("panel"));
  switches();
  window.copydesk = { render, replay: (keys) => Replay.replay(data, (change) => !keys.includes(change.key)).text };
  render();
})();
