/** Takes secrets out of whatever will be stored, indexed, logged or put into a workflow's history. */

const REDACTED = '[redacted]';

const secretTexts: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g,
  /\b(?:sk|pk|rk)-(?:[A-Za-z]+-)?[\w-]{16,}/g,
  /\b(?:ghp|gho|ghu|ghs|ghr|glpat|npm|xox[abprs])[_-][\w-]{16,}/g,
  /\bgithub_pat_\w{20,}/g,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /\bAIza[\w-]{30,}/g,
];
const bearer = /\b(Bearer|Basic)\s+[\w.~+/=-]{12,}/gi;
const urlCredentials = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/:@]+:[^\s/@]+@/gi;
const assignment =
  /\b([\w-]*(?:password|passwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key)[\w-]*["']?\s*[:=]\s*["']?)([^\s"',;&]{4,})/gi;
const secretKey =
  /password|passwd|secret|api[_-]?key|access[_-]?key|private[_-]?key|authorization|credential/i;
const tokenKey = /(^|[_-])(?:auth|access|refresh|id|api|bearer)?[_-]?token$/i;

/** Replaces secrets in a value; built once from the default rules and the user's own. */
export interface Redactor {
  text(text: string): string;
  /** The same shape of value; strings redacted, and every value whose key names a secret. */
  value<T>(value: T): T;
}

/**
 * Builds a redactor from the default rules (keys, tokens, passwords, credentials in URLs) and further
 * patterns.
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
      .replace(bearer, `$1 ${REDACTED}`)
      .replace(urlCredentials, `$1${REDACTED}@`)
      .replace(assignment, `$1${REDACTED}`);
  };
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(walk);
    if (value === null || typeof value !== 'object' || value instanceof Date) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        typeof inner === 'string' && (secretKey.test(key) || tokenKey.test(key)) ? REDACTED : walk(inner),
      ]),
    );
  };
  return { text, value: <T>(value: T): T => walk(value) as T };
}
