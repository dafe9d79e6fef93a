/** The families of defects: each lists the places of a healthy module where it could be put in. */
import type { AnyNode } from 'acorn';
import type { Draw } from '../repair/draw.js';
import { namesOf } from '../repair/scope.js';
import {
  type Edit,
  isFunction,
  operatorSpan,
  type SourceFile,
  textOf,
  visitNodes,
} from '../repair/source.js';

/** One way to damage one file. */
export interface Defect {
  readonly path: string;
  readonly edit: Edit;
}

type Damage = (file: SourceFile, draw: Draw) => readonly Edit[];

/** Edits by node: most families look at one node at a time. */
function eachNode(
  damage: (node: AnyNode, file: SourceFile, draw: Draw, parent: AnyNode | undefined) => Edit | undefined,
): Damage {
  return (file, draw) => {
    const edits: Edit[] = [];
    visitNodes(file, (node, ancestors) => {
      const edit = damage(node, file, draw, ancestors.at(-1));
      if (edit !== undefined) edits.push(edit);
    });
    return edits;
  };
}

function operatorTable(table: Readonly<Record<string, string>>): Damage {
  return eachNode((node, file) => {
    if (
      node.type !== 'BinaryExpression' &&
      node.type !== 'LogicalExpression' &&
      node.type !== 'AssignmentExpression'
    ) {
      return undefined;
    }
    const text = table[node.operator];
    if (text === undefined || node.left.type === 'PrivateIdentifier') return undefined;
    return {
      ...operatorSpan(file, { left: node.left, right: node.right, operator: node.operator }),
      text,
    };
  });
}

const invertedCondition = operatorTable({
  '===': '!==',
  '!==': '===',
  '<': '>',
  '>': '<',
  '>=': '<=',
  '<=': '>=',
  '&&': '||',
  '||': '&&',
});

const droppedNot = eachNode((node) =>
  node.type === 'UnaryExpression' && node.operator === '!'
    ? { start: node.start, end: node.argument.start, text: '' }
    : undefined,
);

const lostReturn = eachNode((node) => {
  if (!isFunction(node) || node.body.type !== 'BlockStatement') return undefined;
  const last = node.body.body.at(-1);
  if (last?.type !== 'ReturnStatement' || !last.argument) return undefined;
  if (last.argument.type === 'ObjectExpression') return undefined;
  return { start: last.start, end: last.argument.start, text: '' };
});

const lostAwait = eachNode((node) =>
  node.type === 'AwaitExpression' ? { start: node.start, end: node.argument.start, text: '' } : undefined,
);

const swappedArguments = eachNode((node, file, draw) => {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return undefined;
  if (node.arguments.length < 2) return undefined;
  const index = draw.below(node.arguments.length - 1);
  const [first, second] = node.arguments.slice(index);
  if (first === undefined || second === undefined || isFunction(first)) return undefined;
  const between = file.text.slice(first.end, second.start);
  return { start: first.start, end: second.end, text: textOf(file, second) + between + textOf(file, first) };
});

const wrongConstant = eachNode((node, _file, draw) => {
  if (node.type !== 'Literal') return undefined;
  const { value } = node;
  const at = { start: node.start, end: node.end };
  if (typeof value === 'boolean') return { ...at, text: String(!value) };
  if (typeof value !== 'number') return undefined;
  const slips = [value + 1, value + 1, value * 10, ...(value > 0 ? [value - 1, value - 1] : [])];
  return { ...at, text: String(draw.pick(slips.filter((slip) => slip !== value))) };
});

const lostCopy = eachNode((node, file) => {
  const items =
    node.type === 'ArrayExpression' ? node.elements : node.type === 'ObjectExpression' ? node.properties : [];
  const only = items.length === 1 ? items[0] : undefined;
  if (only?.type === 'SpreadElement' && only.argument.type !== 'CallExpression') {
    return { start: node.start, end: node.end, text: textOf(file, only.argument) };
  }
  const isSlice =
    node.type === 'CallExpression' &&
    node.arguments.length === 0 &&
    node.callee.type === 'MemberExpression' &&
    textOf(file, node.callee.property) === 'slice';
  if (!isSlice || node.callee.type !== 'MemberExpression') return undefined;
  return { start: node.callee.object.end, end: node.end, text: '' };
});

