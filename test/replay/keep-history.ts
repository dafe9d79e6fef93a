/** Takes a history from the server in the form in which it is kept: without anything of the machine. */
import { homedir, hostname } from 'node:os';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

/** Folder of the histories that today's code makes; `histories/README.md` says what the others are. */
export const NEWEST = 'shape-4';

/** A history as it is kept. */
export interface KeptHistory {
  workflowId: string;
  history: unknown;
}

export type NamedHistory = KeptHistory & { name: string };

/** Stands for the folder that the recorded agents worked in. */
const EXAMPLE_FOLDER = '/example';

/**
 * Fetches histories and takes out what belongs to the machine that recorded: its name, process ids and paths.
 *
 * @param folder that the agents work in, absolute and without links
 */
export function historyKeeper(temporal: Client, folder: string) {
  return async (name: string, workflowId: string): Promise<NamedHistory> => {
    const history = await temporal.workflow.getHandle(workflowId).fetchHistory();
    const kept = withoutMachine(JSON.parse(historyToJSON(history)), (text) =>
      text.replaceAll(folder, EXAMPLE_FOLDER).replace(new RegExp(`\\d+@${hostname()}`, 'g'), 'worker'),
    );
    return { name, workflowId, history: kept };
  };
}

export type Keeper = ReturnType<typeof historyKeeper>;

function withoutMachine(value: unknown, scrub: (text: string) => string): unknown {
  if (Array.isArray(value)) return value.map((inner) => withoutMachine(inner, scrub));
  if (typeof value === 'string') return told(scrub(value));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === 'stackTrace') return [key, ''];
      // A payload's content, and texts of failures, are read where they are.
      if (key === 'data' && typeof inner === 'string') return [key, throughBase64(inner, scrub)];
      return [key, withoutMachine(inner, scrub)];
    }),
  );
}

function throughBase64(data: string, scrub: (text: string) => string): string {
  return Buffer.from(told(scrub(Buffer.from(data, 'base64').toString()))).toString('base64');
}

/** @throws Error when something of the machine is left, rather than to keep it */
function told(text: string): string {
  for (const own of [`@${hostname()}`, homedir(), process.cwd()])
    if (text.includes(own)) throw new Error(`a history holds ${JSON.stringify(own)}: ${text.slice(0, 300)}`);
  return text;
}
