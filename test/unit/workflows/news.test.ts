import { describe, expect, it } from 'vitest';
import type { KnowledgeExcerpt } from '../../../src/shared/agent-contract.js';
import { jsonBytes, MAX_NEWS_BYTES } from '../../../src/shared/sizes.js';
import { takeNews } from '../../../src/workflows/news.js';

const item = (id: string, content = 'short'): KnowledgeExcerpt => ({
  ...{ id, version: 1, type: 'WARNING', title: 'news', content, state: 'EXPERIMENTAL', source: 'watcher' },
});

describe('news', () => {
  it('of more than is kept are the latest', () => {
    const news: KnowledgeExcerpt[] = [];
    const content = 'x'.repeat(MAX_NEWS_BYTES / 4);
    for (const id of ['k_1', 'k_2', 'k_3', 'k_4', 'k_5']) takeNews(news, item(id, content));
    expect(news.map(({ id }) => id)).toEqual(['k_3', 'k_4', 'k_5']);
    expect(jsonBytes(news)).toBeLessThanOrEqual(MAX_NEWS_BYTES);
  });

  it('are not driven out by what is too large to be kept at all', () => {
    const news: KnowledgeExcerpt[] = [];
    takeNews(news, item('k_1'));
    takeNews(news, item('k_large', 'x'.repeat(MAX_NEWS_BYTES)));
    expect(news.map(({ id }) => id)).toEqual(['k_1']);
  });

  it('are items, each once; whatever else is signalled is left out', () => {
    const news: KnowledgeExcerpt[] = [];
    const others = [null, 'news', [], {}, { ...item('k_2'), version: 'one' }, { ...item('k_3'), id: 7 }];
    for (const other of [item('k_1'), ...others, item('k_1', 'again')]) takeNews(news, other);
    expect(news).toEqual([item('k_1')]);
  });
});
