import { describe, expect, it } from 'vitest';
import { compare } from '../../../../src/knowledge/likeness/compare.js';
import { isTalk } from '../../../../src/knowledge/likeness/remarks.js';
import { sentencesOf } from '../../../../src/knowledge/likeness/split-sentences.js';

const said = (content: string) => ({ title: 'Note', content });
const verdict = (a: string, b: string) => compare(said(a), said(b), null).verdict;

describe('talk', () => {
  it.each([
    'Cost me half the afternoon.',
    'Works like a charm.',
    'thought I would share this',
    'Hope this helps someome.',
    'I use this all the time.',
    '(Learned the hard way.)',
    'Glad we found it!',
    'For anyone who hits this:',
    'Quick tip:',
  ])('%s', (sentence) => expect(isTalk(sentence)).toBe(true));
});

describe('no talk', () => {
  it.each([
    ['an instruction', 'Ask someone first.'],
    ['a denial', 'It did not work for me.'],
    ['a promise', 'I will save it for you.'],
    ['a question', 'Would you like me to share it?'],
    ['a thing of the matter', 'I use the cache all the time.'],
    ['a number', 'It took me 40 minutes.'],
    ['a path', 'I found this in src/a.ts.'],
    ['nobody and no feeling', 'Use this all the time.'],
    ['a word alone', 'Thanks'],
    ['a label of data', 'Error:'],
  ])('%s: %s', (_, sentence) => expect(isTalk(sentence)).toBe(false));
});

it.each([
  ['Run it.py - I use this all the time.', ['Run it.py', 'I use this all the time.']],
  ['No matches, and it took me a while.', ['No matches', 'it took me a while.']],
  ['As far as I remember, the port is open.', ['As far as I remember.', 'the port is open.']],
  ['When I try it again, the port is open.', ['When I try it again, the port is open.']],
  ['Use the key, and restart the worker.', ['Use the key, and restart the worker.']],
])('parts talk from what is said: %s', (text, sentences) => expect(sentencesOf(text)).toEqual(sentences));

describe('in a comparison', () => {
  const code = 'open src/queue.py\n10: def take(self): return self.rows.pop()';

  it('is left out where only one text has it, though the rest is code', () => {
    expect(verdict(code, `${code} - hope this saves somebody some time.`)).toBe('duplicate');
    expect(verdict(`Something I ran into today: ${code}`, code)).toBe('duplicate');
  });

  it('is kept where something else stands in its place', () => {
    expect(verdict(`${code}\nI am glad I asked.`, `${code}\nI am gradient I asked.`)).toBe('distinct');
    expect(verdict(`${code}\nI shared it.`, `${code}\nI saved it.`)).toBe('distinct');
  });

  it('is no addition where it stands for a sentence that says nothing, or for a word that the other has', () => {
    expect(verdict(`${code}\nOf course! Feel free to ask.`, `${code}\nOf invoice! Feel free to ask.`)).toBe(
      'distinct',
    );
    const loop =
      'edit 3:9\nfor rows in sizes:\n    if i < rows:\n        break\n    i -= rows\nreturn sizes, found, left, parts';
    expect(verdict(loop, loop.replace('i < rows', 'i < calendar'))).toBe('distinct');
  });

  it('does not hide what denies', () => {
    expect(verdict(code, `${code}\nIt did not work for me.`)).not.toBe('duplicate');
  });
});
