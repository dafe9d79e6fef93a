/** CRITICAL items that arrive as signals while a workflow runs. Pure. */
import type { KnowledgeExcerpt } from '../shared/agent-contract.js';
import { jsonBytes, MAX_NEWS_BYTES } from '../shared/sizes.js';
import type { OfferedItem } from '../shared/task.js';
import { trustLevels } from '../shared/terms.js';

/**
 * Adds an item, once; of more than is kept, the oldest go. Anybody can send a signal: what is no item is left out, and
 * what is larger than all that is kept drives nothing out.
 */
export function takeNews(news: KnowledgeExcerpt[], item: unknown): void {
  const taken = itemIn(item);
  if (taken === null || news.some((known) => known.id === taken.id)) return;
  if (jsonBytes([taken]) > MAX_NEWS_BYTES) return;
  news.push(taken);
  while (jsonBytes(news) > MAX_NEWS_BYTES) news.shift();
}

/**
 * News without what was made from learnings that the task was offered: what such a learning is worth is measured
 * by whether it was shown.
 */
export const newsBeside = (
  news: readonly KnowledgeExcerpt[],
  offered: readonly OfferedItem[],
): KnowledgeExcerpt[] =>
  news.filter(({ learningId }) => learningId === undefined || offered.every(({ id }) => id !== learningId));

/** The item as agents expect it; null where it is none: every later agent would refuse a task that holds it. */
function itemIn(value: unknown): KnowledgeExcerpt | null {
  if (typeof value !== 'object' || value === null) return null;
  const { id, version, type, title, content, state, source, ...more } = value as Partial<KnowledgeExcerpt>;
  const isText = [id, type, title, state, source].every((text) => typeof text === 'string');
  if (!isText || !Number.isSafeInteger(version) || content === undefined) return null;
  const { trust, disputed, learningId } = more;
  return {
    ...({ id, version, type, title, content, state, source } as KnowledgeExcerpt),
    ...(trustLevels.some((level) => level === trust) ? { trust } : {}),
    ...(disputed === true ? { disputed } : {}),
    ...(typeof learningId === 'string' ? { learningId } : {}),
  };
}
