/** The words of an item that MongoDB's text index reads. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { tellingWords } from '../../../src/knowledge/telling-words.js';

const item = { title: 'Retries of a queue', tags: ['Payments'], category: 'code' };

it('begins with the title, the tags and the category, then goes on with the longest', () => {
  expect(tellingWords(item, 'It was an overflow of acks, then a backpressure')).toEqual([
    ...['retries', 'queue', 'payments', 'code'],
    ...['backpressure', 'overflow', 'acks'],
  ]);
});

it('takes one word of a stem, whatever its case, and no stop words', () => {
  expect(tellingWords(item, 'RETRY the retried Payment, and PAYMENTS!')).toEqual([
    ...['retries', 'queue', 'payments', 'code'],
  ]);
});

it('does not prefer a digest to a word', () => {
  const digest = '0123456789abcdef'.repeat(4);
  const words = tellingWords({ ...item, title: '', tags: [] }, `of overflowing-connections ${digest} acks`);
  expect(words).toEqual(['code', 'overflowing', 'connections', digest, 'acks']);
});

it('is at most 24 words of the item, each once, however long the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.string(), (text, title) => {
      const words = tellingWords({ ...item, title }, text);
      const all = [title, ...item.tags, item.category, text].join('\n').toLowerCase();
      expect(words.length).toBeLessThanOrEqual(24);
      expect(new Set(words).size).toBe(words.length);
      for (const word of words) expect(all).toContain(word);
    }),
  );
  const long = Array.from({ length: 500 }, (_, at) => `word${at}`).join(' ');
  expect(tellingWords(item, long)).toHaveLength(24);
});
