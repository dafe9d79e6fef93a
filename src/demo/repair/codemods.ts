/** The rules of the codemod repair: well-known slips of JavaScript, each with its standard correction. */
import type { AnyNode, Pattern } from 'acorn';
import { calledName, inPlaceTarget } from './mutations.js';
import { type Edit, enclosingFunction, isFunction, type SourceFile, textOf, visitNodes } from './source.js';

const FIELD_WRITES = new Set(['AssignmentExpression', 'UpdateExpression', 'UnaryExpression']);
const PROMISE_MAKERS = new Set(['all', 'allSettled', 'any', 'race']);

type Rule = (file: SourceFile, asyncNames: ReadonlySet<string>) => readonly Edit[];

/** Calls that give promises but are not awaited, in asynchronous functions. */
const addAwait: Rule = (file, asyncNames) => {
  const edits: Edit[] = [];
  visitNodes(file, (node, ancestors) => {
    const around = enclosingFunction(ancestors);
    const parent = ancestors.at(-1);
    if (node.type !== 'CallExpression' || around?.async !== true || parent?.type === 'AwaitExpression')
      return;
    const inTry = ancestors.some(
      ({ type }, index) => type === 'TryStatement' && ancestors.indexOf(around) < index,
    );
    // A promise that is returned outside of a try block is awaited by the caller.
    if (parent?.type === 'ReturnStatement' && !inTry) return;
    if (parent === around || parent?.type === 'MemberExpression') return;
    const name = calledName(node) ?? '';
    const called = node.callee.type === 'Identifier';
    const ofPromise =
      node.callee.type === 'MemberExpression' &&
      textOf(file, node.callee.object) === 'Promise' &&
      PROMISE_MAKERS.has(name);
    const handedIn = ancestors.some(
      (ancestor) =>
        isFunction(ancestor) && ancestor.params.some((parameter) => names(parameter).includes(name)),
    );
    const looped = ancestors.some(
      (ancestor) => ancestor.type === 'ForOfStatement' && names(declared(ancestor.left)).includes(name),
    );
    if (ofPromise || (called && (asyncNames.has(name) || handedIn || looped))) {
      edits.push({ start: node.start, end: node.start, text: 'await ' });
    }
  });
  return edits;
};

/** A last statement whose value is thrown away, in a function that returns nothing. */
const addReturn: Rule = (file) => {
  const edits: Edit[] = [];
  visitNodes(file, (node) => {
    if (!isFunction(node) || node.body.type !== 'BlockStatement') return;
    const last = node.body.body.at(-1);
    if (last?.type !== 'ExpressionStatement') return;
    const { type } = last.expression;
    if (FIELD_WRITES.has(type) || type === 'AwaitExpression') return;
    edits.push({ start: last.start, end: last.start, text: 'return ' });
  });
  return edits;
};

/** Methods that change a list in place where a new list is meant. */
const copyBeforeInPlace: Rule = (file) => {
  const edits: Edit[] = [];
  visitNodes(file, (node, ancestors) => {
    if (node.type !== 'CallExpression' || ancestors.at(-1)?.type === 'ExpressionStatement') return;
    if (!['sort', 'reverse'].includes(calledName(node) ?? '')) return;
    const target = inPlaceTarget(node);
    if (target === undefined || (target.type !== 'Identifier' && target.type !== 'MemberExpression')) return;
    edits.push({ start: target.start, end: target.end, text: `[...${textOf(file, target)}]` });
  });
  return edits;
};

/** A second name for an argument that is then changed: the caller's value changes with it. */
const copyAlias: Rule = (file) => {
  const edits: Edit[] = [];
  visitNodes(file, (node) => {
    if (node.type !== 'VariableDeclarator' || node.init?.type !== 'Identifier') return;
    if (node.id.type !== 'Identifier') return;
    const escaped = node.id.name.replaceAll('$', '\\$');
    const asList = new RegExp(`\\b${escaped}\\.(push|pop|splice|sort|reverse|shift|unshift)\\(`);
    const asRecord = new RegExp(`\\b${escaped}(\\[[^\\]]+\\]|\\.\\w+) [+*/-]?= |delete ${escaped}\\b`);
    const copy = asList.test(file.text)
      ? `[...${node.init.name}]`
      : asRecord.test(file.text)
        ? `{ ...${node.init.name} }`
        : undefined;
    if (copy !== undefined) edits.push({ start: node.init.start, end: node.init.end, text: copy });
  });
  return edits;
};

