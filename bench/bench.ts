/** What a measurement found: its figures, and how to say them. */
export interface BenchReport {
  figures: Record<string, unknown>;
  text: string;
}

/** A measurement: tells its progress on stderr. */
export type Bench = () => Promise<BenchReport>;

/** A measurement with options of its own beside `--json`. */
export interface BenchWithOptions {
  /** What each option takes, by its name without the dashes. */
  options: Readonly<Record<string, string>>;
  /** @throws InvalidInputError where a value is not allowed */
  run: (values: ReadonlyMap<string, string>) => Promise<BenchReport>;
}
