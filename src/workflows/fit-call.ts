/** Keeps what a call carries within one payload. Pure. */
import type { AgentCall } from '../shared/agent-call.js';
import type { AgentTask } from '../shared/agent-contract.js';
import { boundChanges, boundReports } from '../shared/bound-record.js';
import { jsonBytes, MAX_EARLIER_BYTES, MAX_PAYLOAD_BYTES } from '../shared/sizes.js';

/** What knowledge, news and earlier reports have to themselves beside patches that go along with a call. */
const RESERVED_BYTES = 200_000;

/**
 * The task with as much of knowledge, news and earlier reports as there is room for.
 *
 * @throws Error when the task itself is too large for any call
 */
export function fitTask(task: AgentTask, maxBytes: number = MAX_PAYLOAD_BYTES): AgentTask {
  const bare = { ...task, knowledge: [], news: [], earlier: [] };
  const bytes = jsonBytes(bare);
  if (bytes > MAX_PAYLOAD_BYTES)
    throw new Error(`the task is ${bytes} bytes, more than the ${MAX_PAYLOAD_BYTES} that a call can carry`);
  let left = Math.max(0, maxBytes - bytes);
  const fitting = <T>(items: readonly T[]): T[] =>
    items.filter((item) => {
      const size = jsonBytes(item) + 1;
      if (size > left) return false;
      left -= size;
      return true;
    });
  const knowledge = fitting(task.knowledge);
  // The latest first.
  const news = fitting(task.news.toReversed()).toReversed();
  const room = Math.min(MAX_EARLIER_BYTES, left);
  const reports = boundReports(
    task.earlier.map(({ report }) => report),
    room - 200 * task.earlier.length,
  );
  const earlier = task.earlier.map((one, index) => ({ ...one, report: reports[index] ?? one.report }));
  return { ...task, knowledge, news, earlier: jsonBytes(earlier) <= room ? earlier : [] };
}

/**
 * A task and what goes with it to a worker of our own. Patches matter more than what is only to be read.
 *
 * @throws Error when the task itself is too large for any call
 */
export function fitCall(task: AgentTask, call: AgentCall | undefined): [AgentTask, AgentCall?] {
  if (call === undefined) return [fitTask(task)];
  const bare = jsonBytes({ ...task, knowledge: [], news: [], earlier: [] });
  const room = Math.max(
    MAX_PAYLOAD_BYTES - jsonBytes(call),
    Math.min(MAX_PAYLOAD_BYTES, bare + RESERVED_BYTES),
  );
  const fitted = fitTask(task, room);
  const { changes = [], candidates = [], ...rest } = call;
  const bounded = boundChanges([...changes, ...candidates], MAX_PAYLOAD_BYTES - jsonBytes([fitted, rest]));
  return [
    fitted,
    {
      ...rest,
      ...(call.changes === undefined ? {} : { changes: bounded.slice(0, changes.length) }),
      ...(call.candidates === undefined ? {} : { candidates: bounded.slice(changes.length) }),
    },
  ];
}
