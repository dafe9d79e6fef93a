/** Reading and editing JavaScript source: parsed modules, ancestors of nodes, and text edits by position. */
import { type AnyNode, type Function as FunctionNode, type Program, parse } from 'acorn';
import { fullAncestor } from 'acorn-walk';
import MagicString from 'magic-string';

/** One parsed ES module. */
export interface SourceFile {
  /** Path relative to its workspace. */
  readonly path: string;
  readonly text: string;
  readonly ast: Program;
}

/** A replacement of the characters from `start` to before `end`. Equal positions insert. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Parses an ES module.
 *
 * @returns undefined when the text is not valid JavaScript
 */
export function parseSource(path: string, text: string): SourceFile | undefined {
  try {
    return { path, text, ast: parse(text, { ecmaVersion: 2023, sourceType: 'module', locations: true }) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Calls `visit` for each node that stands for an expression, a statement or a binding, in order of position.
 * `ancestors` runs from the program to the node's parent. Property names and import specifiers are not
 * visited by themselves, but with the node that holds them.
 */
export function visitNodes(
  file: SourceFile,
  visit: (node: AnyNode, ancestors: readonly AnyNode[]) => void,
): void {
  const found: { node: AnyNode; ancestors: AnyNode[] }[] = [];
  fullAncestor(file.ast, (node, _state, ancestors) => {
    const chain = ancestors.filter((ancestor, index) => ancestor !== ancestors[index + 1]);
    found.push({ node, ancestors: chain.slice(0, -1) });
  });
  found.sort((a, b) => a.node.start - b.node.start || b.node.end - a.node.end);
  for (const { node, ancestors } of found) visit(node, ancestors);
}

/** The text of a node. */
export function textOf(file: SourceFile, node: { start: number; end: number }): string {
  return file.text.slice(node.start, node.end);
}

/** The line of a node, from 1. */
export function lineOf(node: AnyNode): number {
  return node.loc?.start.line ?? 0;
}

/** The same text with all edits applied; edits must not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const target = new MagicString(text);
  for (const edit of edits) {
    if (edit.start === edit.end) target.appendLeft(edit.start, edit.text);
    else if (edit.text === '') target.remove(edit.start, edit.end);
    else target.overwrite(edit.start, edit.end, edit.text);
  }
  return target.toString();
}

/**
 * The position of an operator between two operands.
 *
 * @throws Error when it is not there, which would be a mistake of the caller
 */
export function operatorSpan(
  file: SourceFile,
  node: { left: AnyNode; right: AnyNode; operator: string },
): { start: number; end: number } {
  // Brackets and comments may stand between the operands; neither holds the operator in the code we edit.
  const start = file.text.indexOf(node.operator, node.left.end);
  if (start < 0 || start >= node.right.start) {
    throw new Error(`no operator ${node.operator} in ${file.path} after position ${node.left.end}`);
  }
  return { start, end: start + node.operator.length };
}

/** Whether a node is a function of any form. */
export function isFunction(node: AnyNode): node is AnyNode & FunctionNode {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  );
}

/** The innermost function around a node, by its ancestors. */
export function enclosingFunction(ancestors: readonly AnyNode[]): (AnyNode & FunctionNode) | undefined {
  return ancestors.findLast(isFunction);
}
