/** A measurement: tells its progress on stderr, and returns its figures and how to say them. */
export type Bench = () => Promise<{ figures: Record<string, unknown>; text: string }>;
