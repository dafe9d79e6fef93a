/**
 * What subscribers note of their deliveries, in a file that outlives the process: 16 bytes a note, written before
 * anything that follows from it. What has been written survives the process being killed.
 */
import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** `begun`: a process begins. `got`: a subscriber was handed an item. `acknowledged`: durably, up to an item. */
const noteKinds = ['begun', 'got', 'acknowledged'] as const;
export type NoteKind = (typeof noteKinds)[number];

export interface Note {
  kind: NoteKind;
  subscriber: number;
  sequence: number;
  /** Milliseconds on the clock that all processes of the machine share. */
  at: number;
}

const NOTE_BYTES = 16;
const NOTES_IN_MEMORY = 65_536;
const GATHER_MS = 5;

/** Milliseconds on the monotonic clock of the machine. */
export const sharedClock = (): number => Number(process.hrtime.bigint()) / 1e6;

export class DeliveryLog {
  private readonly file: number;
  private readonly buffer = Buffer.alloc(NOTE_BYTES * NOTES_IN_MEMORY);
  private used = 0;
  private writing: Promise<void> | null = null;

  constructor(path: string) {
    this.file = openSync(path, 'a');
    const { size } = fstatSync(this.file);
    // A kill may have cut off what was being written; nothing followed from it.
    ftruncateSync(this.file, size - (size % NOTE_BYTES));
  }

  /** @returns resolves when it is in the file, together with what is noted at nearly the same time */
  note(kind: NoteKind, subscriber: number, sequence: number): Promise<void> {
    if (this.used === this.buffer.length) this.write();
    const { buffer, used } = this;
    buffer.writeUInt8(noteKinds.indexOf(kind), used);
    buffer.writeUInt16LE(subscriber, used + 2);
    buffer.writeUInt32LE(sequence, used + 4);
    buffer.writeDoubleLE(sharedClock(), used + 8);
    this.used += NOTE_BYTES;
    this.writing ??= sleep(GATHER_MS).then(() => {
      this.writing = null;
      this.write();
    });
    return this.writing;
  }

  close(): void {
    this.write();
    closeSync(this.file);
  }

  private write(): void {
    for (let from = 0; from < this.used; ) from += writeSync(this.file, this.buffer, from, this.used - from);
    this.used = 0;
  }
}

/** The notes of a file in order; a last one that was cut off is left out. */
export function* readNotes(path: string): Generator<Note> {
  const bytes = readFileSync(path);
  for (let at = 0; at + NOTE_BYTES <= bytes.length; at += NOTE_BYTES)
    yield {
      kind: noteKinds[bytes.readUInt8(at)] ?? 'begun',
      subscriber: bytes.readUInt16LE(at + 2),
      sequence: bytes.readUInt32LE(at + 4),
      at: bytes.readDoubleLE(at + 8),
    };
}
