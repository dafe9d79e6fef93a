/** Finds where a text stops being JSON: the runtimes' own messages name no line. */

const token =
  // oxlint-disable-next-line no-control-regex -- JSON forbids control characters in strings
  /[ \t\r\n]*(?:([{}[\]:,])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;

/** What may come next while reading. */
type Expectation = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or ]' | ', or }' | 'end';

const wording: Record<Expectation, string> = {
  value: 'a value',
  'value or ]': 'a value or ]',
  key: 'a name in double quotes',
  'key or }': 'a name in double quotes or }',
  ':': '":"',
  ', or ]': '"," or "]"',
  ', or }': '"," or "}"',
  end: 'the end of the text',
};

/** Where and why a text is not JSON; lines and columns begin at 1. */
export interface JsonSyntaxError {
  line: number;
  column: number;
  found: string;
  allowed: string;
}

/** The first syntax error of a text, or null when it is JSON. */
export function jsonSyntaxError(text: string): JsonSyntaxError | null {
  const open: ('{' | '[')[] = [];
  let expected: Expectation = 'value';
  let offset = 0;
  for (;;) {
    token.lastIndex = offset;
    const match = token.exec(text);
    const rest = offset + (/^[ \t\r\n]*/.exec(text.slice(offset))?.[0].length ?? 0);
    if (match === null) return expected === 'end' && rest === text.length ? null : at(text, rest, expected);
    const [, mark, string] = match;
    const next = step(expected, mark ?? (string === undefined ? 'literal' : 'string'), open);
    if (next === null) return at(text, rest, expected);
    expected = next;
    offset = token.lastIndex;
  }
}

function step(expected: Expectation, kind: string, open: ('{' | '[')[]): Expectation | null {
  const wantsValue = expected === 'value' || expected === 'value or ]';
  if (kind === '{' || kind === '[') {
    if (!wantsValue) return null;
    open.push(kind);
    return kind === '{' ? 'key or }' : 'value or ]';
  }
  if (kind === '}' || kind === ']') {
    const fits =
      kind === '}'
        ? expected === 'key or }' || expected === ', or }'
        : expected === 'value or ]' || expected === ', or ]';
    if (!fits) return null;
    open.pop();
    return afterValue(open);
  }
  if (kind === ':') return expected === ':' ? 'value' : null;
  if (kind === ',') return expected === ', or ]' ? 'value' : expected === ', or }' ? 'key' : null;
  if (wantsValue) return afterValue(open);
  return kind === 'string' && (expected === 'key' || expected === 'key or }') ? ':' : null;
}

function afterValue(open: readonly ('{' | '[')[]): Expectation {
  const within = open.at(-1);
  return within === undefined ? 'end' : within === '{' ? ', or }' : ', or ]';
}

function at(text: string, offset: number, expected: Expectation): JsonSyntaxError {
  const before = text.slice(0, offset).split('\n');
  return {
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    found: offset >= text.length ? 'end of text' : text.slice(offset, offset + 20),
    allowed: wording[expected],
  };
}
