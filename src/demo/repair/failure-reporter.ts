/** A `node:test` reporter that prints each failure as one line of JSON, with the values compared. */

/** A compared value, as far as it can be told across processes. */
export interface ValueShape {
  /** `typeof`, or `null`, `NaN`, `array`, or the name of the class. */
  readonly type: string;
  /** The value itself, for numbers, strings and booleans. */
  readonly value?: string;
  readonly items?: readonly ValueShape[];
  readonly fields?: Readonly<Record<string, ValueShape>>;
}

/** One line of the reporter. */
export interface ReportedFailure {
  readonly test: string;
  /** Line of the test in the suite, from 1. */
  readonly line: number;
  readonly name: string;
  readonly message: string;
  readonly actual?: ValueShape;
  readonly expected?: ValueShape;
}

// Runs inside the process of the suite, which loads it from this text: so it needs no file of its own
// beside the workspace and works the same from source and from the build.
const reporter = String.raw`
function shape(value, depth) {
  if (value === null) return { type: 'null' };
  if (Number.isNaN(value)) return { type: 'NaN' };
  if (['number', 'string', 'boolean'].includes(typeof value)) {
    return { type: typeof value, value: String(value).slice(0, 200) };
  }
  if (typeof value !== 'object') return { type: typeof value };
  if (Array.isArray(value)) {
    return { type: 'array', items: depth > 3 ? [] : Array.from(value.slice(0, 60), (item) => shape(item, depth + 1)) };
  }
  const type = value.constructor?.name ?? 'Object';
  if (type !== 'Object' || depth > 3) return { type };
  const fields = Object.entries(value).slice(0, 60);
  return { type, fields: Object.fromEntries(fields.map(([key, field]) => [key, shape(field, depth + 1)])) };
}
export default async function* report(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:fail' || data.details.error.failureType === 'subtestsFailed') continue;
    const outer = data.details.error;
    const error = outer.cause instanceof Object ? outer.cause : outer;
    const compared = error.code === 'ERR_ASSERTION' && 'actual' in error && error.generatedMessage === true;
    yield JSON.stringify({
      test: data.name, line: data.line ?? 0, name: String(error.name), message: String(error.message),
      ...(compared ? { actual: shape(error.actual, 0), expected: shape(error.expected, 0) } : {}),
    }) + '\n';
  }
}
`;

/** The reporter as the value of `--test-reporter`. */
export const failureReporterUrl = `data:text/javascript,${encodeURIComponent(reporter)}`;
