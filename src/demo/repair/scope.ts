/** Names of a module: what is declared where, what is used, and what it imports and exports. */
import type { AnyNode, Pattern } from 'acorn';
import { isFunction, type SourceFile, visitNodes } from './source.js';

/** A declared name and the range of positions in which it can be seen. */
export interface Binding {
  readonly name: string;
  /** Position of the name where it is declared. */
  readonly position: number;
  readonly from: number;
  readonly to: number;
  readonly topLevel: boolean;
}

/** One use of a name or of a member. */
interface Use {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

interface Import extends Use {
  /** The module's path as it is written. */
  readonly from: string;
  /** Position of the path's string, quotes included. */
  readonly fromStart: number;
  readonly fromEnd: number;
}

export interface ModuleNames {
  readonly bindings: readonly Binding[];
  readonly references: readonly Use[];
  /** Members that are read or called by name: `length` in `list.length`. */
  readonly members: readonly Use[];
  /** Names that a value of the module can have as members: keys of object literals, methods and accessors. */
  readonly memberNames: ReadonlySet<string>;
  readonly imports: readonly Import[];
  readonly exports: ReadonlySet<string>;
  /** Positions of top-level declarations without `export`, by name. */
  readonly unexported: ReadonlyMap<string, number>;
}

/** Collects all names of a module. */
export function namesOf(file: SourceFile): ModuleNames {
  const bindings: Binding[] = [];
  const identifiers: Use[] = [];
  const members: Use[] = [];
  const memberNames = new Set<string>();
  const whole = { start: 0, end: file.text.length };
  const bind = (pattern: Pattern, scope: { start: number; end: number }) => {
    for (const { name, start } of patternNames(pattern)) {
      const topLevel = scope === whole;
      bindings.push({ name, position: start, from: scope.start, to: scope.end, topLevel });
    }
  };
  visitNodes(file, (node, ancestors) => {
    const scope = ancestors.findLast(opensScope) ?? whole;
    if (isFunction(node)) {
      for (const parameter of node.params) bind(parameter, node);
      if (node.type === 'FunctionDeclaration' && node.id !== null) bind(node.id, scope);
    } else if (node.type === 'ClassDeclaration' && node.id !== null) bind(node.id, scope);
    else if (node.type === 'VariableDeclarator') bind(node.id, scope);
    else if (node.type === 'CatchClause' && node.param) bind(node.param, node);
    else if (node.type === 'Identifier') identifiers.push(use(node));
    else if (node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier') {
      members.push(use(node.property));
    } else if (node.type === 'ObjectExpression') {
      for (const item of node.properties) {
        if (item.type === 'Property' && item.key.type === 'Identifier') memberNames.add(item.key.name);
      }
    } else if (node.type === 'MethodDefinition' && node.key.type === 'Identifier')
      memberNames.add(node.key.name);
  });
  const imports = importsOf(file);
  for (const item of imports) {
    bindings.push({ name: item.name, position: item.start, from: 0, to: whole.end, topLevel: true });
  }
  const declared = new Set(bindings.map((binding) => binding.position));
  const references = identifiers.filter((identifier) => !declared.has(identifier.start));
  return { bindings, references, members, memberNames, imports, ...exportsOf(file) };
}

/** The names in scope at a position. */
export function visibleAt(names: ModuleNames, position: number): Binding[] {
  return names.bindings.filter((binding) => binding.from <= position && position < binding.to);
}

function opensScope(node: AnyNode): boolean {
  return (
    isFunction(node) ||
    node.type === 'BlockStatement' ||
    node.type === 'ForStatement' ||
    node.type === 'ForOfStatement'
  );
}

function use(node: { name: string; start: number; end: number }): Use {
  return { name: node.name, start: node.start, end: node.end };
}

function patternNames(pattern: Pattern): Use[] {
  switch (pattern.type) {
    case 'Identifier':
      return [use(pattern)];
    case 'AssignmentPattern':
      return patternNames(pattern.left);
    case 'RestElement':
      return patternNames(pattern.argument);
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element === null ? [] : patternNames(element)));
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        patternNames(property.type === 'RestElement' ? property.argument : property.value),
      );
    default:
      return [];
  }
}

function importsOf(file: SourceFile): Import[] {
  return file.ast.body.flatMap((statement) => {
    if (statement.type !== 'ImportDeclaration') return [];
    const { source } = statement;
    return statement.specifiers.flatMap((specifier) =>
      specifier.type === 'ImportSpecifier' && specifier.imported.type === 'Identifier'
        ? {
            ...use(specifier.imported),
            from: String(source.value),
            fromStart: source.start,
            fromEnd: source.end,
          }
        : [],
    );
  });
}

function exportsOf(file: SourceFile): Pick<ModuleNames, 'exports' | 'unexported'> {
  const exports = new Set<string>();
  const unexported = new Map<string, number>();
  for (const statement of file.ast.body) {
    const exported = statement.type === 'ExportNamedDeclaration' ? statement.declaration : undefined;
    const declaration = exported ?? statement;
    const names: string[] = [];
    if (declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration') {
      if (declaration.id !== null) names.push(declaration.id.name);
    } else if (declaration.type === 'VariableDeclaration') {
      names.push(
        ...declaration.declarations.flatMap((item) => patternNames(item.id).map(({ name }) => name)),
      );
    }
    for (const name of names) {
      if (exported === declaration) exports.add(name);
      else unexported.set(name, statement.start);
    }
  }
  return { exports, unexported };
}
