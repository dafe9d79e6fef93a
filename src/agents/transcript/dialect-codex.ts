/** Events of `codex exec --json`, as `codex-rs/exec/src/exec_events.rs` of openai/codex declares them. */
import { amountOf, countOf, type EventReader, type Fields, fieldsOf, listOf, textOf } from './event.js';
import type { TranscriptRecord } from './transcript-record.js';

/** What an item says of the action it stands for; null when it stands for none. */
function actionOf(item: Fields): { type: string; input: unknown } | null {
  switch (item['type']) {
    case 'command_execution':
      return { type: 'command_execution', input: { command: item['command'] } };
    case 'file_change':
      return { type: 'file_change', input: { changes: item['changes'] } };
    case 'mcp_tool_call':
      return { type: `${textOf(item['server'])}.${textOf(item['tool'])}`, input: item['arguments'] };
    case 'web_search':
      return { type: 'web_search', input: { query: item['query'] } };
    default:
      return null;
  }
}

export function codexEvents(record: TranscriptRecord): EventReader {
  const onCompleted = (item: Fields): void => {
    const id = textOf(item['id']);
    const action = actionOf(item);
    if (action !== null) {
      if (!record.isOpen(id)) record.act(id, action.type, action.input);
      const { success, output, error } = resultOf(item);
      record.resolve(id, success, output, error);
    } else if (item['type'] === 'agent_message') {
      record.iterations += 1;
      record.say(textOf(item['text']));
    } else if (item['type'] === 'reasoning') record.does(textOf(item['text']));
    // Such an error is a warning: the run goes on.
    else if (item['type'] === 'error') record.wentWrong(textOf(item['message']).slice(0, 300));
  };
  const fail = (message: string): void => {
    record.success = false;
    record.failure = messageIn(message);
  };

  return (event) => {
    const item = fieldsOf(event['item']);
    switch (event['type']) {
      case 'thread.started':
        record.session = textOf(event['thread_id']);
        return true;
      case 'item.started': {
        const action = actionOf(item);
        if (action !== null) record.act(textOf(item['id']), action.type, action.input);
        return true;
      }
      case 'item.completed':
        onCompleted(item);
        return true;
      case 'turn.completed': {
        record.ended = true;
        record.success = true;
        delete record.failure;
        const usage = fieldsOf(event['usage']);
        // Counted since the thread began; cached input is part of the input.
        record.tokens = {
          input: countOf(usage['input_tokens']),
          cachedInput: countOf(usage['cached_input_tokens']),
          output: countOf(usage['output_tokens']),
        };
        return true;
      }
      case 'turn.failed':
        record.ended = true;
        fail(textOf(fieldsOf(event['error'])['message']) || 'the turn failed');
        return true;
      case 'error':
        // Gemini CLI's errors have a severity. A turn may still be completed, e.g. after a lost connection.
        if (event['severity'] !== undefined || typeof event['message'] !== 'string') return false;
        fail(event['message']);
        return true;
      default:
        return /^(turn|item|thread)\./.test(textOf(event['type']));
    }
  };
}

function resultOf(item: Fields): { success: boolean; output: unknown; error?: string } {
  const failed = item['status'] === 'failed' || item['status'] === 'declined';
  switch (item['type']) {
    case 'command_execution': {
      const output = textOf(item['aggregated_output']);
      const code = amountOf(item['exit_code']);
      if (!failed && (code ?? 0) === 0) return { success: true, output };
      const how = item['status'] === 'declined' ? 'declined' : `exit code ${code ?? 'unknown'}`;
      return { success: false, output, error: `${how}\n${output}` };
    }
    case 'mcp_tool_call': {
      const result = fieldsOf(item['result']);
      const message = textOf(fieldsOf(item['error'])['message']);
      const texts = listOf(result['content']).map(({ text }) => textOf(text));
      return failed || message !== ''
        ? { success: false, output: message, error: message }
        : { success: true, output: result['structured_content'] ?? texts.join('\n') };
    }
    default:
      return failed
        ? { success: false, output: undefined, error: `${textOf(item['type'])} ${textOf(item['status'])}` }
        : { success: true, output: undefined };
  }
}

/** An error of the endpoint comes as the JSON of its answer. */
function messageIn(message: string): string {
  try {
    const answer = fieldsOf(JSON.parse(message));
    return textOf(fieldsOf(answer['error'])['message']) || message;
  } catch {
    return message;
  }
}
