/** Steps that got slower: queues, tools, and what a task takes besides its agents. Pure. */
import { groupBy } from '../../shared/group-by.js';
import { type Cell, cellsOf, dayText, entriesOf, totalOf } from './cells.js';
import { changesIn } from './changes.js';
import { type Measure, seconds, waiting } from './measures.js';
import { type Mix, mixOf } from './mix.js';
import type { Performer, Scene } from './scene.js';
import { trialOfChange } from './slack.js';
import type { Trial } from './trial.js';
import { amount, facts, percent } from './wording.js';

/** A step that takes less of the agent's time is no reason for advice. */
const LEAST_SHARE = 0.02;
/** Steps that are told of agents and tools by themselves. */
const ofOthers = /^(?:agent|retry|queue|tool):/;

/** The agent's queue; its waits are counted by complexity like its work. */
export function queueStep(scene: Scene, performer: Performer): Trial[] {
  const { entries, agentType } = performer;
  const ms = totalOf(entries, 'queueMs');
  return stepAgainstEarlier(scene, performer, `queue:${agentType}`, cellsOf(entries, waiting), ms, waiting);
}

/** Each type of action that the agent took, where it is measured. */
export function toolSteps(scene: Scene, performer: Performer): Trial[] {
  const own = scene.picture.actions.filter(
    ({ dimensions }) => dimensions['agentType'] === performer.agentType,
  );
  const mix = mixOf(performer.entries);
  return [...groupBy(own, ({ dimensions }) => dimensions['action'] ?? '')].flatMap(([action, rows]) => {
    const entries = entriesOf(rows);
    const cells = cellsOf(entries, seconds);
    return stepAgainstEarlier(
      scene,
      performer,
      `tool:${action}`,
      cells,
      totalOf(entries, 'ms'),
      seconds,
      mix,
    );
  });
}

/** What a task takes besides its agents: analysis, look-ups, decisions, recording. */
export function taskSteps(scene: Scene, performer: Performer): Trial[] {
  const mix = mixOf(scene.performers.flatMap(({ entries }) => entries));
  return [...groupBy(scene.picture.steps, ({ dimensions }) => dimensions['step'] ?? '')]
    .filter(([step]) => !ofOthers.test(step))
    .flatMap(([step, rows]) => {
      const entries = entriesOf(rows);
      const cells = cellsOf(entries, seconds);
      return stepAgainstEarlier(scene, performer, step, cells, totalOf(entries, 'ms'), seconds, mix);
    });
}

function stepAgainstEarlier(
  { category, pace }: Scene,
  { monthly }: Performer,
  step: string,
  cells: readonly Cell[],
  ms: number,
  measure: Measure,
  mix?: Mix,
): Trial[] {
  const hours = (pace * ms) / 3.6e6;
  const share = hours / Math.max(monthly.hours, 1e-9);
  const change = share < LEAST_SHARE ? null : changesIn(cells, measure, mix).worse;
  if (change === null) return [];
  const since = dayText(change.day);
  const found = trialOfChange(change, measure, mix);
  const [now, before] = change.contrast.means;
  return [
    {
      ...found,
      subject: step,
      monthlyExecutions: monthly.executions,
      monthlySpend: hours,
      tell: () => ({
        title: `Speed up ${step} in ${category}: it got slower on ${since}`,
        reason: `since ${since} ${step} takes ${amount(measure, now)}, before ${amount(measure, before)}; it comes to ${percent(share)} of the agent's working time`,
        action: `Find out what changed for ${step} about ${since}, and take it back`,
        evidence: { since, step, timeShare: share, ...facts(measure, change.contrast) },
      }),
    },
  ];
}
