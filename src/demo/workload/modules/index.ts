/** All healthy modules of the workload. */
import { arrays } from './arrays.js';
import type { BaseModule } from './base-module.js';
import { calculator } from './calculator.js';
import { calendar } from './calendar.js';
import { cart } from './cart.js';
import { csv } from './csv.js';
import { dateRanges } from './date-ranges.js';
import { duration } from './duration.js';
import { emitter } from './emitter.js';
import { graph } from './graph.js';
import { grouping } from './grouping.js';
import { ini } from './ini.js';
import { inventory } from './inventory.js';
import { loan } from './loan.js';
import { lruCache } from './lru-cache.js';
import { matrix } from './matrix.js';
import { memo } from './memo.js';
import { pagination } from './pagination.js';
import { pipeline } from './pipeline.js';
import { pool } from './pool.js';
import { primes } from './primes.js';
import { priorityQueue } from './priority-queue.js';
import { queryString } from './query-string.js';
import { retry } from './retry.js';
import { roman } from './roman.js';
import { scheduling } from './scheduling.js';
import { settings } from './settings.js';
import { slug } from './slug.js';
import { stats } from './stats.js';
import { template } from './template.js';
import { undoStack } from './undo-stack.js';
import { validation } from './validation.js';
import { wrap } from './wrap.js';

export const baseModules: readonly BaseModule[] = [
  cart,
  stats,
  matrix,
  primes,
  loan,
  slug,
  roman,
  wrap,
  template,
  pagination,
  grouping,
  inventory,
  arrays,
  settings,
  dateRanges,
  duration,
  calendar,
  scheduling,
  retry,
  pool,
  memo,
  pipeline,
  lruCache,
  priorityQueue,
  emitter,
  graph,
  undoStack,
  csv,
  queryString,
  calculator,
  validation,
  ini,
];