const misspeltName: Damage = (file, draw) => {
  const { references, members, bindings } = namesOf(file);
  const topLevel = bindings.filter((binding) => binding.topLevel);
  const declared = topLevel.map(({ name, position }) => ({
    name,
    start: position,
    end: position + name.length,
  }));
  return [...references, ...members, ...declared]
    .filter(({ name }) => name.length > 3)
    .map(({ name, start, end }) => ({ start, end, text: misspell(name, draw) }))
    .filter(({ start, end, text }) => file.text.slice(start, end) !== text);
};

/** A slip of the keyboard: a letter lost, doubled, or swapped with its neighbour. */
function misspell(name: string, draw: Draw): string {
  const at = 1 + draw.below(name.length - 2);
  const [before, letter, next, after] = [name.slice(0, at), name[at], name[at + 1], name.slice(at + 2)];
  return draw.pick([
    `${before}${next}${after}`,
    `${before}${letter}${letter}${next}${after}`,
    `${before}${next}${letter}${after}`,
  ]);
}

const brokenImport: Damage = (file, draw) => {
  const edits: Edit[] = [];
  for (const statement of file.ast.body) {
    if (statement.type === 'ExportNamedDeclaration' && statement.declaration) {
      edits.push({ start: statement.start, end: statement.declaration.start, text: '' });
    }
    if (statement.type !== 'ImportDeclaration') continue;
    const [first, second] = statement.specifiers;
    if (first !== undefined && second !== undefined) {
      edits.push({ start: first.start, end: second.start, text: '' });
    } else {
      edits.push({ start: statement.start, end: statement.end + 1, text: '' });
    }
    const path = String(statement.source.value).slice(2, -'.mjs'.length);
    edits.push({
      start: statement.source.start,
      end: statement.source.end,
      text: `'./${misspell(path, draw)}.mjs'`,
    });
  }
  return edits;
};

const lostDefault: Damage = (file, draw) => [
  ...operatorTable({ '??': '||' })(file, draw),
  ...eachNode((node, _file, _draw, parent) =>
    node.type === 'AssignmentPattern' && parent !== undefined && isFunction(parent)
      ? { start: node.left.end, end: node.end, text: '' }
      : undefined,
  )(file, draw),
];

const lostStatement = eachNode((node) =>
  node.type === 'ExpressionStatement' ? { start: node.start, end: node.end, text: '' } : undefined,
);

const single = {
  boundary: operatorTable({ '<': '<=', '<=': '<', '>': '>=', '>=': '>' }),
  condition: (file, draw) => [...invertedCondition(file, draw), ...droppedNot(file, draw)],
  arithmetic: operatorTable({ '+': '-', '-': '+', '*': '/', '/': '*', '%': '/', '+=': '-=', '-=': '+=' }),
  'swapped-arguments': swappedArguments,
  constant: wrongConstant,
  'lost-return': lostReturn,
  'lost-await': lostAwait,
  'lost-copy': lostCopy,
  'lost-default': lostDefault,
  'misspelt-name': misspeltName,
  'broken-import': brokenImport,
} satisfies Record<string, Damage>;

/** The family of a defect that is one small slip. */
export type SlipFamily = keyof typeof single;

/** All families; `bad-commit` damages several lines at once, in one commit of the history. */
export type Family = SlipFamily | 'bad-commit';

const slipFamilies = Object.keys(single) as readonly SlipFamily[];
export const families: readonly Family[] = [...slipFamilies, 'bad-commit'];

/** All defects of one family that fit into a file. */
export function slipsOf(file: SourceFile, family: SlipFamily, draw: Draw): Defect[] {
  return single[family](file, draw).map((edit) => ({ path: file.path, edit }));
}

/** Slips that a careless rewrite makes, from which a bad commit takes several at once. */
export function rewriteSlipsOf(file: SourceFile, draw: Draw): Defect[] {
  const damages: readonly Damage[] = [
    single.boundary,
    invertedCondition,
    single.arithmetic,
    wrongConstant,
    lostStatement,
    lostReturn,
  ];
  return damages.flatMap((damage) => damage(file, draw)).map((edit) => ({ path: file.path, edit }));
}
