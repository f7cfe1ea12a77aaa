"use strict";
/* A long list of passages: filtered by rule and kind, 100 at a time, keyed through. */
(() => {
  const { make, text, label, count, score } = Show;
  const data = Show.data();
  const list = document.getElementById("items");
  const more = document.getElementById("more");
  const status = document.getElementById("status");
  const choice = document.getElementById("rule");
  const search = document.getElementById("search");
  const PAGE = 100;
  let shown = data.items;
  let built = 0;

  /* The text around a passage, of whole words where it was cut off. */
  const CUT = 80;
  const before = (words) => ([...words].length < CUT ? words : `…${words.slice(words.indexOf(" ") + 1)}`);
  const after = (words) => ([...words].length < CUT ? words : `${words.slice(0, words.lastIndexOf(" ") + 1) || words}…`);

  function item(entry) {
    const facts = [count(entry.characters, "character")];
    if (entry.score === null || entry.score < 1) facts.push(score(entry.score));
    if (entry.share) facts.push(`${(entry.share * 100).toFixed(entry.share < 0.1 ? 1 : 0)} % of the document`);
    return make("li", { tabIndex: -1, class: `item ${entry.side}` },
      make("p", { class: "head" },
        entry.side ? make("span", { class: "side" }, entry.side) : null, " ",
        make("b", {}, label(`${entry.stage} / ${entry.rule}`)), " ", make("span", { class: "quiet" }, facts.join(" · "), " · ", text(entry.document))),
      entry.why ? make("p", { class: "why" }, text(entry.why)) : null,
      make("p", { class: "passage", dir: "auto" },
        make("span", { class: "quiet" }, text(before(entry.before || ""))),
        make(entry.side === "gained" ? "ins" : "del", {}, text(entry.text)),
        make("span", { class: "quiet" }, text(after(entry.after || "")))));
  }

  function extend() {
    list.append(...shown.slice(built, built + PAGE).map(item));
    built = Math.min(shown.length, built + PAGE);
    more.hidden = built >= shown.length;
    status.textContent = `${count(shown.length, "passage")}, the riskiest first${built < shown.length ? `; ${built} shown` : ""}.`;
  }

  function filter() {
    const words = search.value.toLowerCase();
    shown = data.items.filter((entry) => (!choice.value || choice.value === `${entry.side || ""}|${entry.stage}|${entry.rule}`) &&
      (!words || `${entry.document}\n${entry.text}`.toLowerCase().includes(words)));
    list.replaceChildren();
    built = 0;
    extend();
  }

  const rules = new Map();
  for (const entry of data.items) {
    const key = `${entry.side || ""}|${entry.stage}|${entry.rule}`;
    const name = `${entry.side ? `${entry.side}: ` : ""}${entry.stage} / ${entry.rule}`;
    rules.set(key, [name, (rules.get(key) || ["", 0])[1] + 1]);
  }
  for (const [key, [name, number]] of rules) choice.append(make("option", { value: key }, `${label(name)} (${number})`));
  choice.addEventListener("change", filter);
  search.addEventListener("input", filter);
  more.addEventListener("click", extend);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || ["INPUT", "SELECT"].includes(event.target.tagName)) return;
    if (event.key !== "j" && event.key !== "k") return;
    const items = [...list.children];
    const at = items.indexOf(document.activeElement) + (event.key === "j" ? 1 : -1);
    if (at >= items.length && !more.hidden) extend();
    const next = list.children[Math.max(0, at)];
    if (next) { next.focus({ preventScroll: true }); next.scrollIntoView({ block: "center" }); }
    event.preventDefault();
  });
  filter();
  document.body.dataset.ready = "yes";
})();
