/** CACHING: the same action with the same input and result again, within executions or across them. Pure. */
import { groupBy } from '../../shared/group-by.js';
import type { CounterRow } from '../../store/counters.js';
import type { Sums } from '../figures.js';
import { byDay, entriesOf, totalOf } from './cells.js';
import { LEAST_EXECUTIONS } from './contrast.js';
import { hotBuckets } from './hot-buckets.js';
import type { Performer, Scene } from './scene.js';
import { shareOf } from './share.js';
import { effectOf, evidenceFor, type Family, type Trial } from './trial.js';
import { percent } from './wording.js';

/** Of an agent's time: below the least, a cache is not worth its trouble. */
const SAVED = { scale: 'share', least: 0.02, typical: 0.1 } as const;

export function caching(scene: Scene): Family[] {
  const byAgent = groupBy(scene.picture.actions, ({ dimensions }) => dimensions['agentType'] ?? '');
  return scene.performers.map((performer) => ({
    type: 'CACHING',
    agentType: performer.agentType,
    trials: [
      ...groupBy(byAgent.get(performer.agentType) ?? [], ({ dimensions }) => dimensions['action'] ?? ''),
    ].flatMap(([action, rows]) => actionOf(scene, performer, action, rows)),
  }));
}

function actionOf(
  { category }: Scene,
  { agentType, entries, executions, monthly }: Performer,
  action: string,
  rows: readonly CounterRow[],
): Trial[] {
  const own = entriesOf(rows);
  if (totalOf(own, 'executions') < LEAST_EXECUTIONS) return [];
  const hot = hotBuckets(own);
  const days = byDay(entries, ['durationMs']);
  const trial = (sparedBy: (sums: Sums) => number, why: string, times: number): Trial[] => {
    const spared = new Map<number, number>();
    for (const { day, sums } of own) spared.set(day, (spared.get(day) ?? 0) + sparedBy(sums));
    const share = shareOf(
      [...days].map(([day, { durationMs }]) => ({ part: spared.get(day) ?? 0, whole: durationMs })),
      executions,
      1,
    );
    if (share === null) return [];
    return [
      {
        subject: action,
        evidence: evidenceFor(share, SAVED),
        effect: effectOf(share, SAVED),
        metric: 'seconds',
        monthlyExecutions: monthly.executions,
        monthlySpend: monthly.hours,
        tell: () => ({
          title: `Keep what ${action} of ${agentType} gave in ${category}`,
          reason: `${agentType} repeated ${action} with the same input and result ${times} times ${why}, which took ${percent(share.estimate)} of its time`,
          action: `Let ${agentType} keep the results of ${action} by their input, and take them from there`,
          evidence: { action, repeats: times, timeShare: share.estimate },
        }),
      },
    ];
  };
  const repeated = hot.reduce((sum, { count, spared }) => sum + spared * count, 0);
  return [
    ...trial((sums) => sums['repeatMs'] ?? 0, 'within executions', totalOf(own, 'repeats')),
    ...trial(
      (sums) => hot.reduce((sum, { bucket, spared }) => sum + spared * (sums[`m${bucket}`] ?? 0), 0),
      'across executions',
      Math.round(repeated),
    ),
  ];
}
