/** The inbox of a program: a JSON file that is replaced whole whenever news comes. */
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Inbox } from '../shared/inbox.js';

export interface InboxFile {
  path: string;
  /** Ends once nothing is written any more. */
  close(): Promise<void>;
}

/**
 * Writes what the inbox holds, an array like the task's `news`, into a folder, and keeps it up to date. A reader
 * sees the whole of the old or of the new file. What cannot be written later on, an agent does without.
 */
export async function keepInboxFile(inbox: Inbox, folder: string): Promise<InboxFile> {
  const file = path.join(folder, 'inbox.json');
  const write = async (): Promise<void> => {
    const next = `${file}.next`;
    await writeFile(next, `${JSON.stringify(inbox.items)}\n`, { mode: 0o600 });
    await rename(next, file);
  };
  await write();
  let writing = Promise.resolve();
  const stop = inbox.onNews(() => {
    writing = writing.then(write).catch(() => {});
  });
  return {
    path: file,
    close: () => {
      stop();
      return writing;
    },
  };
}
