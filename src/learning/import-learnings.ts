/** Takes an export into a tenant: all of it, or nothing. */
import { isDeepStrictEqual } from 'node:util';
import type { AnyBulkWriteOperation } from 'mongodb';
import { z } from 'zod';
import { checkInput } from '../shared/check-input.js';
import { bySchema, type ControlScope, MAX_PROSE, proseSchema } from './control.js';
import { countActs, type LearningAct, logActs } from './control-log.js';
import { type Learning, type LearningControl, learningId, learnings } from './learning.js';
import { keepVersions } from './learning-versions.js';
import { LEARNING_DEADLINE_MS } from './refresh.js';
import { controlOf, type ExportedLearning, type LearningExport, toContent } from './transfer.js';

/** What an import did, by learning. */
export interface ImportResult {
  imported: number;
  /** As they were: the same file again changes nothing. */
  unchanged: number;
  /** Left alone because the tenant's own observations say what there is to say. */
  superseded: number;
}

const importSchema = z.strictObject({
  by: bySchema.default('api'),
  reason: proseSchema(MAX_PROSE).exactOptional(),
});
/** Who imports, and why. */
export type ImportOptions = z.input<typeof importSchema>;

/**
 * Imports learnings in one transaction, each logged whole, so that it can be made again from the log. Those that
 * the tenant extracted or added itself stay; those imported earlier are replaced where the file differs, but for
 * what the tenant's own people decided of them.
 *
 * @param source name of the file, for the log
 * @throws StoreUnavailableError when MongoDB is away or too slow
 */
export async function importLearnings(
  { store, tenant, redactor }: ControlScope,
  file: LearningExport,
  source: string,
  options: ImportOptions = {},
): Promise<ImportResult> {
  const { by, reason } = checkInput(importSchema, options);
  const given = file.learnings.map((exported) => withOwnId(redactor.value(exported)));
  const said = {
    by: redactor.text(by.trim()),
    reason: reason === undefined ? null : redactor.text(reason),
    file: redactor.text(source),
  };
  return store.transaction(async (session) => {
    const result: ImportResult = { imported: 0, unchanged: 0, superseded: 0 };
    const stored = await learnings(store)
      .find({ tenant, _id: { $in: given.map(({ id }) => `${tenant}|${id}`) } }, { session })
      .toArray();
    const byId = new Map(stored.map((learning) => [learning.id, learning]));
    const earlier = await countActs(
      store,
      tenant,
      given.map(({ id }) => id),
      session,
    );
    const at = new Date();
    const operations: AnyBulkWriteOperation<Learning>[] = [];
    const changed: Learning[] = [];
    const acts: LearningAct[] = [];
    for (const exported of given) {
      const before = byId.get(exported.id);
      if (before !== undefined && before.origin !== 'imported') {
        // The same lesson, added by hand on both sides, is no news either.
        result[before.origin === 'added' ? 'unchanged' : 'superseded'] += 1;
        continue;
      }
      const decided = (earlier.get(exported.id)?.own ?? 0) > 0;
      const control = decided && before !== undefined ? before.control : controlOf(exported);
      const learning = importedLearning(tenant, exported, control, before);
      if (before !== undefined && isDeepStrictEqual({ ...before, version: 0 }, { ...learning, version: 0 })) {
        result.unchanged += 1;
        continue;
      }
      result.imported += 1;
      operations.push({
        replaceOne: { filter: { _id: learning._id }, replacement: learning, upsert: true },
      });
      changed.push(learning);
      acts.push({
        ...{ learningId: learning.id, act: 'import', at, ...said, version: learning.version },
        ...{ before: before?.control ?? null, after: control, learning },
      });
    }
    if (operations.length > 0) await learnings(store).bulkWrite(operations, { session, ordered: false });
    await keepVersions(store, changed, session);
    await logActs(store, tenant, acts, (id) => earlier.get(id)?.all ?? 0, session);
    return result;
  }, LEARNING_DEADLINE_MS);
}

function importedLearning(
  tenant: string,
  exported: ExportedLearning,
  control: LearningControl,
  before: Learning | undefined,
): Learning {
  return {
    ...{ _id: `${tenant}|${exported.id}`, tenant, id: exported.id },
    ...toContent(exported),
    // What a person added is a person's still; what was observed was observed elsewhere.
    origin: exported.origin === 'added' ? 'added' : 'imported',
    control,
    version: before === undefined ? exported.version : Math.max(before.version + 1, exported.version),
  };
}

/** An id says of which pattern it is; of one with a secret in it, of the pattern without. */
const withOwnId = (exported: ExportedLearning): ExportedLearning => ({
  ...exported,
  id: learningId(exported.type, exported.verb, exported.pattern.group, exported.pattern.action),
});
