/** What the sample platform publishes. */
export interface Release {
  name: string;
  /** Suite of checks to run; `broken` fails, `slow` waits until it is told to stop. */
  suite: 'quick' | 'broken' | 'slow';
}

export interface Published {
  name: string;
  notes: string;
  passed: number;
}
