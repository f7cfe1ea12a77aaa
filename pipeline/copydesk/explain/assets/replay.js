"use strict";
/* Replays a record without some of its changes, as copydesk.undo does: in order, on the original. A change whose text
   before is no longer there is left out as well, and named in `forced`.

   Text is held in pieces. A piece stands for `n` characters of the text as recorded; `same` tells that the replayed
   text has these very characters there. Its runs are the replayed text: `t`, and where it came from: the offset `o` in
   the original, or the change `c`. */
const Replay = (() => {
  const BREAKS = /\r\n|\n|\r|\u2028|\u2029/g;
  const textOf = (runs) => (runs.length === 1 ? runs[0].t : runs.map((run) => run.t).join(""));
  /* Lists of pieces are never changed in place, so their runs are put together once. */
  const runsOf = (pieces) => (pieces.length === 1 ? pieces[0].runs : (pieces.runs ||= pieces.flatMap((piece) => piece.runs)));
  const lengthOf = (runs) => { let sum = 0; for (const run of runs) sum += run.t.length; return sum; };
  const plain = (runs) => {
    const kept = runs.filter((run) => run.t);
    return [{ n: kept.reduce((sum, run) => sum + run.t.length, 0), same: true, runs: kept }];
  };
  /* White space is what Python takes for it: JavaScript has the byte order mark in it, and not the old separators. */
  const isBlank = (text) => !text.replace(/[^\S\ufeff]|[\x1c-\x1f\x85]/g, "");
  const breaks = (text) => (text.match(BREAKS) || []).length;

  function cutRuns(runs, at) {
    const head = [], tail = [];
    for (const run of runs) {
      if (at >= run.t.length) { head.push(run); at -= run.t.length; continue; }
      if (at > 0) {
        head.push({ ...run, t: run.t.slice(0, at) });
        tail.push({ ...run, t: run.t.slice(at), o: run.o === null ? null : run.o + at });
        at = 0;
      } else tail.push(run);
    }
    return [head, tail];
  }

  /* Hands out pieces from left to right by recorded length. */
  class Reader {
    constructor(pieces) { this.rest = pieces.slice().reverse(); this.torn = false; }
    take(n) {
      const got = [];
      while (n > 0 && this.rest.length) {
        const piece = this.rest.pop();
        if (piece.n <= n) { got.push(piece); n -= piece.n; continue; }
        if (piece.same) {
          const [head, tail] = cutRuns(piece.runs, n);
          got.push({ n, same: true, runs: head });
          this.rest.push({ n: piece.n - n, same: true, runs: tail });
        } else {
          this.torn = true;
          got.push({ n, same: false, runs: piece.runs });
          this.rest.push({ n: piece.n - n, same: false, runs: [] });
        }
        n = 0;
      }
      return got;
    }
    /* Pieces of no recorded length at this very place. */
    empties(wanted = () => true) {
      const got = [];
      while (this.rest.length && this.rest[this.rest.length - 1].n === 0 && wanted(this.rest[this.rest.length - 1]))
        got.push(this.rest.pop());
      return got;
    }
    all() { return this.rest.reverse(); }
  }

  /* One change in a text that is as recorded and of one run, which is what most texts are. What comes of it is kept: a
     page of ten thousand changes is replayed at every switch, and what is made anew each time has to be swept up. */
  const ones = new WeakMap();
  function replaceOne(run, change, state) {
    const on = state.on(change);
    let known = ones.get(change);
    if (!known || known.run !== run) ones.set(change, (known = { run }));
    if (on && change.old && run.o !== null) state.gone.push((known.gone ||= [run.o + change.start, run.o + change.start + change.old.length, change.i]));
    return on ? (known.on ||= parts(run, change, true)) : (known.off ||= parts(run, change, false));
  }

  function parts(run, change, on) {
    const { start, old } = change;
    const cutOut = (from, to) => ({ ...run, t: run.t.slice(from, to), o: run.o === null ? null : run.o + from });
    const same = (from, to) => (from < to ? [{ n: to - from, same: true, runs: [cutOut(from, to)] }] : []);
    const end = start + old.length;
    const inside = old ? [cutOut(start, end)] : [];
    const middle = { n: change.new.length, same: on, runs: on ? [{ t: change.new, o: null, c: change.i }] : inside };
    return [...same(0, start), middle, ...same(end, run.t.length)];
  }

  function replaceIn(pieces, changes, state) {
    if (changes.length === 1 && pieces.length === 1 && pieces[0].same && pieces[0].runs.length === 1) {
      const [run] = pieces[0].runs, [change] = changes;
      if (run.t.startsWith(change.old, change.start) && change.start <= run.t.length) return replaceOne(run, change, state);
    }
    const reader = new Reader(pieces);
    const out = [];
    let at = 0;
    for (const change of changes.slice().sort((a, b) => a.start - b.start || a.old.length - b.old.length)) {
      reader.torn = false;
      out.push(...reader.take(change.start - at), ...reader.empties());
      const torn = reader.torn;
      const inside = reader.take(change.old.length);
      at = change.start + change.old.length;
      const fits = !torn && inside.every((piece) => piece.same) && textOf(runsOf(inside)) === change.old;
      const on = state.on(change);
      if (on && fits) {
        for (const run of runsOf(inside)) if (run.o !== null) state.gone.push([run.o, run.o + run.t.length, change.i]);
        out.push({ n: change.new.length, same: true, runs: [{ t: change.new, o: null, c: change.i }] });
      } else {
        if (on) state.forced.add(change.i);
        out.push({ n: change.new.length, same: false, runs: runsOf(inside) });
      }
    }
    return [...out, ...reader.all()];
  }

  const NONE = Object.freeze([]), UNTAGGED = Object.freeze({});
  const fresh = (id, pieces, sep) => ({ id, pieces, sep, tags: UNTAGGED, moved: NONE, recast: undefined, runs: null });

  /* The same for a text that is as it came in, kept from one replay to the next: pieces are never changed in place. */
  const cuts = new WeakMap();
  function cut(text, outline, state) {
    if (!cuts.has(outline)) {
      let at = 0;
      const next = (n) => { at += n; return n ? [{ n, same: true, runs: [{ t: text.slice(at - n, at), o: at - n, c: -1 }] }] : []; };
      const lead = next(outline.lead);
      const blocks = outline.blocks.map(([id, length, separator]) => [id, next(length), next(separator)]);
      cuts.set(outline, { lead, blocks, trail: next(text.length - at) });
    }
    const { lead, blocks, trail } = cuts.get(outline);
    state.lead = lead;
    state.trail = trail;
    state.blocks = blocks.map(([id, pieces, sep]) => fresh(id, pieces, sep));
  }

  /* Cuts the whole text into lead, blocks with separators, and trail, at the recorded places. Blocks around a place
     where the replayed text would be cut otherwise are `torn`: no later change can be sure of its place in them. */
  function split(pieces, outline, state) {
    if (pieces.length === 1 && pieces[0].same && pieces[0].runs.length === 1) { cut(pieces[0].runs[0].t, outline, state); return; }
    const reader = new Reader(pieces);
    const isBreak = (piece) => breaks(textOf(piece.runs)) > 0;
    const odd = (list, isBlock) => {
      if (list.every((piece) => piece.same)) return false;
      const live = textOf(runsOf(list));
      return isBlock ? breaks(live) > 0 || isBlank(live) : !isBlank(live) || !breaks(live);
    };
    state.lead = [...reader.take(outline.lead), ...reader.empties(isBreak)];
    let torn = reader.torn || odd(state.lead, false);
    state.blocks = outline.blocks.map(([id, length, separator]) => {
      const was = torn;
      reader.torn = false;
      const inner = [...reader.empties(), ...reader.take(length), ...reader.empties((piece) => !isBreak(piece))];
      const sep = [...reader.take(separator), ...reader.empties(isBreak)];
      torn = reader.torn || odd(inner, true) || odd(sep, false);
      if (was || torn) state.torn.add(id);
      return fresh(id, inner, sep);
    });
    state.trail = reader.all();
    if (state.blocks.length && odd(state.trail, false)) state.torn.add(state.blocks[state.blocks.length - 1].id);
  }

  function recast(change, state) {
    const on = state.on(change);
    const first = state.blocks.findIndex((block) => block.id === change.was[0][0]);
    const old = first < 0 ? [] : state.blocks.slice(first, first + change.was.length);
    let at = 0;
    const fits = old.length === change.was.length && old.every((block, k) => {
      const [id, length, separator] = change.was[k];
      const text = change.old.slice(at, at + length);
      at += length + separator.length;
      return block.id === id && textOf(runsOf(block.pieces)) === text;
    });
    if (!on || !fits) { if (on) state.forced.add(change.i); return; }
    let rest = old.flatMap((block) => runsOf(block.pieces));
    let from = 0;
    const made = change.is.map(([id, length, separator], k) => {
      const text = change.new.slice(from, from + length);
      from += length + separator.length;
      const found = text ? textOf(rest).indexOf(text) : 0;
      let runs = [{ t: text, o: null, c: change.i }];
      if (found >= 0) {
        const [before, behind] = cutRuns(rest, found);
        const [mine, after] = cutRuns(behind, text.length);
        lose(before, change, state);
        runs = mine;
        rest = after;
      }
      const last = k === change.is.length - 1;
      const sep = last ? old[old.length - 1].sep : plain([{ t: separator, o: null, c: change.i }]);
      return Object.assign(fresh(id, plain(runs), sep), { recast: change.i });
    });
    lose(rest, change, state);
    state.blocks.splice(first, old.length, ...made);
    for (const [id] of change.was) state.becomes.set(id, made[0].id);
  }

  function lose(runs, change, state) {
    for (const run of runs) if (run.o !== null && run.t) state.gone.push([run.o, run.o + run.t.length, change.i]);
  }

  function move(change, state) {
    if (!state.on(change)) return;
    const blocks = state.blocks;
    const source = blocks.findIndex((block) => block.id === change.block);
    const anchor = state.becomes.has(change.to) ? state.becomes.get(change.to) : change.to;
    let target = anchor === null ? blocks.length : blocks.findIndex((block) => block.id === anchor);
    if (source < 0 || target < 0) { state.forced.add(change.i); return; }
    if (target > source) target -= 1;
    if (target === source) return;
    const last = blocks[blocks.length - 1];
    const [block] = blocks.splice(source, 1);
    blocks.splice(target, 0, block);
    block.moved = [...block.moved, change.i];
    const now = blocks[blocks.length - 1];
    if (now !== last) [last.sep, now.sep] = [now.sep, last.sep];
  }

  function drop(byBlock, state) {
    const kept = [];
    const last = state.blocks.length - 1;
    let met = 0;
    state.blocks.forEach((block, index) => {
      const change = byBlock.get(block.id);
      if (change) met += 1;
      let going = change !== undefined && state.on(change);
      if (going && textOf(runsOf(block.pieces)) !== change.old) { state.forced.add(change.i); going = false; }
      if (!going) { kept.push(block); return; }
      lose(runsOf(block.pieces), change, state);
      const before = kept[kept.length - 1];
      if (before && (index === last || breaks(textOf(runsOf(block.sep))) > breaks(textOf(runsOf(before.sep)))))
        before.sep = block.sep;
    });
    if (met < byBlock.size) {
      const there = new Set(state.blocks.map((block) => block.id));
      for (const [id, change] of byBlock) if (!there.has(id) && state.on(change)) state.forced.add(change.i);
    }
    state.blocks = kept;
  }

  function tag(change, state) {
    if (!state.on(change)) return;
    const holder = change.block === null ? state : state.blocks.find((block) => block.id === change.block);
    if (!holder) { state.forced.add(change.i); return; }
    holder.tags = { ...holder.tags };
    if (change.value === null) delete holder.tags[change.tag];
    else holder.tags[change.tag] = change.value;
  }

  /* The changes of a step by kind, replacements by block and region as well. */
  const sorted = new WeakMap();
  function byKind(changes) {
    if (sorted.has(changes)) return sorted.get(changes);
    const kinds = { recast: [], move: [], tag: [], drop: new Map(), edges: new Map(), blocks: new Map() };
    for (const change of changes) {
      if (change.kind === "drop") kinds.drop.set(change.block, change);
      else if (change.kind !== "replace") kinds[change.kind].push(change);
      else {
        const isEdge = change.in === "lead" || change.in === "trail";
        const [map, key] = isEdge ? [kinds.edges, change.in] : [kinds.blocks, change.block];
        if (!map.has(key)) map.set(key, isEdge ? [] : { block: [], separator: [] });
        (isEdge ? map.get(key) : map.get(key)[change.in === "block" ? "block" : "separator"]).push(change);
      }
    }
    sorted.set(changes, kinds);
    return kinds;
  }

  function onBlocks(all, state) {
    const isTorn = (change) => state.torn.has(change.block) || (change.was || []).some(([id]) => state.torn.has(id));
    const changes = state.torn.size ? all.filter((change) => !isTorn(change)) : all;
    if (changes !== all) all.filter(isTorn).filter(state.on).forEach((change) => state.forced.add(change.i));
    const kinds = byKind(changes);
    for (const [region, group] of kinds.edges) state[region] = replaceIn(state[region], group, state);
    if (kinds.blocks.size) {
      let met = 0;
      for (const block of state.blocks) {
        const group = kinds.blocks.get(block.id);
        if (!group) continue;
        met += 1;
        if (group.block.length) block.pieces = replaceIn(block.pieces, group.block, state);
        if (group.separator.length) block.sep = replaceIn(block.sep, group.separator, state);
      }
      if (met < kinds.blocks.size) {
        const there = new Set(state.blocks.map((block) => block.id));
        for (const [id, group] of kinds.blocks)
          if (!there.has(id)) [...group.block, ...group.separator].filter(state.on).forEach((change) => state.forced.add(change.i));
      }
    }
    state.becomes = new Map(); /* a block that was recast in this step -> the first that it became, for moves */
    kinds.recast.forEach((change) => recast(change, state));
    kinds.move.forEach((change) => move(change, state));
    if (kinds.drop.size) drop(kinds.drop, state);
    kinds.tag.forEach((change) => tag(change, state));
  }

  /* `isOn` says of each change whether it is wanted. */
  function replay(data, isOn) {
    const state = { on: isOn, forced: new Set(), gone: [], torn: new Set(), tags: UNTAGGED, blocks: null };
    let whole = [{ n: data.text.length, same: true, runs: [{ t: data.text, o: 0, c: -1 }] }];
    if (data.split === -1) split(whole, data.outline, state);
    for (const { step, changes } of data.steps) {
      if (step === data.split) split(whole, data.outline, state);
      if (state.blocks) onBlocks(changes, state);
      else {
        const replaces = changes.filter((change) => change.kind === "replace");
        if (replaces.length) whole = replaceIn(whole, replaces, state);
        changes.filter((change) => change.kind === "tag").forEach((change) => tag(change, state));
      }
    }
    if (!state.blocks) split(whole, data.outline, state);
    const { blocks, forced, gone, tags } = state;
    for (const block of blocks) block.runs = runsOf(block.pieces);
    const around = (middle) => textOf(runsOf(state.lead)) + middle + textOf(runsOf(state.trail));
    return { blocks, forced, gone, tags,
      get text() { return around(blocks.map((block) => textOf(block.runs) + textOf(runsOf(block.sep))).join("")); },
      get length() { return around("").length + blocks.reduce((sum, block) => sum + lengthOf(block.runs) + lengthOf(runsOf(block.sep)), 0); } };
  }
  return { replay, textOf, breaks };
})();
if (typeof module !== "undefined") module.exports = Replay;
