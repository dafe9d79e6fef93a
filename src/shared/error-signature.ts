/** What identifies an error across tasks: its text without the parts that differ from run to run. */

const MAX_SIGNATURE = 120;

const variableParts: readonly (readonly [RegExp, string])[] = [
  // eslint-disable-next-line no-control-regex -- terminal colours are noise in an error's text
  [/\u001b\[[0-9;]*m/g, ''],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}\b/gi, '<hash>'],
  [/(?:file:\/\/)?(?:[A-Za-z]:)?(?:[\w.@~-]*[/\\]){1,}[\w.@~-]+(?::\d+)*/g, '<path>'],
  [/(["'`])(?:\\.|(?!\1).){0,400}\1/g, '<text>'],
  [/[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi, '<n>'],
];

/**
 * Normalises an error's text to a signature shared by all occurrences of the same kind of error: the first
 * line, with paths, ids, hashes, quoted texts and numbers replaced by placeholders.
 *
 * @param text the error as it was reported; may have many lines
 * @returns at most 120 characters; empty only when the text is blank
 */
export function errorSignature(text: string): string {
  const firstLine = text.split('\n').find((line) => line.trim() !== '') ?? '';
  let signature = firstLine.slice(0, 2_000);
  for (const [part, placeholder] of variableParts) signature = signature.replace(part, placeholder);
  return signature.replace(/\s+/g, ' ').trim().slice(0, MAX_SIGNATURE);
}

/**
 * The class of an error, where its signature begins with one: `TypeError` of `TypeError: x is not a function`.
 * What holds for the class is known sooner than what holds for the one error.
 */
export function errorClass(signature: string): string | null {
  return /^([A-Za-z_$][\w$.]*(?:Error|Exception|Failure|Panic))\b/.exec(signature)?.[1] ?? null;
}
