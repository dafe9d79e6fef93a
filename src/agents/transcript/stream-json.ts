/** Transcripts of one JSON event a line. The dialect shows in the events themselves. */
import { claudeEvents } from './dialect-claude.js';
import { codexEvents } from './dialect-codex.js';
import { cursorEvents } from './dialect-cursor.js';
import { geminiEvents } from './dialect-gemini.js';
import { type EventReader, type Fields, fieldsOf } from './event.js';
import { TextTail } from './text-tail.js';
import type { Clock, TranscriptParser } from './transcript-parser.js';
import { TranscriptRecord } from './transcript-record.js';

/** Characters of lines that are no events. */
const STRAY_CHARS = 8_000;
/** Pieces of messages that come whole later; there may be very many. */
const PARTIAL = '{"type":"stream_event"';

/** Makes a parser for one run. @param clock by which actions are timed; without it they are not */
export function createStreamJsonParser(clock?: Clock): TranscriptParser {
  const stray = new TextTail(STRAY_CHARS);
  const record = new TranscriptRecord(() => stray.text(), clock);
  record.ended = false;
  const readers: EventReader[] = [claudeEvents, cursorEvents, codexEvents, geminiEvents].map((dialect) =>
    dialect(record),
  );
  return {
    push(line) {
      if (line.startsWith(PARTIAL)) return;
      const event = parsed(line);
      if (event === null) stray.push(line);
      else readers.some((read) => read(event));
    },
    state: record,
  };
}

function parsed(line: string): Fields | null {
  if (!line.startsWith('{')) return null;
  try {
    return fieldsOf(JSON.parse(line));
  } catch {
    // Programs print warnings between their events, and a line may be cut off.
    return null;
  }
}
