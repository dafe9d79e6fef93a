/** The histories that are kept, and their replay. */
import '../quiet-workers.js';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import type { ExecutionRecord } from '../../src/shared/task.js';
import { bundle } from './bundle.js';
import type { KeptHistory } from './keep-history.js';

interface Event {
  workflowExecutionCompletedEventAttributes?: { result?: { payloads: { data?: string }[] } };
  workflowExecutionStartedEventAttributes?: {
    workflowType: { name: string };
    originalExecutionRunId: string;
  };
}

export interface Kept extends KeptHistory {
  /** Folder and file, e.g. `shape-1/parallel`. */
  name: string;
  shape: string;
  workflowType: string;
  runId: string;
  text: string;
  history: { events: Event[] };
}

const folder = join(import.meta.dirname, 'histories');

/** All of them, of every shape. */
export async function keptHistories(): Promise<Kept[]> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.json')).sort();
  return Promise.all(
    files.map(async (file): Promise<Kept> => {
      const text = await readFile(join(folder, file), 'utf8');
      const kept = JSON.parse(text) as Pick<Kept, 'workflowId' | 'history'>;
      const started = kept.history.events[0]?.workflowExecutionStartedEventAttributes;
      const name = file.replaceAll('\\', '/').replace('.json', '');
      return {
        ...kept,
        name,
        shape: name.split('/')[0] ?? '',
        workflowType: started?.workflowType.name ?? '',
        runId: started?.originalExecutionRunId ?? '',
        text,
      };
    }),
  );
}

/** What the workflow returned, when it did. */
export function resultOf({ history }: Kept): unknown {
  const completed = history.events.at(-1)?.workflowExecutionCompletedEventAttributes;
  const data = completed?.result?.payloads[0]?.data;
  return data === undefined ? undefined : JSON.parse(Buffer.from(data, 'base64').toString());
}

export interface Replayed {
  /** By the histories' names; null where it went well. */
  errors: Record<string, string | null>;
  /** What the workflows handed over to be recorded. */
  records: ExecutionRecord[];
}

/**
 * Replays histories on workflow code.
 *
 * @param path of the workflows' entry, relative to this file
 * @param interceptors paths of interceptor modules, likewise
 */
export async function replay(
  path: string,
  histories: readonly Kept[],
  interceptors: readonly string[] = [],
): Promise<Replayed> {
  const { code } = await bundle(path, ['./records-told.ts', ...interceptors]);
  if (code === null) throw new Error(`${path} could not be bundled`);
  const replayed: Replayed = { errors: {}, records: [] };
  const results = Worker.runReplayHistories(
    {
      workflowBundle: { code },
      sinks: {
        records: {
          tell: {
            fn: (_: unknown, record: ExecutionRecord) => void replayed.records.push(record),
            callDuringReplay: true,
          },
        },
      },
    },
    histories,
  );
  // Ids come again in other shapes, runs do not.
  const names = new Map(histories.map(({ runId, name }) => [runId, name]));
  for await (const { runId, error } of results)
    replayed.errors[names.get(runId) ?? runId] = error?.message ?? null;
  return replayed;
}
