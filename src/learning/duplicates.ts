/** Learnings that say the same, by pattern or by words. Pure. */
import { analyse } from '../retrieval/analyse.js';
import type { Learning } from './learning.js';

/** Words and pairs of words in common, as a share of all, from which two texts say the same. */
const SAME = 0.85;

/**
 * Finds learnings that say what another one says already: of the same pattern (or one that never appears apart
 * from it), or in nearly the same words, about the same error or category and with the same verb.
 *
 * Texts are compared by the Jaccard similarity of their words and pairs of words, so that order counts. Which
 * pairs of texts to compare follows from the rarest parts of each: two texts that similar share one of them
 * (prefix filtering: Chaudhuri, Ganti and Kaushik, "A primitive operator for similarity joins in data cleaning",
 * ICDE 2006), so that thousands are compared in a moment.
 *
 * @returns by id of a duplicate, the one to keep: pinned before others, then the weightiest
 */
export function duplicatesAmong(all: readonly Learning[]): Map<string, Learning> {
  const byWorth = all.toSorted(
    (one, other) =>
      Number(other.control.pinned) - Number(one.control.pinned) ||
      other.weight - one.weight ||
      (one.id < other.id ? -1 : 1),
  );
  const blocks = new Map<string, Learning[]>();
  for (const learning of byWorth) {
    const { verb, category, signature, type, pace } = learning;
    const scope = signature === null ? category : null;
    const key = JSON.stringify([type, pace?.measure ?? null, verb, scope, signature]);
    const block = blocks.get(key);
    if (block === undefined) blocks.set(key, [learning]);
    else block.push(learning);
  }
  return new Map([...blocks.values()].flatMap(duplicatesInBlock));
}

/** @param block the one to keep before those that say the same */
function duplicatesInBlock(block: readonly Learning[]): [string, Learning][] {
  const parts = block.map(partsOf);
  const frequency = new Map<string, number>();
  for (const part of parts.flatMap((own) => [...own])) frequency.set(part, (frequency.get(part) ?? 0) + 1);
  const byPart = new Map<string, number[]>();
  const byPattern = new Map<string, number>();
  const found: [string, Learning][] = [];
  for (const [index, learning] of block.entries()) {
    const own = parts[index] ?? new Set();
    const rarest = [...own].sort(
      (one, other) => (frequency.get(one) ?? 0) - (frequency.get(other) ?? 0) || (one < other ? -1 : 1),
    );
    const prefix = rarest.slice(0, own.size - Math.ceil(SAME * own.size) + 1);
    const names = [learning.pattern.action, ...learning.aliases].map((action) =>
      JSON.stringify([learning.pattern.kind, learning.pattern.group, action]),
    );
    const alike = new Set([
      ...names.flatMap((name) => byPattern.get(name) ?? []),
      ...prefix.flatMap((part) => byPart.get(part) ?? []).filter((at) => similarity(own, parts[at]) >= SAME),
    ]);
    const [first] = [...alike].sort((one, other) => one - other);
    const kept = first === undefined ? undefined : block[first];
    if (kept !== undefined) {
      found.push([learning.id, kept]);
      continue;
    }
    for (const part of prefix) byPart.set(part, [...(byPart.get(part) ?? []), index]);
    if (learning.origin !== 'added') for (const name of names) byPattern.set(name, index);
  }
  return found;
}

/** The words of its title that are not those of its category or error, and their neighbours. */
function partsOf({ control, title, category, signature }: Learning): Set<string> {
  const shared = new Set(wordsOf(`${category ?? ''} ${signature ?? ''}`));
  const words = wordsOf(control.edits?.title ?? title).filter((word) => !shared.has(word));
  return new Set(words.flatMap((word, at) => [word, ...(at === 0 ? [] : [`${words[at - 1]} ${word}`])]));
}

/** Words, whatever joins them: `run-tests` and `run_tests` are the same. */
const wordsOf = (text: string): string[] => analyse(text.replace(/[^\p{L}\p{N}]+/gu, ' '));

function similarity(one: ReadonlySet<string>, other: ReadonlySet<string> | undefined): number {
  if (other === undefined || one.size === 0 || other.size === 0) return 0;
  let common = 0;
  for (const part of one) if (other.has(part)) common += 1;
  return common / (one.size + other.size - common);
}
