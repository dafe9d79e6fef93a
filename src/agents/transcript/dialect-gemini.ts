/** Events of Gemini CLI's `--output-format stream-json`, as its documentation of the headless mode has them. */
import { clip } from '../clip.js';
import { countOf, type EventReader, type Fields, fieldsOf, textOf } from './event.js';
import type { TranscriptRecord } from './transcript-record.js';

const ANSWER_CHARS = 64_000;

export function geminiEvents(record: TranscriptRecord): EventReader {
  /** The answer comes in pieces. */
  let answer = '';

  const onMessage = (event: Fields): void => {
    if (event['role'] !== 'assistant') return;
    if (answer === '') record.iterations += 1;
    const text = textOf(event['content']);
    answer = event['delta'] === true ? clip(answer + text, ANSWER_CHARS) : text;
    record.say(answer.trim());
  };
  const onResult = (event: Fields): void => {
    record.ended = true;
    record.success = event['status'] === 'success';
    if (!record.success) record.failure = textOf(fieldsOf(event['error'])['message']) || 'error';
    const stats = fieldsOf(event['stats']);
    record.tokens = {
      input: countOf(stats['input_tokens']),
      cachedInput: countOf(stats['cached']),
      output: countOf(stats['output_tokens']),
    };
  };

  return (event) => {
    switch (event['type']) {
      case 'init':
        record.session = textOf(event['session_id']);
        return true;
      case 'message':
        onMessage(event);
        return true;
      case 'tool_use':
        answer = '';
        record.act(textOf(event['tool_id']), textOf(event['tool_name']), event['parameters']);
        return true;
      case 'tool_result': {
        const failed = event['status'] === 'error';
        const message = textOf(fieldsOf(event['error'])['message']);
        record.resolve(textOf(event['tool_id']), !failed, event['output'], failed ? message : undefined);
        return true;
      }
      case 'error':
        record.wentWrong(textOf(event['message']).slice(0, 300));
        return true;
      case 'result':
        onResult(event);
        return true;
      default:
        return false;
    }
  };
}
