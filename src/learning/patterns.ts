/** The patterns that an execution shows, as counters: what it did, and whether that went well. Pure. */
import { createHash } from 'node:crypto';
import { errorClass } from '../shared/error-signature.js';
import type { Outcome } from '../shared/task.js';
import { type Increment, sumIncrements } from '../store/counters.js';
import { BASE, sequenceKey } from './action-key.js';
import type { Interaction } from './interactions.js';
import { recoveriesOf } from './recoveries.js';

export const PATTERNS = 'patterns';

/**
 * What is counted: actions tried after a kind of error (grouped by its signature, and by its class), action types and pairs of
 * them (by category), plans (by category), and where a kind of error occurs (a category in the group of its
 * signature; describes, is never judged).
 */
export const patternKinds = ['recovery', 'action', 'plan', 'place'] as const;
export type PatternKind = (typeof patternKinds)[number];
export type JudgedKind = Exclude<PatternKind, 'place'>;

/** A pattern: one action, pair or plan among the others of its group. */
export interface PatternName {
  kind: PatternKind;
  /** Error signature, class of errors, or category. */
  group: string;
  /** A key of action-key.ts, a plan's key, or {@link BASE} for all of the group together. */
  action: string;
}

/** What one execution says of one pattern. */
export interface PatternFact extends PatternName {
  /** `n` and `successes`; of plans also the sums over successes that mean and variance come from. */
  sums: Record<string, number>;
  /** Agent types that acted so. */
  agentTypes: string[];
}

/** Action types and pairs that are counted of one execution. */
const MAX_ACTION_PATTERNS = 200;
/** Iterations beyond this count as this many, so that the sum of their squares stays exact. */
const MAX_ITERATIONS = 10_000;

/** Short name of a pattern, the same wherever it is made. */
export function patternId({ kind, group, action }: PatternName): string {
  return createHash('sha256')
    .update(JSON.stringify([kind, group, action]))
    .digest('hex')
    .slice(0, 16);
}

/** All facts of an execution, given how it went; patterns judged by its outcome are left out while that is unknown. */
export function patternsOf(interaction: Interaction, outcome: Outcome): PatternFact[] {
  if (!interaction.parts.includes('learning')) return [];
  const category = interaction.analysis?.category ?? 'unknown';
  return [
    ...recoveryFacts(interaction, category),
    ...(outcome.success === null
      ? []
      : [
          ...actionFacts(interaction, category, outcome.success),
          ...planFacts(interaction, category, outcome.success),
        ]),
  ];
}

/** The facts as increments of the counters {@link PATTERNS}. */
export function patternIncrements(interaction: Interaction, outcome: Outcome): Increment[] {
  return sumIncrements(
    patternsOf(interaction, outcome).map(({ kind, group, action, sums }) => ({
      projection: PATTERNS,
      dimensions: { kind, group, action },
      sums,
    })),
  );
}

/** Recoveries are judged by the result of the very action, whatever became of the task. */
function recoveryFacts(interaction: Interaction, category: string): PatternFact[] {
  const facts = new Map<string, PatternFact>();
  const add = (name: PatternName, successes: number, agentType: string): void => {
    const key = JSON.stringify(name);
    const fact = facts.get(key) ?? { ...name, sums: { n: 0, successes: 0 }, agentTypes: [] };
    fact.sums['n'] = (fact.sums['n'] ?? 0) + 1;
    fact.sums['successes'] = (fact.sums['successes'] ?? 0) + successes;
    if (!fact.agentTypes.includes(agentType)) fact.agentTypes.push(agentType);
    facts.set(key, fact);
  };
  for (const attempt of interaction.attempts) {
    const { errors, recoveries } = recoveriesOf(attempt);
    for (const group of new Set(errors.flatMap(groupsOf)))
      add({ kind: 'place', group, action: category }, 0, attempt.agentType);
    for (const { signature, action, worked } of recoveries)
      for (const group of groupsOf(signature)) {
        add({ kind: 'recovery', group, action }, Number(worked), attempt.agentType);
        add({ kind: 'recovery', group, action: BASE }, Number(worked), attempt.agentType);
      }
  }
  return [...facts.values()];
}

/** An error is counted by its signature and by its class. */
const groupsOf = (signature: string): string[] => [
  ...new Set([signature, errorClass(signature) ?? signature]),
];

/** Executions without any action say nothing about actions, and count in no row. */
function actionFacts(interaction: Interaction, category: string, success: boolean): PatternFact[] {
  const agents = new Map<string, Set<string>>();
  for (const { agentType, report } of interaction.attempts) {
    for (const [index, { type }] of report.actions.entries()) {
      const next = report.actions[index + 1];
      const keys =
        next === undefined ? [sequenceKey(type)] : [sequenceKey(type), sequenceKey(type, next.type)];
      for (const key of keys) {
        if (!agents.has(key) && agents.size >= MAX_ACTION_PATTERNS) continue;
        agents.set(key, (agents.get(key) ?? new Set()).add(agentType));
      }
    }
  }
  if (agents.size === 0) return [];
  const fact = (action: string, by: Iterable<string>): PatternFact => ({
    kind: 'action',
    group: category,
    action,
    sums: { n: 1, successes: Number(success) },
    agentTypes: [...by],
  });
  return [fact(BASE, []), ...[...agents].map(([action, by]) => fact(action, by))];
}

function planFacts(interaction: Interaction, category: string, success: boolean): PatternFact[] {
  const { choice, attempts } = interaction;
  if (choice === null || attempts.length === 0) return [];
  const iterations = Math.min(
    MAX_ITERATIONS,
    attempts.reduce((sum, attempt) => sum + attempt.report.iterations, 0),
  );
  const durationMs = Math.max(0, Math.round(interaction.endedAt - interaction.startedAt));
  const sums = success
    ? { n: 1, successes: 1, iterations, iterationsSquared: iterations ** 2, durationMs }
    : { n: 1, successes: 0 };
  const agentTypes = [...new Set(attempts.map((attempt) => attempt.agentType))];
  return [BASE, choice.plan.key].map((action) => ({
    kind: 'plan',
    group: category,
    action,
    sums: { ...sums },
    agentTypes,
  }));
}
