/** What one interaction says of patterns, as observations in the groups that are judged. Pure. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../shared/canonical-json.js';
import { errorClass } from '../shared/error-signature.js';
import type { Outcome } from '../shared/task.js';
import { featureKey } from './feature.js';
import { featuresOf } from './features.js';
import type { Observation } from './inference/observation.js';
import type { Interaction } from './interactions.js';
import { type Recovery, recoveriesOf } from './recoveries.js';

/**
 * What is judged: what runs did (by category), what was tried after a kind of error (by its signature, and by its
 * class), which plan was run (by category).
 */
export const observedKinds = ['action', 'recovery', 'plan'] as const;
export type ObservedKind = (typeof observedKinds)[number];

/** An observation in its group. */
export interface GroupedObservation {
  kind: ObservedKind;
  /** Category, or error signature or class. */
  group: string;
  observation: Observation;
}

const MAX_ITERATIONS = 10_000;

/** All that an interaction says, given how it went; what its outcome has to judge is left out while that is unknown. */
export function observationsOf(interaction: Interaction, outcome: Outcome): GroupedObservation[] {
  if (!interaction.parts.includes('learning')) return [];
  const { attempts, choice, context } = interaction;
  if (attempts.length === 0) return [];
  const group = interaction.analysis?.category ?? 'unknown';
  const common = commonOf(interaction);
  const found = recoveryObservations(interaction, outcome, common);
  if (outcome.success === null) return found;
  const judged = { ...common, success: outcome.success };
  const features = featuresOf(attempts, context);
  if (features.length > 0) found.push({ kind: 'action', group, observation: { ...judged, features } });
  if (choice !== null) {
    const plan = featureKey({ kind: 'plan', plan: choice.plan.key });
    found.push({ kind: 'plan', group, observation: { ...judged, features: [plan] } });
  }
  return found;
}

/**
 * What trials of the same task share: a hash of its description (but for letter case and white space) and of the
 * context it was given. Not its id, which every trial has of its own.
 */
export function taskKey({ description, context }: Pick<Interaction, 'description' | 'context'>): string {
  const text = description.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
  return createHash('sha256')
    .update(`${text}\u0000${canonicalJson(context)}`)
    .digest('hex')
    .slice(0, 16);
}

type Common = Omit<Observation, 'features' | 'success'>;

function commonOf(interaction: Interaction): Common {
  const { attempts, startedAt, endedAt } = interaction;
  const sum = (figure: (attempt: (typeof attempts)[number]) => number): number =>
    attempts.reduce((total, attempt) => total + figure(attempt), 0);
  const isKnown = attempts.every(({ report }) => report.cost !== undefined);
  return {
    id: interaction._id,
    task: taskKey(interaction),
    agent: [...new Set(attempts.map(({ agentType }) => agentType))].sort().join('+'),
    length: sum(({ report }) => report.actions.length),
    iterations: Math.min(
      MAX_ITERATIONS,
      sum(({ report }) => report.iterations),
    ),
    durationMs: Math.max(0, Math.round(endedAt - startedAt)),
    cost: isKnown ? sum(({ report }) => report.cost ?? 0) : null,
    at: endedAt,
  };
}

/** A try is an observation of its own, in the groups of the error's signature and of its class. */
function recoveryObservations(
  interaction: Interaction,
  outcome: Outcome,
  common: Common,
): GroupedObservation[] {
  return interaction.attempts.flatMap((attempt, position) => {
    const { agentType } = attempt;
    const success = attempt.decisive ? (outcome.success ?? attempt.success) : attempt.success;
    const { recoveries } = recoveriesOf(attempt, success);
    const tries = [...recoveries, ...ofClasses(recoveries)];
    return tries.map(({ signature, features, worked, tries: length }, index): GroupedObservation => {
      const id = `${common.id}#${position}.${index}`;
      const observation = { ...common, id, agent: agentType, features, success: worked, length };
      return { kind: 'recovery', group: signature, observation };
    });
  });
}

/** The same tries under the classes of their errors, what worked after any error of the class taken together. */
function ofClasses(recoveries: readonly Recovery[]): Recovery[] {
  const merged = new Map<string, Recovery>();
  for (const recovery of recoveries) {
    const signature = errorClass(recovery.signature);
    if (signature === null || signature === recovery.signature) continue;
    const id = JSON.stringify([signature, recovery.features]);
    const known = merged.get(id);
    merged.set(id, {
      ...recovery,
      signature,
      worked: recovery.worked || known?.worked === true,
      tries: recovery.tries + (known?.tries ?? 0),
    });
  }
  return [...merged.values()];
}
