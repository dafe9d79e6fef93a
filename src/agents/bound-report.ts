/** Cuts a report to a size that every later step can carry. */
import {
  type AgentReport,
  type Discovery,
  type Json,
  MAX_ACTIONS,
  MAX_OUTPUT_CHARS,
} from '../shared/agent-contract.js';
import { isStorable } from '../shared/storable.js';
import { clip } from './clip.js';

const MAX_ERRORS = 100;
const MAX_DISCOVERIES = 50;
const MAX_APPLIED = 1_000;
const MAX_ID_CHARS = 200;

/** How much is kept; each step keeps a fraction of the one before. */
interface Measure {
  output: number;
  /** Characters of each input, result, error and discovery. */
  value: number;
  actions: number;
  others: number;
}

/**
 * Cuts a report so that its JSON has at most `maxBytes`. Nothing is cut from a report that fits; else texts
 * lose their middle, with a marker that says how much is missing, then long lists lose theirs. The result fits
 * the schema whenever the report did.
 *
 * @param maxBytes at least 10,000
 */
export function boundReport(report: AgentReport, maxBytes: number): AgentReport {
  const measure: Measure = { output: MAX_OUTPUT_CHARS, value: 20_000, actions: MAX_ACTIONS, others: 1 };
  for (;;) {
    const bounded = cut(report, measure);
    if (Buffer.byteLength(JSON.stringify(bounded)) <= maxBytes) return bounded;
    if (measure.value > 200) measure.value = Math.max(200, Math.floor(measure.value / 4));
    else {
      measure.output = Math.max(200, Math.floor(measure.output / 4));
      measure.actions = Math.floor(measure.actions / 2);
      measure.others /= 2;
    }
  }
}

function cut(report: AgentReport, { output, value, actions, others }: Measure): AgentReport {
  const count = (max: number): number => Math.floor(max * others);
  return {
    ...report,
    ...(report.output === undefined ? {} : { output: boundJson(report.output, output) }),
    actions: ends(report.actions, actions).map((action) =>
      action.input === undefined ? action : { ...action, input: boundJson(action.input, value) },
    ),
    results: ends(report.results, actions).map((result) => ({
      ...result,
      ...(result.output === undefined ? {} : { output: boundJson(result.output, value) }),
      ...(result.error === undefined ? {} : { error: clip(result.error, value) }),
    })),
    errors: ends(report.errors, count(MAX_ERRORS)).map((error) => clip(error, value)),
    discoveries: ends(report.discoveries, count(MAX_DISCOVERIES)).map(
      (discovery): Discovery => ({ ...discovery, content: clip(discovery.content, value) }),
    ),
    applied: ends(
      report.applied.filter((id) => id.length <= MAX_ID_CHARS),
      count(MAX_APPLIED),
    ),
  };
}

/** The first and the last of a list: how it began, and how it ended. */
function ends<T>(list: T[], max: number): T[] {
  if (list.length <= max) return list;
  const tail = Math.floor(max / 2);
  return [...list.slice(0, max - tail), ...list.slice(list.length - tail)];
}

/** A value that is too large, or that the store cannot hold, is kept as the text of its JSON. */
function boundJson(value: Json, maxChars: number): Json {
  if (typeof value === 'string') return clip(value, maxChars);
  const text = JSON.stringify(value);
  return text.length > maxChars || !isStorable(value) ? clip(text, maxChars) : value;
}
