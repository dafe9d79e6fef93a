/** Reading what executions came to, over any window of days. */
import type { ClientSession } from 'mongodb';
import { InvalidInputError } from '../../shared/errors.js';
import { dayNumber } from '../../store/block-days.js';
import { type BlockRead, readWithBlocks } from '../../store/counter-blocks.js';
import type { CounterFilter, CounterRow } from '../../store/counters.js';
import { liveGeneration } from '../../store/ledger.js';
import type { Store } from '../../store/store.js';
import { STEPS, type StatisticsName } from './projections.js';
import { isBin } from './sketch.js';
import { type StatisticsRead, stepReads, stepRows } from './step-rows.js';
import { viewFor } from './views.js';

export interface StatisticsQuery {
  /**
   * Dimensions that rows are told apart by, `day` among them; sums are over all others. Those of the steps are
   * `step`, `category` and `day`.
   */
  by: readonly string[];
  /** Values that dimensions must have; the days are in `from` and `to`. */
  where?: CounterFilter;
  /** First and last day, `YYYY-MM-DD`, UTC, both included. Default: all there is. */
  from?: string | undefined;
  to?: string | undefined;
  /** False leaves out the bins of sketches, which is quicker where no percentile is asked for. Default true. */
  bins?: boolean;
}

interface ReadOptions {
  timeoutMS?: number;
  /** Of a transaction that the reading is part of. */
  session?: ClientSession;
}

/**
 * Reads one of the statistics of a tenant, added up, as they are at one moment. What a dimension was not kept for,
 * in records of earlier versions, is `unknown`.
 *
 * @returns a row for each combination of the dimensions asked for that anything is known of
 * @throws InvalidInputError when `from` or `to` is no day, or `where` names the day
 * @throws StoreUnavailableError when MongoDB is away or too slow
 */
export async function readStatistics(
  store: Store,
  tenant: string,
  name: StatisticsName,
  query: StatisticsQuery,
  options: ReadOptions = {},
): Promise<CounterRow[]> {
  const { where = {}, bins = true } = query;
  if ('day' in where) throw new InvalidInputError('where.day', where['day'], 'days in `from` and `to`');
  for (const [field, day] of Object.entries({ from: query.from, to: query.to }))
    if (day !== undefined && dayNumber(day) === null)
      throw new InvalidInputError(field, day, 'a day such as 2026-01-31');
  const asked: readonly StatisticsRead[] =
    name === STEPS ? stepReads(query) : [{ by: query.by, where, name }];
  const reads = asked.map(
    (read): BlockRead => ({
      ...{ by: read.by, where: read.where ?? {}, from: query.from, to: query.to },
      view: viewFor(read.name, read.by, Object.keys(read.where ?? {}), bins),
      ...(bins ? {} : { wanted: (sum: string) => !isBin(sum) && !isStepBin(sum) }),
    }),
  );
  const read = async (reading: ReadOptions): Promise<CounterRow[][]> => {
    const live = await liveGeneration(store, tenant, reading);
    return readWithBlocks(store, tenant, live, reads, reading);
  };
  const found = await (options.session === undefined ? store.run(read) : read(options));
  return merged(name === STEPS ? stepRows(query, found) : (found[0] ?? []));
}

const isStepBin = (sum: string): boolean => isBin(sum.slice(sum.indexOf(':') + 1));

/** Rows that are the same once what is missing has a name. */
function merged(rows: readonly CounterRow[]): CounterRow[] {
  const byKey = new Map<string, CounterRow>();
  for (const { dimensions, sums } of rows) {
    for (const [name, value] of Object.entries(dimensions)) if (value === '') dimensions[name] = 'unknown';
    const key = Object.values(dimensions).join('\u0000');
    const row = byKey.get(key);
    if (row === undefined) byKey.set(key, { dimensions, sums });
    else for (const [sum, value] of Object.entries(sums)) row.sums[sum] = (row.sums[sum] ?? 0) + value;
  }
  return [...byKey.values()];
}
