/** Which files a git patch changes, read from its headers. */

/** One file of a patch. */
export interface PatchedFile {
  /** Null for a new file. */
  from: string | null;
  /** Null for a file that is removed. */
  to: string | null;
  /** Content and mode before and after; left out where they stay. */
  before: FileState;
  after: FileState;
}

interface FileState {
  /** Of the blob. */
  id?: string;
  /** Such as 100644. */
  mode?: string;
}

/**
 * Reads the files of a patch as `git diff --full-index` writes it. Lines of content begin with a character of
 * their own (text) or hold no space (binary), so none is taken for a header.
 *
 * @throws Error when it is not such a patch
 */
export function readPatchHeaders(patch: Uint8Array): PatchedFile[] {
  const text = Buffer.from(patch.buffer, patch.byteOffset, patch.byteLength).toString('latin1');
  const sections = text.split(/^(?=diff --git )/m).filter((section) => section !== '');
  return sections.map((section) => {
    if (!section.startsWith('diff --git ')) throw new Error('the change is not a git patch');
    // The content begins at the first hunk; before it are headers only.
    const end = section.search(/^(@@ |GIT binary patch$)/m);
    const headers = section.slice(0, end === -1 ? undefined : end).split('\n');
    const said = (start: string): string | undefined =>
      headers.find((line) => line.startsWith(start))?.slice(start.length);
    const from = said('rename from ');
    const to = said('rename to ');
    const [, idBefore, idAfter] = /^([0-9a-f]+)\.\.([0-9a-f]+)/.exec(said('index ') ?? '') ?? [];
    const states = {
      before: stateOf(idBefore, said('old mode ')),
      after: stateOf(idAfter, said('new mode ')),
    };
    if (from !== undefined && to !== undefined) return { from: unquoted(from), to: unquoted(to), ...states };
    const path = sameName(headers[0]?.slice('diff --git '.length) ?? '');
    return {
      from: said('new file mode ') === undefined ? path : null,
      to: said('deleted file mode ') === undefined ? path : null,
      ...states,
    };
  });
}

const stateOf = (id: string | undefined, mode: string | undefined): FileState => ({
  ...(id === undefined ? {} : { id }),
  ...(mode === undefined ? {} : { mode }),
});

/**
 * Puts names into quotes that git would not read back: with a space before a slash, it takes `diff --git a/x /y
 * b/x /y` for other names, and a patch of a file without lines has no second place for them.
 */
export function quoteUnclearNames(patch: Buffer): Buffer {
  const text = patch.toString('latin1');
  const unclear = /^diff --git (a\/.* \/.*)$/gm;
  if (!unclear.test(text)) return patch;
  const quote = (whole: string, pair: string): string => {
    const half = (pair.length - 1) / 2;
    const [one, other] = [pair.slice(0, half), pair.slice(half + 1)];
    // A renamed file's names stand by themselves in other lines.
    return one.slice(2) === other.slice(2) ? `diff --git "${one}" "${other}"` : whole;
  };
  return Buffer.from(text.replace(unclear, quote), 'latin1');
}

/** The name in `a/name b/name`; either may be quoted, and they are the same. */
function sameName(pair: string): string {
  const half = pair.slice(0, (pair.length - 1) / 2);
  const other = pair.slice(half.length + 1);
  const [one, two] = [unquoted(half), unquoted(other)];
  if (!one.startsWith('a/') || !two.startsWith('b/') || one.slice(2) !== two.slice(2))
    throw new Error(`the change is not a git patch: ${JSON.stringify(pair)} are not two names of one file`);
  return one.slice(2);
}

const escapes: Record<string, number> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 };

/** A name as git writes it: plain, or in quotes with escapes and octal bytes. */
function unquoted(name: string): string {
  if (!name.startsWith('"')) return Buffer.from(name, 'latin1').toString('utf8');
  const bytes: number[] = [];
  for (const [, octal, letter, plain] of name.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\])/gs))
    bytes.push(
      octal !== undefined
        ? Number.parseInt(octal, 8)
        : letter !== undefined
          ? (escapes[letter] ?? letter.charCodeAt(0))
          : (plain ?? '').charCodeAt(0),
    );
  return Buffer.from(bytes).toString('utf8');
}
