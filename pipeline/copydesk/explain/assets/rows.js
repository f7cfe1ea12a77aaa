"use strict";
/* Sets the paragraphs of the original beside those of the replayed text. */
const Rows = (() => {
  /* For each block the paragraphs of the original that its characters come from. */
  function sources(blocks, paragraphs) {
    const find = (offset) => {
      let low = 0, high = paragraphs.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (paragraphs[middle][0] <= offset) low = middle; else high = middle - 1;
      }
      return low;
    };
    const from = (runs) => {
      const found = [];
      for (const run of runs) {
        if (run.o === null || !run.t.trim()) continue;
        const first = find(run.o), last = find(run.o + run.t.length - 1);
        for (let k = first; k <= last; k += 1) if (!found.includes(k)) found.push(k);
      }
      return found.sort((a, b) => a - b);
    };
    // Runs are the same list as long as nothing in their block is switched.
    return blocks.map((block) => (block.runs.from ||= from(block.runs)));
  }

  /* Indices of the longest run of blocks that stand in the order of the original. */
  function inOrder(firsts) {
    const tails = [], from = new Array(firsts.length).fill(-1);
    firsts.forEach((value, index) => {
      if (value < 0) return;
      let low = 0, high = tails.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (firsts[tails[middle]] <= value) low = middle + 1; else high = middle;
      }
      from[index] = low > 0 ? tails[low - 1] : -1;
      tails[low] = index;
    });
    const kept = new Set();
    for (let at = tails.length ? tails[tails.length - 1] : -1; at >= 0; at = from[at]) kept.add(at);
    return kept;
  }

  /* Rows of { left: paragraphs, right: block or null, moved: how the block came here }. */
  function align(result, paragraphs) {
    const from = sources(result.blocks, paragraphs);
    const movedByHand = result.blocks.map((block) => block.moved.length > 0);
    const firsts = from.map((list, index) => (list.length && !movedByHand[index] ? list[0] : -1));
    const steady = inOrder(firsts);
    const elsewhere = new Map();
    result.blocks.forEach((block, index) => {
      if (from[index].length && !steady.has(index)) for (const k of from[index]) elsewhere.set(k, block.id);
    });
    const rows = [];
    let next = 0;
    const leftOnly = (until) => {
      for (; next < until; next += 1) rows.push({ left: [next], right: null, to: elsewhere.get(next) });
    };
    result.blocks.forEach((block, index) => {
      const list = from[index];
      if (!list.length || !steady.has(index)) {
        rows.push({ left: [], right: block, from: list });
        return;
      }
      leftOnly(list[0]);
      const mine = list.filter((k) => k >= next && !(elsewhere.has(k) && k !== list[0]));
      rows.push({ left: mine, right: block, from: list });
      if (mine.length) next = Math.max(next, mine[mine.length - 1] + 1);
    });
    leftOnly(paragraphs.length);
    return rows;
  }
  return { align };
})();
if (typeof module !== "undefined") module.exports = Rows;
