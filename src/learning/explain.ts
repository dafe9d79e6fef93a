/** Which of a group's lessons another one explains, and which what came last contradicts. Pure. */

import { canonicalJson } from '../shared/canonical-json.js';
import type { Chosen } from './choose-readings.js';
import type { Feature } from './feature.js';
import { type JudgeOptions, judge } from './inference/judge.js';
import type { Observation } from './inference/observation.js';
import type { Verdict } from './inference/verdict.js';

/** Pairs of a general lesson and a sharper one that are looked at in a group. */
const MAX_PAIRS = 12;

/**
 * The lessons that a sharper one explains: it says the same of fewer runs (a longer sequence, an action with its
 * input, a step in a task of one kind), and without those runs nothing is left of the general one's effect.
 *
 * @returns by id of the general lesson, the id of the sharper
 */
export function explainedBy(
  chosen: readonly Chosen[],
  rows: readonly Observation[],
  options: Pick<JudgeOptions, 'given'> = {},
): ReadonlyMap<string, string> {
  const explained = new Map<string, string>();
  const asserted = chosen.filter(
    ({ state, reading }) => state === 'asserted' && !('measure' in reading.verdict),
  );
  let pairs = 0;
  for (const { reading: general } of asserted)
    for (const { reading: sharper } of asserted) {
      if (general.type !== sharper.type || general.verdict.verb !== sharper.verdict.verb) continue;
      if (!isSharper(sharper.feature, general.feature) || explained.has(general.id)) continue;
      pairs += 1;
      if (pairs > MAX_PAIRS) return explained;
      const without = rows.filter(({ features }) => !features.includes(sharper.verdict.feature));
      const left = verdictsOn(without, [general.verdict.feature], options).get(general.verdict.feature);
      const [low, high] = left?.interval ?? [0, 0];
      if (general.verdict.verb === 'prefer' ? low <= 0 : high >= 0) explained.set(general.id, sharper.id);
    }
  return explained;
}

/** Verdicts on some features of some rows, whatever else they show; by feature, that of its like where it has any. */
export function verdictsOn(
  rows: readonly Observation[],
  features: readonly string[],
  options: Pick<JudgeOptions, 'given'>,
): ReadonlyMap<string, Verdict> {
  const wanted = new Set(features);
  const only = rows.map((row) => ({
    ...row,
    features: row.features.filter((feature) => wanted.has(feature)),
  }));
  return new Map(
    judge(only, options).flatMap((verdict) =>
      [verdict.feature, ...verdict.aliases].map((feature): [string, Verdict] => [feature, verdict]),
    ),
  );
}

type Step = Extract<Feature, { kind: 'edge' }>['step'];

/** Whether one feature says all that another says, and more. */
export function isSharper(one: Feature, other: Feature): boolean {
  if (isSame(one, other)) return false;
  if (other.kind === 'action') return stepsOf(one).some((step) => isStepOf(step, other));
  if (other.kind === 'argument')
    return one.kind === 'action' && one.type === other.type && one.input?.[other.name] !== undefined;
  if (other.kind !== 'sequence' || one.kind !== 'sequence') return false;
  return one.steps.length > other.steps.length || (other.gapped && !one.gapped)
    ? isWithin(other.steps, one.steps, other.gapped)
    : false;
}

const isSame = (one: Feature, other: Feature): boolean => canonicalJson(one) === canonicalJson(other);

function stepsOf(feature: Feature): readonly Step[] {
  switch (feature.kind) {
    case 'action':
      return [feature];
    case 'sequence':
      return feature.steps;
    case 'condition':
    case 'edge':
    case 'repeat':
    case 'failure':
    case 'retry':
      return [feature.step];
    default:
      return [];
  }
}

/** Whether a step is of an action, or of one told from others of its type by more. */
function isStepOf(step: Step, { type, command, input }: Step): boolean {
  if (step.type !== type || (command !== undefined && command !== step.command)) return false;
  return Object.entries(input ?? {}).every(([name, value]) => step.input?.[name] === value);
}

function isWithin(steps: readonly Step[], longer: readonly Step[], gapped: boolean): boolean {
  if (!gapped)
    return longer.some((_, start) =>
      steps.every((step, index) => {
        const at = longer[start + index];
        return at !== undefined && isStepOf(at, step);
      }),
    );
  let next = 0;
  for (const step of longer) {
    const wanted = steps[next];
    if (wanted !== undefined && isStepOf(step, wanted)) next += 1;
  }
  return next === steps.length;
}

/** The newest share of a sample that can contradict the whole, and how many rows that takes. */
const RECENT = 1 / 3;
const MIN_RECENT = 30;

/** What the newest part of a group's rows says of a lesson. */
export type Trend = 'with' | 'unclear' | 'against';

/**
 * Whether the newest rows of a group speak for lessons or against them: against, when the 95% interval of the
 * effect in them is wholly on the other side.
 *
 * @param features keys of features, with the verb of the lesson on each
 */
export function trendsOf(
  rows: readonly Observation[],
  features: readonly { feature: string; verb: Verdict['verb'] }[],
  options: Pick<JudgeOptions, 'given'> = {},
): Map<string, Trend> {
  const count = Math.floor(rows.length * RECENT);
  if (count < MIN_RECENT || features.length === 0) return new Map();
  const newest = rows
    .toSorted((one, other) => other.at - one.at || (one.id < other.id ? -1 : 1))
    .slice(0, count);
  const found = verdictsOn(
    newest,
    features.map(({ feature }) => feature),
    options,
  );
  return new Map(
    features.flatMap(({ feature, verb }): [string, Trend][] => {
      const verdict = found.get(feature);
      if (verdict === undefined) return [];
      const [low, high] = verdict.interval;
      const isAgainst = verb === 'prefer' ? high < 0 : low > 0;
      const isWith = verb === 'prefer' ? verdict.effect > 0 : verdict.effect < 0;
      return [[`${verb}|${feature}`, isAgainst ? 'against' : isWith ? 'with' : 'unclear']];
    }),
  );
}
