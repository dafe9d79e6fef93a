import { describe, expect, it } from 'vitest';
import { analyse } from '../../../src/retrieval/analyse.js';

describe('terms of a text', () => {
  const texts: Record<string, { text: string; terms: string[] }> = {
    'are stems in order, with repeats': {
      text: 'Connecting the connection, connected twice: connect!',
      terms: ['connect', 'connect', 'connect', 'twice', 'connect'],
    },
    'leave out what holds sentences together': { text: 'What is it that you would do with this?', terms: [] },
    'leave out contractions': { text: "it's what they're after, he doesn't say so", terms: ['after', 'sai'] },
    'join irregular forms with their word': {
      text: 'went go, children child, was not found',
      terms: ['go', 'go', 'child', 'child', 'find'],
    },
    'are identifiers whole and in parts': {
      text: 'parseHTTPHeader max_retry_count',
      terms: ['parsehttpheader', 'pars', 'http', 'header', 'max_retry_count', 'max', 'retri', 'count'],
    },
    'are paths, versions and flags whole and in parts': {
      text: 'src/cli/main.ts 1.2.3 --dry-run',
      terms: ['src/cli/main.ts', 'src', 'cli', 'main', 'ts', '1.2.3', '1', '2', '3', 'dry-run', 'dry', 'run'],
    },
    'have no accents': { text: 'Café CAFE\u0301 naïve', terms: ['cafe', 'cafe', 'naiv'] },
    'are pairs of characters where there are no spaces': {
      text: '全文検索',
      terms: ['全文', '文検', '検索'],
    },
    'are words of other scripts': { text: 'Ошибка сервера', terms: ['ошибка', 'сервера'] },
    'keep only the parts of what is too long for a name': {
      text: `${'ab/'.repeat(40)}end`,
      terms: [...Array.from({ length: 40 }, () => 'ab'), 'end'],
    },
    'are none without words': { text: ' … -- !? \n', terms: [] },
  };
  it.each(Object.entries(texts))('%s', (_name, { text, terms }) => expect(analyse(text)).toEqual(terms));

  it('are the same for a name however it is written in prose', () => {
    const shared = (one: string, other: string) =>
      analyse(one).filter((term) => analyse(other).includes(term));
    expect(shared('userName', 'the name of the user')).toEqual(['user', 'name']);
    expect(shared('user_name', 'userName')).toEqual(['user', 'name']);
  });
});
