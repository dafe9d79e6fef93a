/** What only several attempts at one task tell: how often an agent succeeds where another failed. */
import { truthOf } from '../../evidence/claims.js';
import type { Json } from '../../shared/agent-contract.js';
import { startedAttempts } from '../../shared/attempt.js';
import { canonicalJson } from '../../shared/canonical-json.js';
import { CUT } from '../../shared/sizes.js';
import type { Attempt, ExecutionRecord, Outcome } from '../../shared/task.js';
import type { Increment } from '../../store/counters.js';

/**
 * By pair of agents and category. Sums of one agent after another: `tries` (the first was judged to have failed, the
 * other was judged next) and `successes`; `laterTries` and `laterSuccesses` where more than one had failed before;
 * `costed`, `costMicroUsd`, `timed` and `ms` of all those tries. Sums of two that answered independently, the pair in
 * alphabetical order: `both`, `onlyFirst`, `onlyThen` and `neither` were judged right; `compared` answers, of which
 * `agreed` are the same; `comparedRight` and `agreedRight` of those where both are right.
 */
export const HANDOVERS = 'handovers';

/** Agents of one task that are compared with each other: pairs grow by the square. */
const MOST_COMPARED = 8;

/** What an execution tells of its agents after and beside each other, as far as others judged them. Pure. */
export function handoversOf(record: ExecutionRecord, outcome: Outcome): Increment[] {
  const plan = record.choice?.plan;
  const attempts = startedAttempts(record).filter(({ role }) => role === 'worker');
  const pairs =
    plan?.strategy === 'sequential' && plan.onFailure === 'next'
      ? afterEachOther(record, attempts, outcome)
      : plan?.strategy === 'parallel' || plan?.strategy === 'consensus'
        ? besideEachOther(record, attempts.slice(0, MOST_COMPARED), outcome)
        : [];
  const category = record.analysis?.category ?? 'unknown';
  return pairs.map(({ first, then, sums }) => ({
    projection: HANDOVERS,
    dimensions: { first, then, category },
    sums,
    followed: true as const,
  }));
}

interface Pair {
  first: string;
  then: string;
  sums: Record<string, number>;
}

function afterEachOther(record: ExecutionRecord, attempts: readonly Attempt[], outcome: Outcome): Pair[] {
  const pairs: Pair[] = [];
  for (const [index, attempt] of attempts.entries()) {
    const before = attempts[index - 1];
    if (before === undefined) continue;
    // Where it is not known that all before had failed, nothing later is known to be a fallback.
    if (truthOf(record, before, outcome) !== false) break;
    const success = truthOf(record, attempt, outcome);
    if (success === null) break;
    const { cost } = attempt.report;
    const [tries, successes] = index === 1 ? ['tries', 'successes'] : ['laterTries', 'laterSuccesses'];
    pairs.push({
      first: before.agentType,
      then: attempt.agentType,
      sums: {
        [tries]: 1,
        ...(success ? { [successes]: 1 } : {}),
        ...(cost === undefined ? {} : { costed: 1, costMicroUsd: Math.round(cost * 1e6) }),
        timed: 1,
        ms: Math.round(attempt.elapsedMs),
      },
    });
  }
  return pairs;
}

function besideEachOther(record: ExecutionRecord, attempts: readonly Attempt[], outcome: Outcome): Pair[] {
  const answers = attempts.map(({ report }) => answerOf(report.output));
  const told = attempts.map((attempt) => truthOf(record, attempt, outcome));
  // Whoever gave the answer that was judged is judged with it.
  const truths = told.map((truth, index) => {
    if (truth !== null || answers[index] === null) return truth;
    return (
      told[answers.findIndex((answer, other) => answer === answers[index] && told[other] !== null)] ?? null
    );
  });
  return attempts.flatMap((one, index) =>
    attempts.slice(index + 1).flatMap((other, offset): Pair[] => {
      const place = index + 1 + offset;
      if (one.agentType === other.agentType) return [];
      const inOrder = one.agentType < other.agentType;
      const [a, b] = inOrder ? [index, place] : [place, index];
      const sums = besideSums(truths[a] ?? null, truths[b] ?? null, answers[a] ?? null, answers[b] ?? null);
      const [first, then] = inOrder ? [one, other] : [other, one];
      return Object.keys(sums).length === 0 ? [] : [{ first: first.agentType, then: then.agentType, sums }];
    }),
  );
}

function besideSums(
  first: boolean | null,
  then: boolean | null,
  answer: string | null,
  other: string | null,
): Record<string, number> {
  const known = first !== null && then !== null;
  const cell =
    first === true ? (then === true ? 'both' : 'onlyFirst') : then === true ? 'onlyThen' : 'neither';
  const comparable = answer !== null && other !== null;
  const right = comparable && known && cell === 'both';
  const same = comparable && answer === other;
  return {
    ...(known ? { [cell]: 1 } : {}),
    ...(comparable ? { compared: 1 } : {}),
    ...(same ? { agreed: 1 } : {}),
    ...(right ? { comparedRight: 1 } : {}),
    ...(right && same ? { agreedRight: 1 } : {}),
  };
}

/** An answer as text; null where there is none, or only its beginning was kept. */
const answerOf = (output: Json | undefined): string | null =>
  output === undefined || output === null || output === CUT ? null : canonicalJson(output);