/** `a || b` as a default takes 0, '' and false for missing. */
const nullishDefault: Rule = (file) => {
  const edits: Edit[] = [];
  visitNodes(file, (node) => {
    if (node.type !== 'LogicalExpression' || node.operator !== '||') return;
    if (node.left.type !== 'MemberExpression' && node.left.type !== 'Identifier') {
      if (node.left.type !== 'LogicalExpression' && node.left.type !== 'ChainExpression') {
        if (node.left.type !== 'CallExpression') return;
      }
    }
    const start = file.text.indexOf('||', node.left.end);
    edits.push({ start, end: start + 2, text: '??' });
  });
  return edits;
};

/** A trailing parameter whose fields are read needs a default when callers may leave it out. */
const defaultParameter: Rule = (file) => {
  const edits: Edit[] = [];
  visitNodes(file, (node) => {
    const parameter = isFunction(node) ? node.params.at(-1) : undefined;
    if (!isFunction(node) || parameter?.type !== 'Identifier') return;
    const body = textOf(file, node.body);
    const uses = (pattern: string) => new RegExp(`\\b${parameter.name}${pattern}`).test(body);
    if (uses('\\.(includes|map|filter|length|some|every|find)\\b')) {
      edits.push({ start: parameter.end, end: parameter.end, text: ' = []' });
    } else if (uses('\\.\\w+') || new RegExp(`\\(.*\\b${parameter.name}\\)`).test(body)) {
      edits.push({ start: parameter.end, end: parameter.end, text: ' = {}' });
    }
  });
  return edits;
};

/** `parseInt` without a radix, and loose equality. */
const strictForms: Rule = (file) => {
  const edits: Edit[] = [];
  visitNodes(file, (node) => {
    if (node.type === 'CallExpression' && calledName(node) === 'parseInt' && node.arguments.length === 1) {
      const only = node.arguments[0];
      if (only !== undefined) edits.push({ start: only.end, end: only.end, text: ', 10' });
    }
    if (node.type === 'BinaryExpression' && (node.operator === '==' || node.operator === '!=')) {
      const start = file.text.indexOf(node.operator, node.left.end);
      edits.push({ start, end: start + 2, text: `${node.operator}=` });
    }
  });
  return edits;
};

const rules = {
  'add-await': addAwait,
  'add-return': addReturn,
  'copy-before-in-place': copyBeforeInPlace,
  'copy-alias': copyAlias,
  'nullish-default': nullishDefault,
  'default-parameter': defaultParameter,
  'strict-forms': strictForms,
} satisfies Record<string, Rule>;

/** Name of a codemod rule, as it stands in actions and lessons. */
export type CodemodRule = keyof typeof rules;

export const codemodRules = Object.keys(rules) as readonly CodemodRule[];

/** All corrections that a rule would make to a file. */
export function correctionsOf(
  file: SourceFile,
  rule: CodemodRule,
  asyncNames: ReadonlySet<string>,
): readonly Edit[] {
  return rules[rule](file, asyncNames);
}

/** Names of all functions that are declared asynchronous or give a promise. */
export function asyncNamesOf(files: readonly SourceFile[]): Set<string> {
  const found = new Set<string>();
  for (const file of files) {
    visitNodes(file, (node) => {
      if (node.type !== 'FunctionDeclaration' || node.id === null) return;
      if (node.async || textOf(file, node.body).includes('return new Promise')) found.add(node.id.name);
    });
  }
  return found;
}

function declared(left: AnyNode): AnyNode {
  const first = left.type === 'VariableDeclaration' ? left.declarations[0] : undefined;
  return first?.id ?? left;
}

function names(pattern: Pattern | AnyNode): string[] {
  if (pattern.type === 'Identifier') return [pattern.name];
  if (pattern.type === 'AssignmentPattern') return names(pattern.left);
  if (pattern.type === 'RestElement') return names(pattern.argument);
  if (pattern.type === 'ArrayPattern') {
    return pattern.elements.flatMap((element) => (element === null ? [] : names(element)));
  }
  return [];
}
