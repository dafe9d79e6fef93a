/** A learning as commands show it. Pure. */
import pc from 'picocolors';
import type { Lift } from '../evidence/lift.js';
import type { LearningAct } from '../learning/control-log.js';
import type { EvidenceTrail } from '../learning/evidence-trail.js';
import { type Learning, type LearningState, toLesson } from '../learning/learning.js';
import type { LearningTrace } from '../learning/trace.js';
import { field, prose } from './describe-execution.js';
import { moment, plain, share } from './format.js';

const stateColours: Record<LearningState, (text: string) => string> = {
  asserted: pc.green,
  candidate: pc.yellow,
  retired: pc.dim,
};

/** The title as agents are shown it. */
export const shownTitle = ({ title, control }: Learning): string => control.edits?.title ?? title;

/** State, and what people made of it. */
export function stateText({ state, control, supersededBy }: Learning): string {
  const notes = [
    ...(control.disabled ? [pc.red('disabled')] : []),
    ...(control.pinned ? ['pinned'] : []),
    ...(control.edits === null ? [] : ['edited']),
    ...(supersededBy === null ? [] : [pc.dim('superseded')]),
  ];
  return [stateColours[state](state), ...notes].join(', ');
}

/** What of a stored learning is of use outside. */
export const publicLearning = ({ _id, tenant: _tenant, text: _text, ...learning }: Learning) => learning;

/** What `learnings show` prints. */
export function describeLearning(
  learning: Learning,
  evidence: EvidenceTrail,
  { lift, counts: usage }: Pick<LearningTrace, 'lift' | 'counts'>,
  acts: readonly LearningAct[],
): string[] {
  const { counts, control, pattern } = learning;
  const lesson = toLesson(learning);
  const original = (name: 'title' | 'condition' | 'advice'): string[] =>
    control.edits?.[name] === undefined ? [] : [pc.dim(`by rule: ${plain(learning[name])}`)];
  return [
    `${pc.bold(plain(lesson.title))} ${pc.dim(`${learning.id} v${learning.version}`)}`,
    ...original('title'),
    ...prose('When', [plain(lesson.condition), ...original('condition')]),
    ...prose('Advice', [plain(lesson.advice), ...original('advice')]),
    ...field('Type', [`${learning.type}, ${origins[learning.origin]}`]),
    ...prose('State', [stateText(learning) + reasonText(learning)]),
    ...field('Confidence', [learning.confidence]),
    ...prose('Runs', [
      `with it ${counts.successes} of ${counts.n} succeeded${rate(counts.successes, counts.n)}, ` +
        `without it ${counts.withoutSuccesses} of ${counts.withoutN}${rate(counts.withoutSuccesses, counts.withoutN)}`,
    ]),
    ...prose('Effect', [effectText(learning)]),
    ...prose('Lift', [liftText(lift)]),
    ...prose('Offered', [
      `shown in ${usage.shown} tasks, withheld from ${usage.withheld}, used in ${usage.applied}`,
    ]),
    ...field('Seen', [`${moment(learning.firstSeen)} to ${moment(learning.lastSeen)}`]),
    ...prose('Agents', [plain(learning.agentTypes.join(', ') || 'any')]),
    ...prose('Pattern', [
      plain([pattern.kind, pattern.group ?? 'all', pattern.action].join(' · ')),
      ...learning.aliases.map((alias) => pc.dim(`never seen apart from ${plain(alias)}`)),
    ]),
    ...(learning.action === null ? [] : prose('As data', [plain(JSON.stringify(learning.action))])),
    ...prose('For', evidenceLines(evidence.for)),
    ...prose('Against', evidenceLines(evidence.against)),
    ...prose(
      'History',
      acts.map(
        ({ act, at, by, reason }) =>
          `${moment(at)} ${act} by ${plain(by)}${reason === null ? '' : `: ${plain(reason)}`}`,
      ),
    ),
  ];
}

const origins: Record<Learning['origin'], string> = {
  extracted: 'observed here',
  imported: 'imported: its numbers were made elsewhere',
  added: 'added by a person',
};

const rate = (successes: number, n: number): string => (n === 0 ? '' : ` (${share(successes / n)})`);

function reasonText({ retiredBecause, supersededBy }: Learning): string {
  if (retiredBecause !== null) return `: ${plain(retiredBecause)}`;
  return supersededBy === null ? '' : ` by ${supersededBy}`;
}

function effectText({ effect, interval, tasks, compared, pValue, pace }: Learning): string {
  if (pace !== null) {
    const [low, high] = pace.interval;
    return `successes took ${share(pace.ratio)} of the ${paceNames[pace.measure]} that others took (95% interval ${share(low)} to ${share(high)})`;
  }
  if (effect === null || interval === null) return 'nothing was observed of it yet';
  const how =
    compared === 'trials'
      ? `${tasks} tasks tried with it and without it`
      : `${tasks} tasks compared with each other`;
  return `${points(effect)} points (95% interval ${points(interval[0])} to ${points(interval[1])}), ${how}; p ${pValue < 0.001 ? '< 0.001' : `= ${pValue.toFixed(3)}`}`;
}

const paceNames = { iterations: 'iterations', durationMs: 'time', cost: 'money' } as const;

/** A difference of rates in points of a hundred. */
const points = (value: number): string => `${value < 0 ? '-' : '+'}${Math.abs(Math.round(value * 100))}`;

/** What showing it is worth, in words. */
export function liftText(lift: Lift | null): string {
  if (lift === null) return 'not known yet: tasks of known outcome are missing with it, or without it';
  const { shownRate, shownN, withheldRate, withheldN } = lift;
  const verdict = lift.low > 0 ? 'it helps' : lift.high < 0 ? 'it does harm' : 'not told from chance yet';
  return (
    `${points(lift.lift)} points (${points(lift.low)} to ${points(lift.high)}): ${share(shownRate)} of ${shownN} shown it ` +
    `succeeded, ${share(withheldRate)} of ${withheldN} it was withheld from; ${verdict}`
  );
}

const MAX_EVIDENCE = 5;
function evidenceLines(side: EvidenceTrail['for']): string[] {
  if (side.length === 0) return [pc.dim('none is kept')];
  const shown = side
    .slice(0, MAX_EVIDENCE)
    .map(({ executionId, at }) => `${plain(executionId)} ${pc.dim(moment(at))}`);
  const more = side.length - shown.length;
  return more > 0 ? [...shown, pc.dim(`and ${more} more`)] : shown;
}
