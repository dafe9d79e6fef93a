/** Keeps known secrets out of whatever leaves an agent. */

const REDACTED = '[redacted]';
/** Shorter values are placeholders such as "none", which texts hold by chance. */
const MIN_SECRET_CHARS = 8;
/** Errors like to come as JSON in JSON, which escapes again and again. */
const NESTED_JSON = 4;

/** Takes the secrets of one call out of texts and values. */
export interface Scrubber {
  text: (text: string) => string;
  /** The same shape of plain JSON value; strings and keys scrubbed. */
  value: <T>(value: T) => T;
}

/** Makes a scrubber. Pure. @param secrets those shorter than 8 characters are left alone */
export function createScrubber(secrets: readonly string[]): Scrubber {
  // An endpoint may repeat a header's credential without its scheme. Longest first, for one may hold another.
  const known = [
    ...new Set(secrets.flatMap((secret) => [secret, secret.trim(), secret.replace(/^\w+\s+/, '')])),
  ]
    .filter((secret) => secret.length >= MIN_SECRET_CHARS)
    .sort((one, other) => other.length - one.length);
  const scrub = (text: string, forms: readonly string[]): string =>
    forms.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
  const inJson: string[] = [];
  let forms = known;
  for (let depth = 0; depth < NESTED_JSON; depth += 1) {
    forms = forms.map((secret) => JSON.stringify(secret).slice(1, -1));
    inJson.push(...forms);
  }
  return {
    text: (text) => scrub(text, [...known, ...inJson]),
    value: <T>(value: T): T =>
      known.length === 0 || value === undefined
        ? value
        : (JSON.parse(scrub(JSON.stringify(value), inJson)) as T),
  };
}
