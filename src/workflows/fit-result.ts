/** Keeps what a task hands back, and what a person is shown of it, within one payload. Pure. */
import type { Json } from '../shared/agent-contract.js';
import { boundChanges } from '../shared/bound-record.js';
import { CUT, jsonBytes, MAX_PAYLOAD_BYTES, MAX_SHOWN_BYTES } from '../shared/sizes.js';
import type { ShownResult, TaskResult } from '../shared/task.js';
import type { WorkspaceChange } from '../shared/workspace.js';

/** A person reads no more than this, and the patch needs the room. */
const MAX_SHOWN_OUTPUT_BYTES = 100_000;

/** The result with its output, and with its patch where there is room for that too. */
export function fitResult(result: TaskResult): TaskResult {
  return fitted(result, MAX_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES);
}

/** The same for what the progress query answers. */
export function fitShown(result: ShownResult): ShownResult {
  return fitted(result, MAX_SHOWN_BYTES, MAX_SHOWN_OUTPUT_BYTES);
}

function fitted<T extends { output: Json; change?: WorkspaceChange }>(
  result: T,
  maxBytes: number,
  maxOutputBytes: number,
): T {
  const { output: _, change, ...rest } = result;
  const [bare] = change === undefined ? [] : boundChanges([change], 0);
  const left = maxBytes - jsonBytes({ ...rest, change: bare });
  const output = boundOutput(result.output, Math.min(left, maxOutputBytes));
  if (change === undefined) return { ...result, output };
  const [kept] = boundChanges([change], left - jsonBytes(output) + jsonBytes(bare));
  return { ...result, output, change: kept };
}

/** Of several agents' outputs, which are an object, each gets its share; a text keeps its beginning. */
function boundOutput(output: Json, maxBytes: number): Json {
  if (jsonBytes(output) <= maxBytes) return output;
  if (typeof output === 'string') {
    let chars = Math.max(0, maxBytes - 100);
    while (chars > 0 && jsonBytes(output.slice(0, chars)) > maxBytes - 50) chars = Math.floor(chars / 2);
    return `${output.slice(0, chars)} ${CUT}`;
  }
  if (typeof output !== 'object' || output === null || Array.isArray(output)) return CUT;
  const entries = Object.entries(output);
  const share = Math.floor(maxBytes / entries.length) - 200;
  const bounded = Object.fromEntries(entries.map(([key, value]) => [key, boundOutput(value, share)]));
  return jsonBytes(bounded) <= maxBytes ? bounded : CUT;
}
