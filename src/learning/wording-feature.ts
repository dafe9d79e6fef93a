/** Features in plain words: as something to do, and as something that is done. Pure. */
import type { Feature, Step } from './feature.js';

/** A feature in the two forms that sentences need. */
export interface Deed {
  /** `use \`edit\`` */
  todo: string;
  /** `using \`edit\`` */
  doing: string;
}

const quoted = (name: string): string => `\`${name}\``;

/** `\`edit\``, `\`npm test\``, `\`mutate\` with operator=swap-comparison`. */
function stepName({ type, command, input = {} }: Step): string {
  if (command !== undefined) return quoted(command);
  const values = Object.entries(input).map(([name, value]) => `${name}=${String(value)}`);
  return values.length === 0 ? quoted(type) : `${quoted(type)} with ${values.join(' and ')}`;
}

const use = (step: Step): Deed =>
  step.command === undefined
    ? { todo: `use ${stepName(step)}`, doing: `using ${stepName(step)}` }
    : { todo: `run ${stepName(step)}`, doing: `running ${stepName(step)}` };

const shapes = {
  question: { todo: 'ask something', doing: 'asking something' },
  list: { todo: 'list points', doing: 'listing points' },
  code: { todo: 'quote code', doing: 'quoting code' },
} as const;

/** What a feature means to do; null for what happens to a run, and is not done. */
export function deedOf(feature: Feature): Deed | null {
  switch (feature.kind) {
    case 'action':
      return use(feature);
    case 'argument': {
      const what = `${quoted(feature.type)} the argument ${quoted(feature.name)}`;
      return { todo: `give ${what}`, doing: `giving ${what}` };
    }
    case 'text': {
      const { todo, doing } = shapes[feature.shape];
      return { todo: `${todo} in ${quoted(feature.type)}`, doing: `${doing} in ${quoted(feature.type)}` };
    }
    case 'sequence':
      return inOrder(feature.steps.map(stepName), feature.gapped);
    case 'edge': {
      const name = stepName(feature.step);
      return feature.at === 'first'
        ? { todo: `begin with ${name}`, doing: `beginning with ${name}` }
        : { todo: `end with ${name}`, doing: `ending with ${name}` };
    }
    case 'repeat': {
      const name = stepName(feature.step);
      const what = feature.failed ? `${name} unchanged after it failed` : `${name} with the same input`;
      return { todo: `repeat ${what}`, doing: `repeating ${what}` };
    }
    case 'retry': {
      const how = feature.changed ? 'with another input' : 'as it was';
      const what = `${stepName(feature.step)} again ${how}`;
      return { todo: `try ${what}`, doing: `trying ${what}` };
    }
    case 'condition':
      return use(feature.step);
    case 'plan':
      return { todo: `run ${quoted(feature.plan)}`, doing: `running ${quoted(feature.plan)}` };
    default:
      return null;
  }
}

function inOrder(names: readonly string[], gapped: boolean): Deed {
  const [first = '', second = '', third] = names;
  if (new Set(names).size === 1) {
    const times = `${first} ${names.length === 2 ? 'twice' : 'three times'} in a row`;
    return { todo: `use ${times}`, doing: `using ${times}` };
  }
  if (gapped) return { todo: `use ${first} before ${second}`, doing: `using ${second} after ${first}` };
  if (third !== undefined) {
    const row = `${first}, ${second} and ${third} in a row`;
    return { todo: `use ${row}`, doing: `using ${row}` };
  }
  const way = `from ${first} straight to ${second}`;
  return { todo: `go ${way}`, doing: `going ${way}` };
}

/** What happened to a run, as a sign of how it will end: `a failing \`edit\``, `"Error: no"`; null for deeds. */
export function signOf(feature: Feature): string | null {
  if (feature.kind === 'error') return `"${signatureText(feature.signature)}"`;
  if (feature.kind === 'failure') return `a failing ${stepName(feature.step)}`;
  return null;
}

/** An error's signature as a person reads it: what differs from run to run is an ellipsis. */
export const signatureText = (signature: string): string =>
  signature.replace(/<(?:n|path|text|id|hash)>/g, '…').replace(/…(?:[\s,.:/-]*…)+/g, '…');

/** Types of actions that a feature speaks of. */
export function typesOf(feature: Feature): string[] {
  switch (feature.kind) {
    case 'action':
    case 'argument':
    case 'text':
      return [feature.type];
    case 'sequence':
      return feature.steps.map(({ type }) => type);
    case 'edge':
    case 'repeat':
    case 'retry':
    case 'failure':
    case 'condition':
      return [feature.step.type];
    default:
      return [];
  }
}
