import { expect, it } from 'vitest';
import { stemOf } from '../../../../src/strategy/analysis/stem.js';

// The examples of Porter's paper, step by step.
it.each([
  ['caresses', 'caress'],
  ['ponies', 'poni'],
  ['cats', 'cat'],
  ['feed', 'feed'],
  ['agreed', 'agre'],
  ['plastered', 'plaster'],
  ['motoring', 'motor'],
  ['sing', 'sing'],
  ['conflated', 'conflat'],
  ['hopping', 'hop'],
  ['falling', 'fall'],
  ['filing', 'file'],
  ['happy', 'happi'],
  ['sky', 'sky'],
  ['relational', 'relat'],
  ['rational', 'ration'],
  ['digitizer', 'digit'],
  ['formaliti', 'formal'],
  ['triplicate', 'triplic'],
  ['hopeful', 'hope'],
  ['allowance', 'allow'],
  ['adoption', 'adopt'],
  ['probate', 'probat'],
  ['rate', 'rate'],
  ['controll', 'control'],
  ['roll', 'roll'],
])('%s has the stem %s', (word, stem) => {
  expect(stemOf(word)).toBe(stem);
});

it.each([
  ['test', 'tests', 'tested', 'testing'],
  ['authentication', 'authenticate', 'authenticates', 'authenticated'],
  ['optimise', 'optimize', 'optimised', 'optimization', 'optimisation', 'optimizing'],
  ['migration', 'migrate', 'migrating'],
  ['deploy', 'deployed', 'deploying', 'deployments'],
  ['document', 'documentation', 'documented'],
])('forms of %s are one word', (...forms) => {
  expect(new Set(forms.map(stemOf)).size).toBe(1);
});

it('leaves other scripts, numbers and short words as they are', () => {
  for (const word of ['is', 'größen', '登录', 'utf8', 'constructor_', '']) expect(stemOf(word)).toBe(word);
});
