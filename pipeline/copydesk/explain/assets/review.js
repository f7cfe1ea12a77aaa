"use strict";
/* The page of a review: items by rule, the riskiest first, decided with one key. */
(() => {
  const { make, text, label, exact, count, score } = Show;
  const data = Show.data();
  const byId = (id) => document.getElementById(id);
  const list = byId("items"), more = byId("more"), status = byId("status"), problem = byId("problem");
  const rules = byId("rules"), as = byId("as"), state = byId("state");
  const AS = { keep: "a keep", exception: "an exception", golden: "a golden case", note: "a note" };
  let chosen = null;
  let next = null;
  let items = [];
  let busy = Promise.resolve();

  async function ask(path, body) {
    const options = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    let answer;
    try {
      const response = await fetch(path, options);
      answer = await response.json();
      if (!response.ok) throw Object.assign(new Error(answer.problem), answer);
    } catch (error) {
      const lost = error instanceof TypeError;
      problem.textContent = label(lost ? "copydesk review does not answer any more; start it again in its terminal." : error.message);
      problem.hidden = false;
      byId("adopt-line").hidden = !error.changed;
      throw error;
    }
    problem.hidden = true;
    byId("adopt-line").hidden = true;
    return answer;
  }

  async function showRules() {
    const found = await ask("/api/rules");
    const total = found.reduce((sum, rule) => sum + rule.items, 0);
    const decided = found.reduce((sum, rule) => sum + rule.accepted + rule.rejected, 0);
    const entry = (name, rule, done, all) => make("li", {},
      make("button", { type: "button", "aria-current": String((rule && chosen && rule.stage === chosen.stage && rule.rule === chosen.rule) || (!rule && !chosen)),
        onclick: () => { chosen = rule; load(); } },
        make("span", { class: "name" }, label(name)), make("span", { class: "many" }, `${done}/${all}`)));
    rules.replaceChildren(entry("all", null, decided, total),
      ...found.map((rule) => entry(`${rule.stage} / ${rule.rule}`, rule, rule.accepted + rule.rejected, rule.items)));
    status.textContent = `${count(total, "item")}, ${decided} decided.`;
  }

  function query() {
    const parts = new URLSearchParams();
    if (chosen) { parts.set("stage", chosen.stage); parts.set("rule", chosen.rule); }
    if (state.value) parts.set("state", state.value);
    if (next) { parts.set("risk", next[0]); parts.set("id", next[1]); }
    return parts;
  }

  async function load() {
    next = null;
    items = [];
    list.replaceChildren();
    await showRules();
    await extend();
    document.body.dataset.ready = "yes";
  }

  async function extend() {
    const page = await ask(`/api/items?${query()}`);
    next = page.next;
    for (const item of page.items) { items.push(item); list.append(build(item)); }
    more.hidden = !next;
    if (!items.length) list.replaceChildren(make("li", { class: "quiet" }, "Nothing here is left to decide."));
  }

  /* What a rejection became, in words. */
  function rejected(made) {
    const where = made.case ? ` ${made.case}` : made.language === "any" ? " in every language" : made.language ? ` in ${made.language}` : "";
    const doubt = made.fails === false ? "; it passes already, for so little text does not show the change" : "";
    return `rejected: ${AS[made.as] || ""}${where}${doubt}`;
  }

  function build(item) {
    const facts = [count(item.size, "character")];
    if (item.score === null || item.score < 1) facts.push(score(item.score));
    if (item.times > 1) facts.push(`${item.times} times`);
    const become = item.choices.includes(as.value) ? as.value : item.choices[0];
    const made = item.state === "rejected" ? rejected(item.made) : item.state;
    const button = (name, key, act) => make("button", { type: "button", onclick: act }, name, " ", make("kbd", {}, key));
    const element = make("li", { class: `item ${item.state}`, tabIndex: -1 },
      make("p", { class: "head" }, make("b", {}, label(`${item.stage} / ${item.rule}`)), " ",
        make("span", { class: "quiet" }, facts.join(" · "), " · ", text(item.document))),
      item.why ? make("p", { class: "why" }, text(item.why)) : null,
      make("p", { class: "passage", dir: "auto" }, item.old ? make("del", {}, exact(item.old)) : null,
        item.new ? [" ", make("ins", {}, exact(item.new))] : null,
        item.kind === "move" ? make("span", { class: "quiet" }, "a paragraph was moved") : null),
      make("div", { class: "around" }),
      make("div", { class: "actions" },
        item.state === "open"
          ? [button("Accept", "a", () => decide(item, "accept")), button(`Reject: ${AS[become]}`, "r", () => decide(item, "reject"))]
          : [make("span", {}, text(made)), button("Take back", "u", () => decide(item, "reopen"))],
        button("Context", "c", () => context(item))));
    element.item = item;
    return element;
  }

  /* The text around a change, where its output is at hand. */
  async function context(item) {
    const found = await ask(`/api/context?${new URLSearchParams({ id: item.id })}`);
    const element = [...list.children].find((child) => child.item && child.item.id === item.id);
    if (!element) return;
    const place = element.querySelector(".around");
    place.replaceChildren(found.before === undefined
      ? make("p", { class: "quiet" }, "The output that this change belongs to is not at hand.")
      : make("p", { class: "passage quiet", dir: "auto" }, text(found.before), item.old ? make("del", {}, exact(item.old)) : null,
        item.new ? make("ins", {}, exact(item.new)) : null, text(found.after)));
  }

  function decide(item, decision) {
    busy = busy.then(async () => {
      const become = item.choices.includes(as.value) ? as.value : item.choices[0];
      const answer = await ask("/api/decide", { id: item.id, decision, as: decision === "reject" ? become : undefined });
      const element = [...list.children].find((child) => child.item && child.item.id === item.id);
      const wasFocused = element && element.contains(document.activeElement);
      Object.assign(item, answer);
      if (element) {
        const fresh = build(item);
        element.replaceWith(fresh);
        if (wasFocused) (decision === "reopen" ? fresh : fresh.nextElementSibling || fresh).focus();
      }
      await showRules();
    }).catch(() => {});
    return busy;
  }

  function step(direction) {
    const all = [...list.children];
    const at = all.findIndex((child) => child.contains(document.activeElement)) + direction;
    const target = all[Math.max(0, Math.min(all.length - 1, at))];
    if (target) { target.focus({ preventScroll: true }); target.scrollIntoView({ block: "center" }); }
    if (at >= all.length - 5 && next) extend();
  }

  more.addEventListener("click", extend);
  state.addEventListener("change", load);
  as.addEventListener("change", () => list.replaceChildren(...items.map(build)));
  byId("adopt").addEventListener("click", () => ask("/api/adopt", {}).then(showRules).catch(() => {}));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || ["SELECT", "INPUT"].includes(event.target.tagName)) return;
    const focused = [...list.children].find((child) => child.contains(document.activeElement));
    const key = event.key;
    if (key === "j" || key === "k") step(key === "j" ? 1 : -1);
    else if (focused && focused.item && key === "a") decide(focused.item, "accept");
    else if (focused && focused.item && key === "r") decide(focused.item, "reject");
    else if (focused && focused.item && key === "u") decide(focused.item, "reopen");
    else if (focused && focused.item && key === "c") context(focused.item).catch(() => {});
    else return;
    event.preventDefault();
  });
  Show.fold(byId("panel"));
  for (const option of [...as.options]) if (!data.possible.includes(option.value)) option.remove();
  load().catch(() => { document.body.dataset.ready = "yes"; });
})();
