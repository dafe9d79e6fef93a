/** All rules on one category. Pure. */
import { agentSelection } from './agent-selection.js';
import { caching } from './caching.js';
import type { Candidate, Tested } from './candidate.js';
import { errorReduction } from './error-reduction.js';
import { meanEvidence } from './evidence-value.js';
import { executionSpeed } from './execution-speed.js';
import { iterationReduction } from './iteration-reduction.js';
import { parallelExecution } from './parallel-execution.js';
import type { Picture } from './picture.js';
import { promiseOf } from './promise.js';
import { resourceEfficiency } from './resource-efficiency.js';
import { type Scene, sceneOf } from './scene.js';
import type { Family, Trial } from './trial.js';

const rules: readonly ((scene: Scene) => Family[])[] = [
  executionSpeed,
  iterationReduction,
  errorReduction,
  resourceEfficiency,
  agentSelection,
  parallelExecution,
  caching,
];

/** What is less certain has no chance beside other tests. */
const LEAST_EVIDENCE = 10;
/** Of trials as sure as this, the one that brings most is taken. */
const SURE = 1e4;

/**
 * Looks for everything that could go better in a category.
 *
 * A test is one type of advice for one agent. What it might turn on (peers, steps, errors) is tried one by one; the
 * test's evidence is the mean of theirs, so that many to choose from make no advice more likely.
 */
export function testsOf(picture: Picture): Tested {
  const scene = sceneOf(picture);
  const families = rules.flatMap((rule) => rule(scene)).filter(({ trials }) => trials.length > 0);
  const candidates = families.flatMap((family): Candidate[] => {
    const evidence = meanEvidence(family.trials.map((trial) => trial.evidence));
    const best = bestOf(family.trials);
    if (best === undefined || evidence < LEAST_EVIDENCE) return [];
    const { effect, metric, subject, monthlyExecutions, monthlySpend, tell } = best;
    return [
      {
        type: family.type,
        agentType: family.agentType,
        category: scene.category,
        subject,
        p: Math.min(1, 1 / evidence),
        effect,
        expectedImprovement: promiseOf(effect, metric),
        monthlyExecutions,
        monthlySpend,
        ...tell(),
      },
    ];
  });
  return {
    category: scene.category,
    tests: families.length,
    candidates: candidates.sort((a, b) => a.p - b.p),
  };
}

/** The strongest trial; of several that are sure, the one of the largest part of what is spent. */
function bestOf(trials: readonly Trial[]): Trial | undefined {
  const strongest = trials.reduce((most, { evidence }) => Math.max(most, evidence), 0);
  const gain = ({ effect, metric, monthlySpend }: Trial): number =>
    promiseOf(effect, metric).value * (metric === 'successRate' ? 10 : 1) * monthlySpend;
  return trials
    .filter(({ evidence }) => evidence > 0 && evidence >= Math.min(strongest, SURE))
    .sort((a, b) => gain(b) - gain(a))[0];
}
