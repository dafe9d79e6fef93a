/** A light check of a report that comes from somebody else's worker, for use inside the workflow sandbox. */
import type { AgentReport, Spending } from './agent-contract.js';
import { preview } from './errors.js';
import { MAX_ITERATIONS, MAX_TOKENS, MAX_USD } from './figure-limits.js';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 0;
const isUsd = (value: unknown) => typeof value === 'number' && value >= 0;
const isTokens = (value: unknown) => isObject(value) && isCount(value['input']) && isCount(value['output']);
const isTexts = (value: unknown) => Array.isArray(value) && value.every((item) => typeof item === 'string');
const isObjectsWith = (key: string, type: string) => (value: unknown) =>
  Array.isArray(value) && value.every((item) => isObject(item) && typeof item[key] === type);

const optionalFields: Record<string, [(value: unknown) => boolean, string]> = {
  actions: [isObjectsWith('type', 'string'), 'a list of objects with a text "type"'],
  results: [isObjectsWith('success', 'boolean'), 'a list of objects with a true or false "success"'],
  iterations: [isCount, 'a whole number, 0 or more'],
  errors: [isTexts, 'a list of texts'],
  cost: [isUsd, 'a number of USD, 0 or more'],
  tokens: [isTokens, 'an object with whole numbers "input" and "output"'],
  discoveries: [isObjectsWith('title', 'string'), 'a list of objects with a text "title" and "content"'],
  applied: [isTexts, 'a list of ids'],
};

/** The figure that no agent can have used, and what is allowed; null when there is none. */
function beyondLimits({ cost, tokens, iterations }: Partial<Spending>): [string, number, number] | null {
  const figures: [string, number | null | undefined, number][] = [
    ['cost', cost, MAX_USD],
    ['iterations', iterations, MAX_ITERATIONS],
    ['tokens.input', tokens?.input, MAX_TOKENS],
    ['tokens.output', tokens?.output, MAX_TOKENS],
  ];
  for (const [field, given, most] of figures) if ((given ?? 0) > most) return [field, given ?? 0, most];
  return null;
}

/**
 * Checks a report's shape and fills in what may be left out. The published schema says more; it is too heavy
 * for a workflow.
 *
 * @returns the report, or a sentence naming the field, its value and what is allowed
 */
export function checkReport(value: unknown): AgentReport | string {
  if (!isObject(value)) return `report: ${preview(value)} is not allowed; expected an object`;
  const success = value['success'];
  if (success !== null && typeof success !== 'boolean')
    return `report.success: ${preview(success)} is not allowed; expected true, false or null`;
  for (const [field, [fits, allowed]] of Object.entries(optionalFields)) {
    const given = value[field];
    // Absent and null are the same in many languages' JSON.
    if (given !== undefined && given !== null && !fits(given))
      return `report.${field}: ${preview(given)} is not allowed; expected ${allowed}`;
  }
  const beyond = beyondLimits(value);
  if (beyond !== null)
    return `report.${beyond[0]}: ${beyond[1]} is not allowed; expected at most ${beyond[2]}`;
  const given = Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null));
  return { ...blankReport(success), ...given, success };
}

/** A report that says no more than how it went. */
export function blankReport(success: boolean | null): AgentReport {
  return { success, actions: [], results: [], iterations: 1, errors: [], discoveries: [], applied: [] };
}

/** The report that stands for an agent which handed none back, with what it is known to have spent. */
export function failedReport(reason: string, spent: Spending | null = null): AgentReport {
  const report: AgentReport = { ...blankReport(false), iterations: 0, errors: [reason] };
  if (spent === null) return report;
  const { cost, tokens, iterations } = spent;
  return {
    ...report,
    iterations,
    ...(cost > 0 ? { cost } : {}),
    ...(tokens.input + tokens.output > 0 ? { tokens } : {}),
  };
}

/** What an agent's heartbeat says it has spent; null when it says nothing of the kind. */
export function spentIn(heartbeat: unknown): Spending | null {
  const spent = isObject(heartbeat) ? heartbeat['spent'] : undefined;
  if (!isObject(spent)) return null;
  const { cost, tokens, iterations } = spent;
  if (!isUsd(cost) || !isCount(iterations) || !isTokens(tokens)) return null;
  const known = spent as unknown as Spending;
  return beyondLimits(known) === null ? known : null;
}
