/** Which parts of the sources a failing test can have exercised. */
import type { AnyNode } from 'acorn';
import type { SuiteFailure } from './run-suite.js';
import { parseSource, type SourceFile, visitNodes } from './source.js';

/** Answers whether a position of a source file may hold the cause. */
export type Suspicion = (path: string, position: number) => boolean;

interface Unit {
  readonly name: string;
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly mentions: ReadonlySet<string>;
}

/**
 * Follows the names that the failing tests mention through the functions, methods and top-level values of the
 * sources. When nothing can be followed (the suite did not even load) all positions are suspect.
 */
export function suspicionOf(
  sources: readonly SourceFile[],
  suites: ReadonlyMap<string, string>,
  failures: readonly SuiteFailure[],
): Suspicion {
  const units = sources.flatMap(unitsOf);
  const wanted = new Set<string>();
  for (const [path, text] of suites) {
    const suite = parseSource(path, text);
    if (suite === undefined) continue;
    const helpers = unitsOf(suite);
    for (const failure of failures) {
      for (const name of mentionedAt(suite, failure.line)) follow(name, helpers, wanted);
    }
  }
  const suspects = new Set<Unit>();
  for (const name of wanted) follow(name, units, new Set(), suspects);
  if (suspects.size === 0) return () => true;
  return (path, position) =>
    [...suspects].some((unit) => unit.path === path && unit.start <= position && position < unit.end);
}

function follow(name: string, units: readonly Unit[], seen: Set<string>, reached?: Set<Unit>): void {
  if (seen.has(name)) return;
  seen.add(name);
  for (const unit of units) {
    if (unit.name !== name) continue;
    reached?.add(unit);
    for (const mentioned of unit.mentions) follow(mentioned, units, seen, reached);
  }
}

/** Top-level declarations, and each method of a class for itself. */
function unitsOf(file: SourceFile): Unit[] {
  const units: Unit[] = [];
  const add = (name: string, node: AnyNode) =>
    units.push({ name, path: file.path, start: node.start, end: node.end, mentions: mentionsIn(file, node) });
  for (const statement of file.ast.body) {
    const exported = statement.type === 'ExportNamedDeclaration' ? statement.declaration : undefined;
    const declaration = exported ?? statement;
    if (declaration.type === 'FunctionDeclaration') add(declaration.id.name, declaration);
    if (declaration.type === 'VariableDeclaration') {
      for (const item of declaration.declarations) {
        if (item.id.type === 'Identifier') add(item.id.name, item);
      }
    }
    if (declaration.type === 'ClassDeclaration') {
      for (const member of declaration.body.body) {
        if (member.type !== 'MethodDefinition' || member.key.type !== 'Identifier') continue;
        // Whoever makes an instance runs its constructor.
        add(member.kind === 'constructor' ? declaration.id.name : member.key.name, member);
      }
    }
  }
  return units;
}

function mentionsIn(file: SourceFile, within: { start: number; end: number }): Set<string> {
  const names = new Set<string>();
  visitNodes(file, (node) => {
    if (node.start < within.start || node.end > within.end) return;
    if (node.type === 'Identifier') names.add(node.name);
    if (node.type === 'MemberExpression' && node.property.type === 'Identifier')
      names.add(node.property.name);
  });
  return names;
}

function mentionedAt(suite: SourceFile, line: number): ReadonlySet<string> {
  const test = suite.ast.body.find(
    (statement) => statement.loc !== undefined && statement.loc !== null && statement.loc.start.line === line,
  );
  return test === undefined ? new Set() : mentionsIn(suite, test);
}
