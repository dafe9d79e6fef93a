/** A workflow that imports what is not deterministic. */
import { readFileSync } from 'node:fs';

export async function ReadsFilesWorkflow(path: string): Promise<string> {
  return readFileSync(path, 'utf8');
}
