/** The features of a run: what its agents did, and in which order. Pure. */
import { createHash } from 'node:crypto';
import type { Json } from '../shared/agent-contract.js';
import { errorClass } from '../shared/error-signature.js';
import type { Attempt } from '../shared/task.js';
import { type ActionShape, inputText, shapeOf } from './action-shape.js';
import { type Feature, featureKey, type Step, sequenceKey } from './feature.js';
import { categoricalValue, isName, signatureOf } from './feature-text.js';

/** Most features of one run, by what they are about; together about two hundred. */
const quotas = {
  type: 30,
  command: 20,
  input: 20,
  argument: 15,
  text: 10,
  pair: 20,
  triple: 15,
  gapped: 20,
  edge: 6,
  repeat: 10,
  error: 12,
  failure: 8,
  condition: 15,
} as const;
type Quota = keyof typeof quotas;

/** Most features that {@link featuresOf} gives of one run. */
export const MAX_FEATURES = Object.values(quotas).reduce<number>((sum, quota) => sum + quota, 0);

/** Actions of one run that are looked at; steps of one agent between which gapped pairs are sought. */
const MAX_ACTIONS = 2_000;
const MAX_STEPS = 40;
const MAX_CONTEXT = 8;

/**
 * What a run shows. Nothing of it tells how the run ended, how long it took, or what it cost. Where there is more
 * of a kind than fits, the same features are kept in every run (those whose hash is lowest): what was left out
 * depends neither on the outcome nor on where in the run it was.
 *
 * @param attempts the calls of agents, in order; sequences do not span two of them
 * @param context as the task gave it
 * @returns keys of features, each once, sorted
 */
export function featuresOf(
  attempts: readonly Attempt[],
  context: Readonly<Record<string, Json>> = {},
): string[] {
  const found = new Collected();
  const steps = new Map<string, Step>();
  let left = MAX_ACTIONS;
  for (const { report } of attempts) {
    const actions = report.actions.slice(0, left);
    left -= actions.length;
    const shapes = actions.map(shapeOf);
    for (const { step, stepText, features } of shapes) {
      if (steps.has(stepText) || steps.size < MAX_STEPS) steps.set(stepText, step);
      for (const feature of features) found.add(quotaOf(feature), feature);
    }
    addSequences(found, shapes);
    addRepeats(found, { ...report, actions }, shapes);
    addErrors(found, { ...report, actions }, shapes);
  }
  for (const [key, value] of conditionsOf(context))
    for (const step of steps.values()) found.add('condition', { kind: 'condition', key, value, step });
  return found.keys();
}

function quotaOf(feature: Feature): Quota {
  if (feature.kind === 'text' || feature.kind === 'argument') return feature.kind;
  if (feature.kind !== 'action') throw new Error(`feature: ${feature.kind} is none of a single action`);
  return feature.command !== undefined ? 'command' : feature.input !== undefined ? 'input' : 'type';
}

/** Features under their quotas. */
class Collected {
  private readonly byQuota = new Map<Quota, Set<string>>();

  add(quota: Quota, feature: Feature): void {
    this.addKey(quota, featureKey(feature));
  }

  addKey(quota: Quota, key: string): void {
    const keys = this.byQuota.get(quota);
    if (keys === undefined) this.byQuota.set(quota, new Set([key]));
    else keys.add(key);
  }

  keys(): string[] {
    return [...this.byQuota].flatMap(([quota, keys]) => lowestHashes([...keys], quotas[quota])).sort();
  }
}

function lowestHashes(keys: string[], quota: number): string[] {
  if (keys.length <= quota) return keys;
  return keys
    .map((key) => ({ key, hash: createHash('sha256').update(key).digest('hex') }))
    .sort((a, b) => (a.hash < b.hash ? -1 : 1))
    .slice(0, quota)
    .map(({ key }) => key);
}

function addSequences(found: Collected, shapes: readonly ActionShape[]): void {
  const texts = shapes.map(({ stepText }) => stepText);
  const firstOf = new Map<string, number>();
  const lastOf = new Map<string, number>();
  for (const [at, text] of texts.entries()) {
    if (at + 1 < texts.length) found.addKey('pair', sequenceKey(texts.slice(at, at + 2), false));
    if (at + 2 < texts.length) found.addKey('triple', sequenceKey(texts.slice(at, at + 3), false));
    if (!firstOf.has(text)) {
      if (firstOf.size === MAX_STEPS) continue;
      firstOf.set(text, at);
    }
    lastOf.set(text, at);
  }
  for (const [one, first] of firstOf)
    for (const [other, last] of lastOf)
      if (one !== other && first < last) found.addKey('gapped', sequenceKey([one, other], true));
  const first = shapes[0]?.step;
  const last = shapes.at(-1)?.step;
  if (first !== undefined) found.add('edge', { kind: 'edge', at: 'first', step: first });
  if (last !== undefined) found.add('edge', { kind: 'edge', at: 'last', step: last });
}

function addRepeats(found: Collected, report: Attempt['report'], shapes: readonly ActionShape[]): void {
  const failedBefore = new Map<string, boolean>();
  for (const [at, { type, input }] of report.actions.entries()) {
    const step = shapes[at]?.step;
    if (step === undefined) continue;
    const same = `${type}\u0000${inputText(input)}`;
    const failed = failedBefore.get(same);
    if (failed !== undefined) found.add('repeat', { kind: 'repeat', step, failed: false });
    if (failed === true) found.add('repeat', { kind: 'repeat', step, failed: true });
    failedBefore.set(same, report.results[at]?.success === false);
  }
}

function addErrors(found: Collected, report: Attempt['report'], shapes: readonly ActionShape[]): void {
  for (const [at, result] of report.results.entries()) {
    const step = shapes[at]?.step;
    if (result.success || step === undefined) continue;
    found.add('failure', { kind: 'failure', step });
    const signature = signatureOf(result.error);
    if (signature === '') continue;
    found.add('error', { kind: 'error', signature });
    const general = errorClass(signature);
    if (general !== null) found.add('error', { kind: 'error', signature: general });
  }
}

function conditionsOf(context: Readonly<Record<string, Json>>): [string, string | boolean][] {
  return Object.entries(context)
    .flatMap(([key, value]): [string, string | boolean][] => {
      const kept = isName(key) ? categoricalValue(key, value) : null;
      // The category is the group that runs are compared in.
      return kept === null || key === 'category' ? [] : [[key, kept]];
    })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, MAX_CONTEXT);
}
