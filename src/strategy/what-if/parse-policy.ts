/** Policies as they are written on the command line. */
import { InvalidInputError } from '../../shared/errors.js';
import { jsonSyntaxError } from '../../shared/json-syntax.js';
import {
  always,
  byCategory,
  cheapest,
  greedy,
  type PlanShares,
  type TargetPolicy,
  uniform,
  within,
} from './policy.js';

const ALLOWED =
  'one of "always <plan>", "uniform", "greedy", "cheapest", "within <usd>" and "by-category <file.json>"';
const A_PLAN = 'a plan such as single(code) or sequential(code>review)';
/** How far the chances of a category may be from adding up to 1. */
const ROUNDING = 1e-6;

/**
 * Parses a policy.
 *
 * @param text e.g. `always single(code)` or `by-category routes.json`
 * @param readText reads the file of a policy by category
 * @throws InvalidInputError naming what is wrong with it, and what is allowed
 */
export async function parsePolicy(
  text: string,
  readText: (file: string) => Promise<string>,
): Promise<TargetPolicy> {
  const [, word = '', rest = ''] = /^\s*(\S*)\s*(.*?)\s*$/s.exec(text) ?? [];
  const alone = { uniform, greedy, cheapest }[word];
  if (alone !== undefined && rest === '') return alone;
  if (word === 'always') return always(checkedPlan(rest, 'policy always'));
  if (word === 'within') return within(checkedUsd(rest));
  if (word === 'by-category') {
    if (rest === '') throw new InvalidInputError('policy by-category', rest, 'a file, e.g. routes.json');
    return byCategory(`by-category ${rest}`, parseRoutes(await readText(rest), rest));
  }
  throw new InvalidInputError('policy', text, ALLOWED);
}

/**
 * Parses what a file gives each category: a plan, or chances of plans; the category `*` stands for all others.
 *
 * @throws InvalidInputError naming file and category
 */
export function parseRoutes(text: string, file: string): ReadonlyMap<string, PlanShares> {
  const syntax = jsonSyntaxError(text);
  if (syntax !== null)
    throw new InvalidInputError(`${file}:${syntax.line}:${syntax.column}`, syntax.found, syntax.allowed);
  const routes: unknown = JSON.parse(text);
  if (!isObject(routes) || Object.keys(routes).length === 0)
    throw new InvalidInputError(
      file,
      routes,
      'an object such as {"debugging":"single(code)","*":"single(fast)"}',
    );
  return new Map(
    Object.entries(routes).map(([category, given]) => [category, sharesOf(given, `${file}: ${category}`)]),
  );
}

function sharesOf(given: unknown, at: string): PlanShares {
  if (typeof given === 'string') return new Map([[checkedPlan(given, at), 1]]);
  if (!isObject(given))
    throw new InvalidInputError(at, given, `${A_PLAN}, or an object of plans and chances`);
  const shares = new Map<string, number>();
  for (const [plan, chance] of Object.entries(given)) {
    if (typeof chance !== 'number' || chance < 0 || chance > 1)
      throw new InvalidInputError(`${at}: ${plan}`, chance, 'a chance from 0 to 1');
    shares.set(checkedPlan(plan, at), chance);
  }
  const total = [...shares.values()].reduce((sum, chance) => sum + chance, 0);
  if (Math.abs(total - 1) > ROUNDING) throw new InvalidInputError(at, given, 'chances that add up to 1');
  return shares;
}

function checkedPlan(plan: string, field: string): string {
  if (!/^[a-z]+!?\([^()@\s]+\)$/.test(plan)) throw new InvalidInputError(field, plan, A_PLAN);
  return plan;
}

function checkedUsd(text: string): number {
  const usd = Number(text);
  if (!/^\d*\.?\d+(e-?\d+)?$/i.test(text) || !Number.isFinite(usd))
    throw new InvalidInputError('policy within', text, 'a number of USD a task from 0, e.g. within 0.05');
  return usd;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
