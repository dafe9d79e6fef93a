/** Reads what the rules of advice look at. */
import type { Store } from '../../store/store.js';
import type { Picture } from '../advice/picture.js';
import {
  ACTIONS,
  ERRORS,
  STAGES,
  STATISTICS,
  STEPS,
  type StatisticsName,
} from '../statistics/projections.js';
import { readStatistics } from '../statistics/read.js';

/** Days, `YYYY-MM-DD`, UTC, both included. */
export interface Window {
  from: string;
  to: string;
}

/**
 * The statistics of one category over a window of days.
 *
 * @throws StoreUnavailableError when MongoDB is away
 */
export async function readPicture(
  store: Store,
  tenant: string,
  category: string,
  window: Window,
): Promise<Picture> {
  const read = (name: StatisticsName, ...by: string[]) =>
    readStatistics(store, tenant, name, { by: [...by, 'day'], where: { category }, ...window, bins: false });
  const [executions, steps, errors, actions, stages] = await Promise.all([
    read(STATISTICS, 'agentType', 'strategy', 'complexity'),
    read(STEPS, 'step'),
    read(ERRORS, 'agentType', 'signature'),
    read(ACTIONS, 'agentType', 'action'),
    read(STAGES, 'first', 'then'),
  ]);
  return { category, ...window, executions, steps, errors, actions, stages };
}
