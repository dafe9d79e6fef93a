/** What was shared of late, found by its words. */
import { leastInCommon } from '../likeness/overlap.js';
import type { Said } from './likeness-of-shares.js';

export interface RecentShare {
  id: string;
  said: Said;
  /** On the monotonic clock. */
  at: number;
}

export class RecentShares {
  /** Oldest first. */
  private readonly kept = new Set<RecentShare>();
  private readonly byTerm = new Map<string, Set<RecentShare>>();
  private last = Number.NEGATIVE_INFINITY;

  /** @param most how many are kept */
  constructor(private readonly most: number) {}

  /** When the last came. */
  get lastAt(): number {
    return this.last;
  }

  add(share: RecentShare): void {
    this.last = share.at;
    this.kept.add(share);
    for (const term of share.said.terms) {
      const ofTerm = this.byTerm.get(term) ?? new Set<RecentShare>();
      this.byTerm.set(term, ofTerm.add(share));
    }
    for (const oldest of this.kept) {
      if (this.kept.size <= this.most) break;
      this.forget(oldest);
    }
  }

  forgetBefore(time: number): void {
    for (const oldest of this.kept) {
      if (oldest.at >= time) break;
      this.forget(oldest);
    }
  }

  /** Those with so many words of it that they are worth comparing, oldest first. */
  near({ terms }: Said): RecentShare[] {
    if (terms.size === 0) return [...this.kept].filter(({ said }) => said.terms.size === 0);
    const inCommon = new Map<RecentShare, number>();
    for (const term of terms)
      for (const share of this.byTerm.get(term) ?? []) inCommon.set(share, (inCommon.get(share) ?? 0) + 1);
    return [...inCommon]
      .filter(([{ said }, count]) => count >= leastInCommon(terms.size, said.terms.size))
      .map(([share]) => share)
      .sort((one, other) => one.at - other.at);
  }

  private forget(share: RecentShare): void {
    this.kept.delete(share);
    for (const term of share.said.terms) {
      const ofTerm = this.byTerm.get(term);
      ofTerm?.delete(share);
      if (ofTerm?.size === 0) this.byTerm.delete(term);
    }
  }
}
