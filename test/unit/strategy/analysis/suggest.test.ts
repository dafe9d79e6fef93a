import { expect, it } from 'vitest';
import type { AgentPast } from '../../../../src/strategy/analysis/history.js';
import { suggestAgents } from '../../../../src/strategy/analysis/suggest.js';

const agents = [
  { type: 'writer', capabilities: ['documentation'] },
  { type: 'coder', capabilities: ['api', 'tests'] },
  { type: 'plain', capabilities: [] },
  { type: 'other', capabilities: [] },
];
const past = (agentType: string, successes: number, failures: number, category = 'api'): AgentPast => ({
  agentType,
  category,
  successes,
  failures,
});
const suggest = (history: readonly AgentPast[], needs = ['api', 'tests']) =>
  suggestAgents(agents, new Set(needs), 'api', history);

it('goes by capability where there is no past', () => {
  expect(suggest([])).toEqual({
    suggested: ['coder'],
    evidence: ['suggested coder: capability api, tests'],
  });
});

it('suggests agents that did well in the category, with their figures, before those that did worse', () => {
  const { suggested, evidence } = suggest([past('plain', 18, 2), past('coder', 6, 14), past('other', 1, 19)]);
  expect(suggested).toEqual(['plain', 'coder']);
  expect(evidence[0]).toBe('suggested plain: 18 of 20 api tasks succeeded (72-98%)');
  expect(evidence[1]).toBe('suggested coder: capability api, tests; 6 of 20 api tasks succeeded (14-52%)');
});

it('does not go by another category, nor by a handful of outcomes', () => {
  expect(suggest([past('plain', 50, 0, 'data')]).suggested).toEqual(['coder']);
  expect(suggest([past('plain', 4, 0)]).suggested).toEqual(['coder']);
  expect(suggest([past('plain', 0, 9), past('other', 0, 9)]).suggested).toEqual(['coder']);
});
