/** What a linter would find wrong with the names of a workspace, and how each finding can be mended. */
import { type Binding, type ModuleNames, namesOf, visibleAt } from './scope.js';
import type { Edit, SourceFile } from './source.js';

/** One finding with its possible corrections, the likeliest first. */
export interface Finding {
  readonly rule: 'no-undef' | 'no-unknown-member' | 'import-named' | 'import-path';
  readonly path: string;
  readonly line: number;
  readonly fixes: readonly { readonly path: string; readonly edit: Edit }[];
}

const MAX_FIXES = 4;
const globals: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(globalThis),
  'undefined',
  'arguments',
]);

/** Names that members of the language's own values have. */
const builtInMembers: ReadonlySet<string> = new Set(
  Object.getOwnPropertyNames(globalThis)
    .filter((name) => /^[A-Z]/.test(name))
    .flatMap((name) => {
      const value: unknown = Reflect.get(globalThis, name);
      if (typeof value !== 'function' && typeof value !== 'object') return [];
      const prototype: unknown = typeof value === 'function' ? value.prototype : undefined;
      return [value, prototype].flatMap((owner) =>
        owner === null || owner === undefined ? [] : Object.getOwnPropertyNames(owner),
      );
    })
    .concat('size', 'next', 'value', 'done', 'then', 'catch', 'finally'),
);

interface Module {
  readonly file: SourceFile;
  readonly names: ModuleNames;
}

/**
 * Looks for names that nothing declares, members that nothing has, and imports that nothing exports.
 *
 * @param sources the modules that may be changed
 * @param suites the test suites, which are read only
 */
export function lint(sources: readonly SourceFile[], suites: readonly SourceFile[]): Finding[] {
  const modules = sources.map((file) => ({ file, names: namesOf(file) }));
  const readers = suites.map((file) => ({ file, names: namesOf(file) }));
  return [
    ...[...modules, ...readers].flatMap((module) => brokenImports(module, modules, readers.includes(module))),
    ...modules.flatMap((module) => undeclared(module, modules)),
    ...modules.flatMap((module) => unknownMembers(module, [...modules, ...readers])),
  ];
}

function undeclared({ file, names }: Module, modules: readonly Module[]): Finding[] {
  return names.references.flatMap((reference): Finding[] => {
    const visible = visibleAt(names, reference.start);
    if (globals.has(reference.name) || visible.some(({ name }) => name === reference.name)) return [];
    const importable = modules
      .filter((other) => other.file !== file && other.names.exports.has(reference.name))
      .map((other) => ({ path: file.path, edit: addImport(file, names, reference.name, other.file.path) }));
    const used = new Set(names.references.map(({ name }) => name));
    // A name that is declared but nowhere used is the likeliest to have been meant.
    const unusedFirst = (name: string) => (used.has(name) ? 0 : -0.5);
    const renamed = closest(
      reference.name,
      [...visible.map(({ name }) => name), ...globals],
      unusedFirst,
    ).map((text) => ({ path: file.path, edit: { start: reference.start, end: reference.end, text } }));
    return finding('no-undef', file, reference.start, [...importable, ...renamed]);
  });
}

function unknownMembers({ file, names }: Module, all: readonly Module[]): Finding[] {
  const mentions = new Map<string, number>();
  for (const { name } of all.flatMap((module) => module.names.members)) {
    mentions.set(name, (mentions.get(name) ?? 0) + 1);
  }
  const known = new Set([...builtInMembers, ...all.flatMap((module) => [...module.names.memberNames])]);
  return names.members.flatMap((member): Finding[] => {
    if (known.has(member.name) || (mentions.get(member.name) ?? 0) > 1) return [];
    const fixes = closest(member.name, [...known, ...mentions.keys()]).map((text) => ({
      path: file.path,
      edit: { start: member.start, end: member.end, text },
    }));
    return finding('no-unknown-member', file, member.start, fixes);
  });
}

function brokenImports({ file, names }: Module, modules: readonly Module[], readOnly: boolean): Finding[] {
  return names.imports.flatMap((item): Finding[] => {
    if (!item.from.startsWith('./')) return [];
    const target = modules.find((module) => module.file.path === item.from.slice(2));
    if (target === undefined) {
      if (readOnly) return [];
      const paths = modules.map((module) => `./${module.file.path}`).filter((path) => path !== item.from);
      const fixes = closest(item.from, paths).map((path) => ({
        path: file.path,
        edit: { start: item.fromStart, end: item.fromEnd, text: `'${path}'` },
      }));
      return finding('import-path', file, item.fromStart, fixes);
    }
    if (target.names.exports.has(item.name)) return [];
    const declaredAt = target.names.unexported.get(item.name);
    const path = target.file.path;
    if (declaredAt !== undefined) {
      const edit = { start: declaredAt, end: declaredAt, text: 'export ' };
      return finding('import-named', file, item.start, [{ path, edit }]);
    }
    const fixes = readOnly
      ? renamings(target, item.name).map((edit) => ({ path, edit }))
      : closest(item.name, [...target.names.exports]).map((text) => ({
          path: file.path,
          edit: { start: item.start, end: item.end, text },
        }));
    return finding('import-named', file, item.start, fixes);
  });
}

/** Renames a top-level declaration to the name that the suite asks for. */
function renamings(target: Module, wanted: string): Edit[] {
  const top = target.names.bindings.filter((binding: Binding) => binding.topLevel);
  return closest(
    wanted,
    top.map(({ name }) => name),
  ).flatMap((name) => {
    const position = top.find((binding) => binding.name === name)?.position;
    return position === undefined ? [] : { start: position, end: position + name.length, text: wanted };
  });
}

function addImport(file: SourceFile, names: ModuleNames, name: string, path: string): Edit {
  const existing = names.imports.find((item) => item.from === `./${path}`);
  if (existing !== undefined) return { start: existing.start, end: existing.start, text: `${name}, ` };
  const start = file.text.startsWith('#!') ? file.text.indexOf('\n') + 1 : 0;
  return { start, end: start, text: `import { ${name} } from './${path}';\n` };
}

function finding(
  rule: Finding['rule'],
  file: SourceFile,
  position: number,
  fixes: Finding['fixes'],
): Finding[] {
  const line = file.text.slice(0, position).split('\n').length;
  return fixes.length === 0 ? [] : [{ rule, path: file.path, line, fixes: fixes.slice(0, MAX_FIXES) }];
}

/** The candidates that a slip of the keyboard could have turned into `name`, the closest first. */
function closest(
  name: string,
  candidates: readonly string[],
  bonus: (candidate: string) => number = () => 0,
): string[] {
  const limit = name.length < 4 ? 1 : 2;
  return [...new Set(candidates)]
    .filter((candidate) => candidate !== name && Math.abs(candidate.length - name.length) <= limit)
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .filter(({ distance }) => distance <= limit)
    .map(({ candidate, distance }) => ({ candidate, rank: distance + bonus(candidate) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ candidate }) => candidate);
}

/** Least number of letters to insert, delete, replace, or swap with their neighbour. */
function editDistance(from: string, to: string): number {
  let older: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const replaced = (previous[column - 1] ?? 0) + (same ? 0 : 1);
      let best = Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      if (from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        best = Math.min(best, (older[column - 2] ?? Number.POSITIVE_INFINITY) + 1);
      }
      current.push(best);
    }
    older = previous;
    previous = current;
  }
  return previous[to.length] ?? 0;
}
