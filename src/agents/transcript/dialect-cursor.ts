/**
 * Events of Cursor's `agent -p --output-format stream-json` that Claude Code has not: its tool calls. The rest
 * has the same names and shapes. As in Cursor's documentation of its output formats.
 */
import { countOf, type EventReader, fieldsOf, textOf } from './event.js';
import type { TranscriptRecord } from './transcript-record.js';

export function cursorEvents(record: TranscriptRecord): EventReader {
  return (event) => {
    if (event['type'] !== 'tool_call') return event['type'] === 'thinking';
    const id = textOf(event['call_id']);
    const [named] = Object.entries(fieldsOf(event['tool_call']));
    if (named === undefined) return true;
    const [key, call] = [named[0], fieldsOf(named[1])];
    const type = key.replace(/ToolCall$/, '');
    if (event['subtype'] === 'started') record.act(id, type, call['args']);
    if (event['subtype'] !== 'completed') return true;
    if (!record.isOpen(id)) record.act(id, type, call['args']);
    const result = fieldsOf(call['result']);
    const { success } = result;
    const [failure] = Object.values(result);
    if (success === undefined) record.resolve(id, false, failure, messageOf(failure));
    else {
      const exitCode = countOf(fieldsOf(success)['exitCode']);
      record.resolve(id, exitCode === 0, success, `exit code ${exitCode}\n${messageOf(success)}`);
    }
    return true;
  };
}

function messageOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const fields = fieldsOf(value);
  const said = ['errorMessage', 'error', 'message', 'reason', 'stderr', 'stdout'].map((key) =>
    textOf(fields[key]),
  );
  return said.find((text) => text !== '') ?? '';
}
