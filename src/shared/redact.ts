/**
 * Takes secrets out of whatever will be stored, indexed, logged or put into a workflow's history.
 *
 * Agents and strangers choose the text, so every rule takes time in proportion to its length: a look-behind lets
 * a rule begin only where a run of characters does, and what comes before the secret in that run is bounded.
 */

const REDACTED = '[redacted]';

const secretTexts: readonly RegExp[] = [
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g,
  /\b[srp]k-[\w-]{16,}/g,
  /\b(?:gh[opsur]|glpat|xox[abeprs])[_-][\w-]{16,}/g,
  /\bnpm_\w{16,}/g,
  /\bgithub_pat_\w{20,}/g,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /\bAIza[\w-]{30,}/g,
];
const jwt = /(?<![\w-])([\w-]{0,24}?)\beyJ[\w-]{8,16384}\.[\w-]{8,16384}\.[\w-]{8,16384}/g;
/** Not `Basic authentication`. */
const bearer = /\b([Bb]earer|BEARER|[Bb]asic|BASIC)\s{1,16}(?![a-z]{12,20}(?![\w~+/=-]))[\w.~+/=-]{12,}/g;
/** Up to the last @: people forget to encode one in a password. */
const urlCredentials = /(?<=[a-z\d]:\/\/)[^\s/:@"'<>]{0,1024}:[^\s/"'<>]{1,1024}@/gi;
const assignment =
  /(?<![\w-])([\w-]{0,100}?(?:password|passwd|secret|api[_-]?key|access[_-]?key|private[_-]?key)[\w-]{0,100}["']?\s{0,32}[:=]\s{0,32}["']?)([^\s"',;&]{4,})/gi;
/** `token` is a word of many meanings, so the value has to look like one. */
const tokenAssignment =
  /(?<![\w-])(([\w-]{0,100}?(?:token|Token|TOKEN))["']?\s{0,32}[:=]\s{0,32}["']?)([^\s"',;&]{8,})/g;
const secretKey =
  /password|passwd|secret|api[_-]?key|access[_-]?key|private[_-]?key|authorization|credential/i;
const tokenKeys = [/(?:^|[_-])(?:auth|access|refresh|id|api|bearer)?token$/i, /[a-z\d]Token$/];

/** Whether `token` is the last part of a name, and a whole one: neither `tokens` nor `tokenizer`. */
const isTokenKey = (name: string): boolean => tokenKeys.some((pattern) => pattern.test(name));

/** Not code such as `token: lexer.read2()`, nor a word. */
const isTokenLike = (value: string): boolean =>
  !value.includes('(') && (/^[\w-]{20,}$/.test(value) || (/[a-z]/i.test(value) && /\d/.test(value)));

/** Replaces secrets in a value; built once from the default rules and the user's own. */
export interface Redactor {
  text(text: string): string;
  /**
   * The same shape of value; strings redacted, and every value whose key names a secret. Not for ids: two that
   * look like secrets would become the same.
   */
  value<T>(value: T): T;
}

/**
 * Builds a redactor from the default rules (keys, tokens, passwords, credentials in URLs) and further
 * patterns. These run on everything that agents and callers say, up to megabytes of it at once, so they must
 * take time in proportion to its length: one like `(a+)+b` can be made to stop a worker.
 *
 * @param patterns sources of regular expressions whose whole match is replaced
 * @throws SyntaxError when a pattern is not a regular expression
 */
export function createRedactor(patterns: readonly string[] = []): Redactor {
  const own = patterns.map((source) => new RegExp(source, 'g'));
  const text = (input: string): string => {
    let out = input;
    for (const rule of secretTexts) out = out.replace(rule, REDACTED);
    for (const rule of own) out = out.replace(rule, REDACTED);
    return out
      .replace(jwt, `$1${REDACTED}`)
      .replace(bearer, `$1 ${REDACTED}`)
      .replace(urlCredentials, `${REDACTED}@`)
      .replace(assignment, `$1${REDACTED}`)
      .replace(tokenAssignment, (all: string, before: string, name: string, value: string) =>
        isTokenKey(name) && isTokenLike(value) ? `${before}${REDACTED}` : all,
      );
  };
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(walk);
    if (value === null || typeof value !== 'object' || value instanceof Date) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        typeof inner === 'string' && (secretKey.test(key) || isTokenKey(key)) ? REDACTED : walk(inner),
      ]),
    );
  };
  return { text, value: <T>(value: T): T => walk(value) as T };
}
