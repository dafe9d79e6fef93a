import { describe, expect, it } from 'vitest';
import { quoteUnclearNames, readPatchHeaders } from '../../../src/agents/workspaces/patch-header.js';

const read = (...lines: string[]) => readPatchHeaders(Buffer.from(lines.map((line) => `${line}\n`).join('')));
const [one, two] = ['1'.repeat(40), '2'.repeat(40)];

describe('the headers of a patch', () => {
  it('name the files, with what they were and are', () => {
    const patched = read(
      'diff --git a/a b.txt b/a b.txt',
      `index ${one}..${two} 100644`,
      '--- a/a b.txt\t',
      '+++ b/a b.txt\t',
      '@@ -1 +1 @@',
      '-diff --git a/x b/x',
      '+rename from y',
      'diff --git a/old b/new',
      'similarity index 100%',
      'rename from old',
      'rename to new',
      'diff --git "a/\\303\\251\\n\\"q\\"" "b/\\303\\251\\n\\"q\\""',
      'new file mode 100755',
      `index ${one}..${two}`,
      'GIT binary patch',
      'literal 0',
      'HcmV?d00001',
      '',
      'diff --git a/gone b/gone',
      'deleted file mode 100644',
      `index ${one}..${two}`,
      'diff --git a/run b/run',
      'old mode 100644',
      'new mode 100755',
    );
    expect(patched).toEqual([
      { from: 'a b.txt', to: 'a b.txt', before: { id: one }, after: { id: two } },
      { from: 'old', to: 'new', before: {}, after: {} },
      { from: null, to: 'é\n"q"', before: { id: one }, after: { id: two } },
      { from: 'gone', to: null, before: { id: one }, after: { id: two } },
      { from: 'run', to: 'run', before: { mode: '100644' }, after: { mode: '100755' } },
    ]);
  });

  it.each([['no patch at all'], ['--- a/x\n+++ b/x'], ['diff --git a/x b/y\nnew file mode 100644']])(
    'are refused where they are none: %j',
    (text) => {
      expect(() => read(text)).toThrow(/not a git patch/);
    },
  );

  it('are put in quotes where git would misread them, and only there', () => {
    const text = (header: string) => Buffer.from(`${header}\nnew file mode 100644\n`);
    expect(quoteUnclearNames(text('diff --git a/x /y b/x /y'))).toEqual(text('diff --git "a/x /y" "b/x /y"'));
    for (const header of [
      'diff --git a/x y/z b/x y/z',
      'diff --git a/x /y b/x /z',
      ' diff --git a/x /y b/x /y',
    ])
      expect(quoteUnclearNames(text(header))).toEqual(text(header));
  });
});
