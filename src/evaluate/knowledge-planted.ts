/** Items with others planted among them: the same in other words, the opposite, and what only looks alike. Pure. */
import { type Draw, drawFrom } from './knowledge-draw.js';
import { heldOut, heldOutLayouts } from './knowledge-held-out.js';
import type { SharedItem } from './knowledge-items.js';
import { lookalikes, opposing } from './knowledge-opposites.js';
import { familiar, layouts } from './knowledge-paraphrase.js';
import { retold, retoldLayouts } from './knowledge-retold.js';
import type { Rewording } from './knowledge-rewording.js';

export type PlantedAs = 'duplicate' | 'contradiction' | 'lookalike';

export interface PlantedItem extends SharedItem {
  as: PlantedAs;
  /** Position of the item that it was made from. */
  of: number;
  /** Kinds of rewording, in order. */
  kinds: string[];
  /** Whether the limits of the comparison were chosen by rewordings of these kinds. */
  isFamiliar: boolean;
}

export interface PlantOptions {
  seed: string;
  /** Shares of the items. */
  duplicates: number;
  contradictions: number;
  /** How many. */
  lookalikes: number;
}

/** Letters that an item must have: of less, a rewording leaves nothing to go by. */
const LEAST_LETTERS = 40;
/** Rewordings of one item at most. */
const MOST_KINDS = 3;

/** Draws items without repeats, and plants others made from them. */
export function plant(items: readonly SharedItem[], options: PlantOptions): PlantedItem[] {
  const draw = drawFrom(options.seed);
  const usable = items.flatMap(({ content }, at) =>
    content.replace(/[^A-Za-z]/gu, '').length >= LEAST_LETTERS ? [at] : [],
  );
  const order = draw.shuffled(usable);
  const wanted: [PlantedAs, number][] = [
    ['contradiction', Math.round(items.length * options.contradictions)],
    ['duplicate', Math.round(items.length * options.duplicates)],
    ['lookalike', options.lookalikes],
  ];
  const planted: PlantedItem[] = [];
  for (const [as, count] of wanted) {
    let left = count;
    const passed: number[] = [];
    while (left > 0) {
      const of = order.pop();
      const item = of === undefined ? undefined : items[of];
      if (of === undefined || item === undefined) break;
      const isFamiliar = left % 2 === 0;
      const made = reword(item, as, isFamiliar, draw);
      if (made === null) {
        passed.push(of);
        continue;
      }
      planted.push({ ...item, ...made, as, of, isFamiliar, agent: `${item.agent} (${as})` });
      left -= 1;
    }
    order.push(...passed);
  }
  return planted;
}

function reword(item: SharedItem, as: PlantedAs, isFamiliar: boolean, draw: Draw) {
  if (as === 'duplicate') return rewordSome(item, isFamiliar ? { ...familiar, ...retold } : heldOut, draw);
  return rewordOnce(item, as === 'contradiction' ? opposing : lookalikes, draw);
}

/** One change, in the content; in the title as well where it says the same words. */
function rewordOnce({ title, content }: SharedItem, kinds: Readonly<Record<string, Rewording>>, draw: Draw) {
  for (const [kind, change] of draw.shuffled(Object.entries(kinds))) {
    const changed = change(content, draw);
    if (changed !== null && changed !== content) return { title, content: changed, kinds: [kind] };
  }
  return null;
}

const isLayout = (kind: string): boolean =>
  [layouts, retoldLayouts, heldOutLayouts].some((kinds) => kinds.has(kind));

/** One to three changes, each to what the one before left. */
function rewordSome(item: SharedItem, kinds: Readonly<Record<string, Rewording>>, draw: Draw) {
  let { title, content } = item;
  const used: string[] = [];
  const most = 1 + draw.below(MOST_KINDS);
  // What lays a text out comes last: it breaks sentences that the others look for.
  const inOrder = draw
    .shuffled(Object.entries(kinds))
    .sort(([a], [b]) => Number(isLayout(a)) - Number(isLayout(b)));
  for (const [kind, change] of inOrder) {
    if (used.length === most) break;
    const changed = change(content, draw);
    if (changed === null || changed === content) continue;
    content = changed;
    if (draw.share() < 0.3) title = change(title, draw)?.slice(0, 300) ?? title;
    used.push(kind);
  }
  return used.length === 0 ? null : { title, content, kinds: used };
}
