/**
 * Words of others within a block: marked line by line, so that no text can pose as an item beside its own. The
 * tags around the block keep it from posing as anything else. Both are measures of "spotlighting" (delimiting and
 * datamarking: Hines et al., Defending Against Indirect Prompt Injection Attacks With Spotlighting, 2024).
 */

/** No item of ours begins so. */
const INDENT = '  ';
const MARK = `${INDENT}| `;
/** Whatever a reader may take for the end of a line. */
const lineEnd = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;
const blank = /[\s\u0085]+/g;

/** A text as one line. */
export const oneLine = (text: string): string => text.replace(blank, ' ').trim();

/** A text of which every line but the first is indented. */
export const indented = (text: string): string => text.split(lineEnd).join(`\n${INDENT}${INDENT}`);

/** A text of which every line begins with the mark. */
export const marked = (text: string): string =>
  text
    .split(lineEnd)
    .map((line) => MARK + line)
    .join('\n');

/** Marks the lines that lost their beginning when the middle of a text was cut out; the first has it still. */
export const markedAgain = (text: string): string =>
  text
    .split('\n')
    .map((line, index) => (index === 0 || line.startsWith(INDENT) ? line : MARK + line))
    .join('\n');

/** Tokens that marking again may add: for the line that says what was cut, and the rest of a line after it. */
export const MARKED_AGAIN_TOKENS = 8;
