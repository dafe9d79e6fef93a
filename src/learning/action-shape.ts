/** What one action looks like, without what differs from run to run. Pure. */
import type { Action, Json } from '../shared/agent-contract.js';
import { commandHeads, hasSubcommands, mainCommand } from './command-words.js';
import { type Feature, type Step, stepText } from './feature.js';
import { categoricalValue, isName, typeName } from './feature-text.js';

const MAX_JSON_TEXT = 20_000;
const MAX_ARGUMENTS = 12;
const MAX_NAMES = 100;
const MAX_TEXT = 4_000;

const shellTypes =
  /^(?:(?:run|execute|exec)[_-]?)?(?:bash|shell|sh|zsh|terminal|command|cmd|powershell|script)$/i;
const commandArguments = ['command', 'cmd', 'script'];
/** Arguments that name what is called, where all calls share one type. */
const toolArguments = ['tool', 'toolName', 'tool_name', 'function', 'function_name', 'method', 'operation'];
/** Beside these, `name` names what is called. */
const callArguments = ['arguments', 'args', 'parameters', 'params', 'input'];

/** An action as far as runs can be compared by it. */
export interface ActionShape {
  step: Step;
  /** Text of {@link step}; actions that do the same have the same. */
  stepText: string;
  /** Its type, its short arguments, its command; simplest first. */
  features: readonly Feature[];
}

/** Looks at one action; in time bounded by constants, whatever its input is. */
export function shapeOf(action: Action): ActionShape {
  const type = typeName(action.type);
  const given = argumentsOf(action.input);
  const script = scriptOf(action, given);
  const heads = script === null ? [] : commandHeads(script).filter((head) => head !== type);
  const main = mainCommand(heads);
  const named = given.filter(([name]) => isName(name)).slice(0, MAX_ARGUMENTS);
  const values = named.flatMap(([name, value]) => {
    const kept = name === 'command' && script !== null ? null : categoricalValue(name, value);
    return kept === null ? [] : [{ [name]: kept }];
  });
  const isCall = given.some(([name]) => callArguments.includes(name));
  const tools = isCall ? [...toolArguments, 'name'] : toolArguments;
  const tool = values.find((value) => tools.some((name) => Object.hasOwn(value, name)));
  const step: Step =
    main !== undefined ? { type, command: main } : tool === undefined ? { type } : { type, input: tool };
  const commands = [...new Set(heads.flatMap((head) => [head.split(' ', 1)[0] ?? head, head]))];
  return {
    step,
    stepText: stepText(step),
    features: [
      { kind: 'action', type },
      ...commands
        .filter((command) => command !== type)
        .map((command): Feature => ({ kind: 'action', type, command })),
      ...values.map((input): Feature => ({ kind: 'action', type, input })),
      ...named.map(([name]): Feature => ({ kind: 'argument', type, name })),
      ...textShapes(type, given.length > 0 || script !== null ? undefined : action.input),
    ],
  };
}

/** The top level of an input, also of one that is the text of a JSON object. Sorted by name. */
function argumentsOf(input: Json | undefined): [string, Json][] {
  const value = typeof input === 'string' ? objectIn(input) : input;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [];
  const entries = Object.entries(value);
  // With so many names they are data.
  return entries.length > MAX_NAMES ? [] : entries.sort(byName);
}

function objectIn(text: string): Json {
  if (text.length > MAX_JSON_TEXT || !/^\s*\{/.test(text)) return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    // A text that only begins like JSON is a text.
    return null;
  }
}

/** The shell command that an action runs, where it runs one. */
function scriptOf({ type, input }: Action, given: readonly [string, Json][]): string | null {
  if (typeof input === 'string' && given.length === 0) {
    if (shellTypes.test(type)) return input;
    // Where the type is the program itself, its line says what more of it was asked for: `git` of `git diff`.
    return input.startsWith(`${type} `) && hasSubcommands(type) ? (input.split('\n', 1)[0] ?? '') : null;
  }
  const [, value] = given.find(([name]) => commandArguments.includes(name)) ?? [];
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string').join(' ') : null;
}

/** Of prose: agents that only answer differ by how they do. */
function textShapes(type: string, input: Json | undefined): Feature[] {
  if (typeof input !== 'string') return [];
  const text = input.slice(0, MAX_TEXT);
  if (!/^\s*\p{L}\S*\s/u.test(text)) return [];
  const shapes = [
    ['question', /\?/],
    ['list', /^[ \t]{0,8}(?:[-*•]|\d{1,3}[.)])\s/m],
    ['code', /```/],
  ] as const;
  return shapes.flatMap(([shape, looks]) => (looks.test(text) ? [{ kind: 'text', type, shape }] : []));
}

/** Characters and levels by which two inputs are compared. */
const MAX_COMPARED = 4_000;
const MAX_DEPTH = 6;

/** A text that equal inputs share; of large ones only the beginning, of deep ones only the upper levels, counts. */
export function inputText(input: Json | undefined, depth = 0): string {
  if (input === undefined) return '';
  if (typeof input === 'string') return JSON.stringify(input.slice(0, MAX_COMPARED)) + input.length;
  if (input === null || typeof input !== 'object') return String(input);
  if (depth === MAX_DEPTH) return Array.isArray(input) ? '[…]' : '{…}';
  let text = '';
  const isList = Array.isArray(input);
  const entries = isList
    ? input.slice(0, MAX_NAMES).entries()
    : Object.entries(input).slice(0, MAX_NAMES).sort(byName);
  for (const [name, value] of entries) {
    text += `${name}:${inputText(value, depth + 1)},`;
    if (text.length > MAX_COMPARED) break;
  }
  return isList ? `[${text}${input.length}]` : `{${text}}`;
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1);
