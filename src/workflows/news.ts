/** CRITICAL items that arrive as signals while a workflow runs. Pure. */
import type { KnowledgeExcerpt } from '../shared/agent-contract.js';
import { jsonBytes, MAX_NEWS_BYTES } from '../shared/sizes.js';

/** Adds an item, once; of more than is kept, the oldest go. Anybody can send a signal: what is no item is left out. */
export function takeNews(news: KnowledgeExcerpt[], item: unknown): void {
  if (typeof item !== 'object' || item === null) return;
  const { id, title } = item as Partial<KnowledgeExcerpt>;
  if (typeof id !== 'string' || typeof title !== 'string') return;
  if (news.some((known) => known.id === id)) return;
  news.push(item as KnowledgeExcerpt);
  while (news.length > 0 && jsonBytes(news) > MAX_NEWS_BYTES) news.shift();
}
