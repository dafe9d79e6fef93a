/** How the statistics are laid out in blocks of days, and the indexes by which they are found. */
import { type BlockView, blockIndexes } from '../../store/counter-blocks.js';
import { type CollectionIndexes, counterIndexes } from '../../store/indexes.js';
import { ACTIONS, ERRORS, STAGES, STATISTICS, STEPS, type StatisticsName } from './projections.js';
import { isBin } from './sketch.js';

/** The first of each holds all of it; the others answer in fewer documents what they can. */
export const views: Readonly<Record<StatisticsName, readonly [BlockView, ...BlockView[]]>> = {
  [STATISTICS]: [
    {
      name: STATISTICS,
      projection: STATISTICS,
      group: ['agentType', 'category'],
      cells: ['strategy', 'complexity'],
    },
    { name: `${STATISTICS}/agents`, projection: STATISTICS, group: ['agentType'], cells: [] },
    {
      name: `${STATISTICS}/agents/cells`,
      projection: STATISTICS,
      group: ['agentType'],
      cells: ['category', 'strategy', 'complexity'],
      keeps: (sum) => !isBin(sum),
    },
  ],
  [STEPS]: [{ name: STEPS, projection: STEPS, group: ['category'], cells: [] }],
  [ERRORS]: [{ name: ERRORS, projection: ERRORS, group: ['agentType', 'category'], cells: ['signature'] }],
  [ACTIONS]: [{ name: ACTIONS, projection: ACTIONS, group: ['agentType', 'category'], cells: ['action'] }],
  [STAGES]: [{ name: STAGES, projection: STAGES, group: ['category'], cells: ['first', 'then'] }],
};

export const statisticsIndexes: CollectionIndexes[] = [
  ...Object.values(views).map(([{ projection, group }]) => counterIndexes(projection, ...group)),
  blockIndexes,
];

/**
 * The view that answers a question in the fewest documents.
 *
 * @param by dimensions that rows are told apart by
 * @param where dimensions that must have a value
 * @param bins whether percentiles are asked for
 */
export function viewFor(
  name: StatisticsName,
  by: readonly string[],
  where: readonly string[],
  bins: boolean,
): BlockView {
  const [whole, ...others] = views[name];
  const asked = [...by, ...where].filter((dimension) => dimension !== 'day');
  const able = others.filter(
    ({ group, cells, keeps }) =>
      asked.every((dimension) => group.includes(dimension) || cells.includes(dimension)) &&
      (!bins || keeps === undefined),
  );
  const direct = [...able, whole].find(({ group }) => where.every((dimension) => group.includes(dimension)));
  return direct ?? able[0] ?? whole;
}
