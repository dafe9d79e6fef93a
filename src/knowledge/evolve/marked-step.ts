/** The step of an evolve run that counts marks of applied items whose tasks had been taken in before. */
import type { FindReportedUse } from '../usage/applications.js';
import { settleMarkedTasks } from '../usage/marked-tasks.js';
import type { Step } from './step.js';

const BATCH = 200;

export const settlingMarked = (findUse: FindReportedUse): Step => ({
  name: 'settling marked applications',
  async run({ store, tenant }, { signal }) {
    for (let looked = 0; ; ) {
      const some = await settleMarkedTasks(store, tenant, BATCH, findUse);
      looked += some;
      const finished = some < BATCH;
      if (finished || signal.aborted)
        return { written: looked === 0 ? {} : { 'tasks with marked applications': looked }, finished };
    }
  },
});
