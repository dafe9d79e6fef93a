/** Where one subscription stands in one channel. */
import type { Acknowledgements, Mark } from './acknowledgements.js';
import type { ChannelTail } from './channel-tail.js';
import { type Entry, entryAfter, type Stretch } from './stretch.js';
import type { Withdrawals } from './withdrawals.js';

/** Positions that are looked through at once where none of their items is in force. */
const WIDEST_SPAN = 8_192;

export interface CursorParts {
  tail: ChannelTail;
  mark: Mark;
  withdrawals: Withdrawals;
  acknowledgements: Acknowledgements;
}

export class Cursor {
  /** The last item that was handed out. */
  private handed: number;
  /** The last position that this subscription acknowledged. */
  private noted: number;
  /** What was read for this reader because it is not near the channel's end. */
  private page: Stretch | null = null;
  private isReading = false;
  /** On the monotonic clock: only what is read from then on does. */
  private readAfter = Number.NEGATIVE_INFINITY;
  private widened = 1;

  /** @param position up to which nothing is to be handed out */
  constructor(
    private readonly parts: CursorParts,
    private position: number,
  ) {
    this.handed = position;
    this.noted = position;
  }

  get tail(): ChannelTail {
    return this.parts.tail;
  }

  get mark(): Mark {
    return this.parts.mark;
  }

  /** Items that it holds for itself. */
  get held(): number {
    return this.page?.entries.length ?? 0;
  }

  /** The next item; null where it has to be read first, or there is none yet. */
  take(): Entry | null {
    const { tail, mark, withdrawals } = this.parts;
    while (this.position < tail.end) {
      const stretch = this.covering();
      if (stretch === null) return null;
      const entry = entryAfter(stretch, this.position);
      if (entry === null) {
        this.passTo(stretch.through);
        continue;
      }
      if (withdrawals.since(entry.key, stretch.readAt)) {
        this.page = null;
        this.readAfter = performance.now();
        return null;
      }
      this.passTo(entry.sequence - 1);
      this.position = entry.sequence;
      // Else it was taken in through another subscription of the same agent.
      if (entry.sequence > mark.durable) {
        this.handed = entry.sequence;
        return entry;
      }
    }
    this.page = null;
    return null;
  }

  /**
   * Has what is missing for the next item read.
   *
   * @param ahead items that it may hold
   * @returns resolves when it may be there; null where nothing has to be read, or is being read already
   */
  read(ahead: number): Promise<void> | null {
    const { tail } = this.parts;
    if (this.position >= tail.end) {
      tail.readOn();
      return null;
    }
    if (this.isReading || this.covering() !== null) return null;
    this.isReading = true;
    const span = Math.min(ahead * this.widened, Math.max(ahead, WIDEST_SPAN));
    return tail
      .page(this.position, span, ahead, this.readAfter)
      .then((page) => {
        this.page = page;
        this.readAfter = Number.NEGATIVE_INFINITY;
        this.widened = page.entries.length === 0 ? this.widened * 2 : 1;
      })
      .finally(() => {
        this.isReading = false;
      });
  }

  /** The agent was found to have come so far. */
  skipTo(acknowledged: number): void {
    this.position = Math.max(this.position, acknowledged);
  }

  acknowledge(sequence: number): Promise<void> {
    // Positions after the last item that hold nothing in force go with it.
    const upTo = sequence === this.handed ? Math.max(sequence, this.position) : sequence;
    this.noted = Math.max(this.noted, upTo);
    return this.parts.acknowledgements.note(this.parts.mark, upTo);
  }

  /** Passes over positions without an item in force; with all before them acknowledged, they are too. */
  private passTo(position: number): void {
    if (position <= this.position) return;
    this.position = position;
    if (this.handed <= Math.max(this.noted, this.parts.mark.durable)) {
      this.noted = position;
      void this.parts.acknowledgements.note(this.parts.mark, position);
    }
  }

  private covering(): Stretch | null {
    const { page, position, parts } = this;
    if (page !== null && page.after <= position && position < page.through && !parts.tail.isOutdated(page))
      return page;
    this.page = null;
    return this.readAfter > Number.NEGATIVE_INFINITY ? null : parts.tail.recentAfter(position);
  }
}
