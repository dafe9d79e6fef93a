import { describe, expect, it } from 'vitest';
import { readOptions } from '../../../bench/read-options.js';
import { optionTexts, selectionOptions } from '../../../bench/selection/options.js';

const given = (...words: string[]) => selectionOptions(readOptions(words, optionTexts).values);

describe('options of the command line', () => {
  it('are read by name', () => {
    expect(readOptions(['--json', '--seeds', '3'], optionTexts)).toEqual({
      json: true,
      values: new Map([['seeds', '3']]),
    });
  });

  it.each([
    [['--speed', '3'], 'option: "--speed" is not allowed; expected --json, --seeds <'],
    [['seeds'], 'option: "seeds" is not allowed'],
    [['--seeds'], '--seeds: undefined is not allowed; expected how many worlds'],
    [['--seeds', '--json'], '--seeds: "--json" is not allowed; expected how many worlds'],
    [['--seeds', '1'], '--seeds: "1" is not allowed; expected how many worlds'],
    [['--first', 'x'], '--first: "x" is not allowed; expected the first seed'],
    [['--only', 'listed,unlisted'], '--only: "unlisted" is not allowed; expected some of listed, '],
    [['--only', 'files'], '--data: undefined is not allowed; expected a folder of replay files'],
    [['--methods', 'luck'], '--methods: "luck" is not allowed; expected some of thompson, '],
    [['--budgets', '0.1,-1'], '--budgets: "-1" is not allowed; expected numbers of USD'],
  ])('%j is refused with what is allowed', (words, message) => {
    expect(() => given(...words)).toThrow(message);
  });
});

describe('the comparison', () => {
  it('runs all parts by default, files only when there is a folder', () => {
    expect(given().parts).toEqual(['listed', 'development', 'held-out', 'changed', 'budgets']);
    expect(given('--data', 'folder').parts).toContain('files');
  });

  it('takes what it is given', () => {
    const options = given('--seeds', '3', '--first', '11', '--only', 'changed', '--methods', 'ucb1, kl-ucb');
    expect(options).toMatchObject({ seeds: [11, 12, 13], parts: ['changed'], methods: ['ucb1', 'kl-ucb'] });
    expect(given('--budgets', '0.001,0.25').budgets).toEqual([0.001, 0.25]);
  });
});
