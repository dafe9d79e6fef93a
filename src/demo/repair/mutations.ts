/** The mutation operators of the search-based repair: each lists the small changes it could make to a file. */
import type { AnyNode, CallExpression } from 'acorn';
import {
  type Edit,
  enclosingFunction,
  isFunction,
  lineOf,
  operatorSpan,
  type SourceFile,
  textOf,
  visitNodes,
} from './source.js';

/** One possible change of a file. */
export interface Mutation {
  readonly operator: MutationOperator;
  readonly path: string;
  readonly line: number;
  readonly edit: Edit;
}

const FLIPPED: Readonly<Record<string, string>> = {
  '===': '!==',
  '!==': '===',
  '==': '!=',
  '!=': '==',
  '<': '>',
  '>': '<',
  '<=': '>=',
  '>=': '<=',
};
const SHIFTED: Readonly<Record<string, string>> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' };
const OTHER_LOGIC: Readonly<Record<string, string>> = { '&&': '||', '||': '&&', '??': '||' };
const OTHER_ARITHMETIC: Readonly<Record<string, readonly string[]>> = {
  '+': ['-'],
  '-': ['+'],
  '*': ['/', '+'],
  '/': ['*', '%'],
  '%': ['/'],
  '**': ['*'],
  '+=': ['-='],
  '-=': ['+='],
};
const IN_PLACE = new Set(['sort', 'reverse', 'splice', 'push', 'unshift', 'shift', 'pop']);

type Replacements = (node: AnyNode, ancestors: readonly AnyNode[], file: SourceFile) => readonly Edit[];

function swapOperator(table: Readonly<Record<string, string | readonly string[]>>): Replacements {
  return (node, _ancestors, file) => {
    if (
      node.type !== 'BinaryExpression' &&
      node.type !== 'LogicalExpression' &&
      node.type !== 'AssignmentExpression'
    ) {
      return [];
    }
    const others = [table[node.operator] ?? []].flat();
    if (others.length === 0 || node.left.type === 'PrivateIdentifier') return [];
    const span = operatorSpan(file, { left: node.left, right: node.right, operator: node.operator });
    return others.map((text) => ({ ...span, text }));
  };
}

const negateCondition: Replacements = (node, _ancestors, file) => {
  if (node.type === 'UnaryExpression' && node.operator === '!') {
    return [{ start: node.start, end: node.argument.start, text: '' }];
  }
  if (
    node.type === 'IfStatement' ||
    node.type === 'ConditionalExpression' ||
    node.type === 'WhileStatement'
  ) {
    return [{ start: node.test.start, end: node.test.end, text: `!(${textOf(file, node.test)})` }];
  }
  if (node.type === 'ArrowFunctionExpression' && node.body.type === 'CallExpression') {
    return [{ start: node.body.start, end: node.body.start, text: '!' }];
  }
  return [];
};

const changeConstant: Replacements = (node) => {
  if (node.type !== 'Literal') return [];
  const replaced = (text: string): Edit => ({ start: node.start, end: node.end, text });
  if (typeof node.value === 'boolean') return [replaced(String(!node.value))];
  if (typeof node.value !== 'number') return [];
  return [replaced(String(node.value + 1)), ...(node.value > 0 ? [replaced(String(node.value - 1))] : [])];
};

const swapArguments: Replacements = (node, _ancestors, file) => {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return [];
  return node.arguments.slice(1).map((second, index) => {
    const first = node.arguments[index] ?? second;
    const between = file.text.slice(first.end, second.start);
    return {
      start: first.start,
      end: second.end,
      text: textOf(file, second) + between + textOf(file, first),
    };
  });
};

const insertReturn: Replacements = (node) => {
  if (!isFunction(node) || node.body.type !== 'BlockStatement') return [];
  const last = node.body.body.at(-1);
  if (last?.type !== 'ExpressionStatement') return [];
  return [{ start: last.start, end: last.start, text: 'return ' }];
};

const insertAwait: Replacements = (node, ancestors) => {
  if (node.type !== 'CallExpression' || ancestors.at(-1)?.type === 'AwaitExpression') return [];
  const parent = ancestors.at(-1);
  if (parent?.type === 'MemberExpression') return [];
  if (enclosingFunction(ancestors)?.async !== true) return [];
  return [{ start: node.start, end: node.start, text: 'await ' }];
};

const copyBeforeMutate: Replacements = (node, ancestors, file) => {
  if (node.type === 'VariableDeclarator' && node.init?.type === 'Identifier') {
    const name = node.init.name;
    const at = { start: node.init.start, end: node.init.end };
    return [
      { ...at, text: `[...${name}]` },
      { ...at, text: `{ ...${name} }` },
    ];
  }
  if (node.type !== 'CallExpression') return [];
  const target = inPlaceTarget(node);
  const edits: Edit[] = [];
  if (target !== undefined && ancestors.at(-1)?.type !== 'ExpressionStatement') {
    edits.push({ start: target.start, end: target.end, text: `[...${textOf(file, target)}]` });
  }
  if (target !== undefined && calledName(node) === 'push') {
    for (const argument of node.arguments) {
      if (argument.type !== 'Identifier') continue;
      edits.push({ start: argument.start, end: argument.end, text: `{ ...${argument.name} }` });
    }
  }
  return edits;
};

/** What an in-place method is called on, for instance `list` in `list.sort()`. */
export function inPlaceTarget(node: CallExpression): AnyNode | undefined {
  if (node.callee.type !== 'MemberExpression' || !IN_PLACE.has(calledName(node) ?? '')) return undefined;
  return node.callee.object;
}

/** Name of the function or method that a call calls. */
export function calledName(node: CallExpression): string | undefined {
  const callee = node.callee;
  if (callee.type === 'Identifier') return callee.name;
  return callee.type === 'MemberExpression' && callee.property.type === 'Identifier'
    ? callee.property.name
    : undefined;
}

const operators = {
  'swap-comparison': swapOperator(FLIPPED),
  'shift-boundary': swapOperator(SHIFTED),
  'negate-condition': negateCondition,
  'swap-logical': swapOperator(OTHER_LOGIC),
  'swap-arithmetic': swapOperator(OTHER_ARITHMETIC),
  'change-constant': changeConstant,
  'swap-arguments': swapArguments,
  'insert-return': insertReturn,
  'insert-await': insertAwait,
  'copy-before-mutate': copyBeforeMutate,
} satisfies Record<string, Replacements>;

/** Name of a mutation operator, as it stands in actions and lessons. */
export type MutationOperator = keyof typeof operators;

/** All operators; their order here carries no preference. */
export const mutationOperators = Object.keys(operators) as readonly MutationOperator[];

/** All mutations of one file by one operator, in order of position. */
export function mutationsOf(file: SourceFile, operator: MutationOperator): Mutation[] {
  const mutations: Mutation[] = [];
  const replace: Replacements = operators[operator];
  visitNodes(file, (node, ancestors) => {
    for (const edit of replace(node, ancestors, file)) {
      mutations.push({ operator, path: file.path, line: lineOf(node), edit });
    }
  });
  return mutations;
}
