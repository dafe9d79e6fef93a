import { describe, expect, it } from 'vitest';
import { parsePolicy, parseRoutes } from '../../../../src/strategy/what-if/parse-policy.js';
import { weigh } from '../../../../src/strategy/what-if/weights.js';
import { choiceOf, planOf } from './made-log.js';

const files: Record<string, string> = {
  'routes.json': '{"a":"single(p1)","b":{"single(p0)":0.25,"single(p2)":0.75},"*":"sequential(p0>p1)"}',
};
const read = (file: string): Promise<string> => Promise.resolve(files[file] ?? '');
const candidate = (index: number, mean: number, cost: number | null) => ({
  plan: planOf(index),
  propensity: 0.25,
  mean,
  cost,
});
const choice = choiceOf([], {
  candidates: [
    candidate(0, 0.5, 0.03),
    candidate(1, 0.9, 0.2),
    candidate(2, 0.7, 0.03),
    candidate(3, 0.8, null),
  ],
});
const sharesOf = async (text: string, about = choice): Promise<readonly number[]> =>
  (await parsePolicy(text, read)).shares(about);

describe('a policy', () => {
  it('always takes one plan, where it is offered', async () => {
    expect(await sharesOf('always single(p2)')).toEqual([0, 0, 1, 0]);
    expect(await sharesOf('always single(other)')).toEqual([0, 0, 0, 0]);
  });

  it('goes by what was expected of success and cost', async () => {
    expect(await sharesOf('greedy')).toEqual([0, 1, 0, 0]);
    expect(await sharesOf('cheapest')).toEqual([0, 0, 1, 0]);
    expect(await sharesOf('within 0.2')).toEqual([0, 1, 0, 0]);
    expect(await sharesOf('within 0.05')).toEqual([0, 0, 1, 0]);
    expect(await sharesOf('within 0.001')).toEqual([0, 0, 1, 0]);
    expect(await sharesOf(' uniform ')).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  it('wants what was not on offer, where no cost was expected of any', async () => {
    const unknown = choiceOf([1], { candidates: [candidate(0, 0.5, null)] });
    expect(await sharesOf('cheapest', unknown)).toEqual([0]);
    expect(weigh(await parsePolicy('within 1', read), unknown)).toMatchObject({ wanted: [], notOffered: 1 });
  });

  it('goes by category, "*" standing for the others', async () => {
    const policy = await parsePolicy('by-category routes.json', read);
    expect(policy.name).toBe('by-category routes.json');
    expect(policy.shares(choice)).toEqual([0, 1, 0, 0]);
    expect(policy.shares({ ...choice, category: 'b' })).toEqual([0.25, 0, 0.75, 0]);
    expect(policy.shares({ ...choice, category: 'c' })).toEqual([0, 0, 0, 0]);
  });

  it.each([
    ['', 'policy: "" is not allowed; expected one of "always <plan>", "uniform", "greedy", "cheapest"'],
    ['best', 'policy: "best" is not allowed; expected one of'],
    ['greedy now', 'policy: "greedy now" is not allowed'],
    ['always', 'policy always: "" is not allowed; expected a plan such as single(code)'],
    ['always code', 'policy always: "code" is not allowed; expected a plan such as single(code)'],
    ['within much', 'policy within: "much" is not allowed; expected a number of USD'],
    ['within -1', 'policy within: "-1" is not allowed'],
    ['by-category', 'policy by-category: "" is not allowed; expected a file'],
    ['by-category empty.json', 'empty.json:1:1: "end of text" is not allowed; expected a value'],
  ])('%j is refused', async (text, message) => {
    await expect(parsePolicy(text, read)).rejects.toThrow(message);
  });

  it.each([
    ['[]', 'f.json: [] is not allowed; expected an object such as'],
    ['{}', 'f.json: {} is not allowed'],
    ['{"a":1}', 'f.json: a: 1 is not allowed; expected a plan such as single(code)'],
    ['{"a":"code"}', 'f.json: a: "code" is not allowed'],
    ['{"a":{"single(x)":2}}', 'f.json: a: single(x): 2 is not allowed; expected a chance from 0 to 1'],
    ['{"a":{"single(x)":0.4}}', 'expected chances that add up to 1'],
    ['{"a":', 'f.json:1:6: '],
  ])('routes %s are refused', (text, message) => {
    expect(() => parseRoutes(text, 'f.json')).toThrow(message);
  });
});

describe('the weight of a task', () => {
  it('is the share over the chance of the plan that was taken', async () => {
    const weighed = weigh(await parsePolicy('uniform', read), choiceOf([0.8, 0.2]));
    expect(weighed).toMatchObject({ notOffered: 0, taken: 0 });
    expect(weighed.wanted.map(({ share, propensity }) => share / propensity)).toEqual([0.625, 2.5]);
    expect(weigh(await parsePolicy('always single(p1)', read), choiceOf([0.8, 0.2])).taken).toBe(-1);
  });

  it('holds to what was offered, and says how much was not', async () => {
    const policy = await parsePolicy('by-category routes.json', read);
    const weighed = weigh(policy, choiceOf([0.9, 0.1], { category: 'b' }));
    expect(weighed.notOffered).toBeCloseTo(0.75);
    expect(weighed.wanted).toEqual([{ plan: planOf(0), share: 1, propensity: 0.9 }]);
    const never = weigh(policy, choiceOf([1, 0], { category: 'a' }));
    expect(never).toEqual({ wanted: [], notOffered: 1, taken: -1 });
  });
});
