/** What holds of the marks on items whatever was done to them. */
import { isDeepStrictEqual } from 'node:util';
import { type MarkKind, markKinds, type StoredMark } from '../../src/knowledge/sharing/marks.js';
import { parseSource } from '../../src/knowledge/source.js';
import type { ItemEvent } from '../../src/store/event-log.js';
import type { Picture } from './knowledge-invariants-pictures.js';

export type Found = Generator<string>;
export const told = (words: TemplateStringsArray, ...values: unknown[]): string =>
  String.raw(
    { raw: words },
    ...values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))),
  );

export type Check = (picture: Picture) => Found;

const stands = ({ retractedBy }: StoredMark): boolean => retractedBy === null;

export function* counts({ items, marks }: Picture): Found {
  for (const item of items) {
    const of = (kind: MarkKind) => marks[kind].filter((mark) => mark.id === item.id && stands(mark));
    const votes = of('votes').filter(({ useful }) => useful === true).length;
    const expected = {
      ...{ votes, downvotes: of('votes').length - votes, views: of('views').length },
      confirmations: of('confirmations').length,
      approvals: votes + of('confirmations').length,
      absorbed: items.filter(({ mergedInto }) => mergedInto === item.id).length,
    };
    for (const [name, count] of Object.entries(expected)) {
      const is = item[name as keyof typeof expected] ?? 0;
      if (is !== count) yield told`${item.id}.${name} is ${is}, ${count} are there`;
    }
  }
}

/** One mark a party and item, of items that are there. */
export function* once({ items, marks }: Picture): Found {
  const ids = new Set(items.map(({ id }) => id));
  for (const kind of markKinds) {
    const seen = new Set<string>();
    for (const { id, key } of marks[kind]) {
      if (seen.has(`${id}|${key}`)) yield told`${kind}: ${key} twice on ${id}`;
      if (!ids.has(id)) yield told`${kind}: ${key} on ${id}, which is not there`;
      seen.add(`${id}|${key}`);
    }
  }
}

/** The last word of an agent on an item is its vote there; what nobody said there came by a merge. */
export function* votesAsLogged({ acts, marks }: Picture): Found {
  const last = new Map<string, ItemEvent>();
  for (const event of acts)
    if (event.act === 'voted' || event.act === 'vote-withdrawn')
      last.set(`${event.itemId}|${event.by}`, event);
  const own = new Map(
    marks.votes.filter(({ via }) => via === null).map((mark) => [`${mark.id}|${mark.key}`, mark]),
  );
  for (const [key, { act, detail }] of last)
    if (act === 'voted' ? own.get(key)?.useful !== detail['useful'] : own.has(key))
      yield told`vote ${key}: the log ends with ${act} ${detail['useful']}, the mark is ${own.get(key)?.useful}`;
  for (const key of own.keys()) if (!last.has(key)) yield told`vote ${key} is not in the log`;
}

export function* confirmationsAsLogged({ items, acts, marks }: Picture): Found {
  const confirmed = acts.filter(({ act }) => act === 'confirmed');
  for (const item of items) {
    const said = confirmed.filter(({ itemId }) => itemId === item.id);
    const first = [...new Set(said.map(({ by }) => by))].filter((by) => by !== item.source);
    const own = marks.confirmations
      .filter(({ id, via }) => id === item.id && via === null)
      .map(({ key }) => key);
    if (!isDeepStrictEqual(first.sort(), own.sort()))
      yield told`${item.id} is confirmed by ${own}, in the log by ${first}`;
    const parts = items.filter(({ mergedInto }) => mergedInto === item.id);
    const repeats = parts.reduce((sum, part) => sum + part.repeats, said.length - first.length);
    if (item.repeats !== repeats)
      yield told`${item.id}.repeats is ${item.repeats}, ${repeats} are in the log`;
  }
}

/** What an item has of others is what those that were merged into it have, and all of it. */
export function* marksOfMerged({ items, acts, marks }: Picture): Found {
  const byId = new Map(items.map((item) => [item.id, item]));
  for (const kind of markKinds) {
    const held = new Map(marks[kind].map((mark) => [`${mark.id}|${mark.key}`, mark]));
    for (const { id, key, via, retractedBy } of marks[kind]) {
      const into = byId.get(id)?.mergedInto;
      if (into != null && !held.has(`${into}|${key}`)) {
        const isWithdrawn =
          kind === 'votes' &&
          acts.some((event) => event.act === 'vote-withdrawn' && event.itemId === into && event.by === key);
        if (!isWithdrawn) yield told`${kind}: ${into} lacks ${key} of ${id}, merged into it`;
      }
      if (via === null) continue;
      const theirs = held.get(`${via}|${key}`);
      if (byId.get(via)?.mergedInto !== id)
        yield told`${kind}: ${key} on ${id} by way of ${via}, not merged into it`;
      else if (theirs === undefined && !(kind === 'confirmations' && byId.get(via)?.source === key))
        yield told`${kind}: ${key} on ${id} by way of ${via}, which lacks it`;
      else if (theirs !== undefined && (theirs.retractedBy === null) !== (retractedBy === null))
        yield told`${kind}: ${key} on ${id} retracted by ${retractedBy}, on ${via} by ${theirs.retractedBy}`;
    }
  }
}

export function* sourced({ items, marks }: Picture): Found {
  for (const { id } of items) {
    const own = marks.sources.filter((mark) => mark.id === id);
    const keys = new Set(own.map(({ key }) => key));
    if (!own.some(({ via }) => via === null)) yield told`${id} came from nothing`;
    for (const { key, with: beside = [] } of own)
      for (const each of [key, ...beside]) {
        if (!keys.has(each)) yield told`${id}: ${key} with ${each}, which is no source of it`;
        try {
          parseSource(each);
        } catch (error) {
          yield told`${id}: ${String(error)}`;
        }
      }
  }
}

export function* withdrawnAsRetracted({ items, marks, standing, retracted }: Picture): Found {
  const isGone = (keys: readonly string[]): boolean => keys.some((key) => standing.has(key));
  const named = new Set(retracted.filter((each) => each.standing).map(({ id }) => id));
  for (const kind of markKinds)
    for (const mark of marks[kind]) {
      const { id, key, with: beside = [], retractedBy } = mark;
      if (retractedBy !== null && !named.has(retractedBy))
        yield told`${kind}: ${key} on ${id} by ${retractedBy}, which does not stand`;
      // An agent's confirmation goes also with the tasks in which it gave it.
      if (kind === 'confirmations' && !isGone([`agent:${key}`])) continue;
      if (isGone(kind === 'sources' ? [key, ...beside] : [`agent:${key}`]) === stands(mark))
        yield told`${kind}: ${key} on ${id} is retracted by ${retractedBy}`;
    }
  for (const { id, retractedBy } of items) {
    const isLeft = marks.sources.some((mark) => mark.id === id && mark.via === null && stands(mark));
    if (isLeft !== (retractedBy === null)) yield told`${id} is retracted by ${retractedBy}`;
    if (retractedBy !== null && !named.has(retractedBy))
      yield told`${id} is retracted by ${retractedBy}, which does not stand`;
  }
}
