"use strict";
/* Building elements. Data reaches the page as text nodes only, never as markup. */
const Show = (() => {
  // What does not show, save joiners, which words are written with; line breaks and tabs are kept.
  const HIDDEN = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;

  function make(tag, options = {}, ...children) {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(options)) {
      if (value === undefined || value === null || value === false) continue;
      if (key === "class") element.className = value;
      else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else if (key in element && key !== "list") element[key] = value;
      else element.setAttribute(key, value);
    }
    for (const child of children.flat()) if (child !== null && child !== undefined) element.append(child);
    return element;
  }

  function code(char) {
    const point = char.codePointAt(0);
    return point < 256 ? `\\x${point.toString(16).padStart(2, "0")}`
      : point < 65536 ? `\\u${point.toString(16).padStart(4, "0")}` : `\\U${point.toString(16).padStart(8, "0")}`;
  }

  /* Text with what does not show spelt out and set off. */
  function text(value) {
    const parts = [];
    let at = 0;
    for (const found of value.matchAll(HIDDEN)) {
      if (found.index > at) parts.push(document.createTextNode(value.slice(at, found.index)));
      parts.push(make("span", { class: "hidden-char" }, code(found[0])));
      at = found.index + found[0].length;
    }
    if (at < value.length) parts.push(document.createTextNode(value.slice(at)));
    return parts;
  }

  /* The same as a string, for labels. */
  const label = (value) => String(value).replace(HIDDEN, code);

  /* The characters of a change: white space shows as well where it is all there is. */
  function exact(value) {
    if (value && !value.trim())
      return text(value.replace(/ /g, "·").replace(/\r/g, "␍").replace(/\n/g, "⏎").replace(/\t/g, "⇥"));
    return text(value);
  }

  const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
  const score = (number) => (number === null || number === undefined ? "no score" : number >= 1 ? "certain" : `score ${number.toFixed(2)}`);
  /* On a small screen what there is to switch and to choose would be all that is seen at first. */
  const fold = (panel) => { panel.open = !window.matchMedia("(max-width: 760px)").matches; };
  const data = () => JSON.parse(document.getElementById("data").textContent);
  return { make, text, label, exact, count, score, fold, data };
})();
