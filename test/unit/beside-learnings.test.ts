import { describe, expect, it } from 'vitest';
import { besideLearnings, enough } from '../../src/activities/beside-learnings.js';

const offer = (id: string, shown = true) => ({ id, version: 1, score: 1, shown, probability: 0.5 });
const excerpt = (id: string) => ({
  ...{ id, version: 1, type: 'SOLUTION', title: id, content: id, state: 'VALIDATED', source: 's' },
});

describe('knowledge beside the learnings of a task', () => {
  it('leaves out what was made from an offered learning, shown or withheld, and offers others instead', () => {
    const found = {
      offered: [offer('a'), offer('made', false), offer('b'), offer('made-too'), offer('c')],
      items: ['a', 'b', 'made-too', 'c'].map(excerpt),
      madeFrom: { made: 'lesson-1', 'made-too': 'lesson-2' },
    };
    const withheld = [offer('lesson-1', false)];
    const left = besideLearnings(found, withheld, 3);
    expect(left.offered.map(({ id }) => id)).toEqual(['a', 'b', 'made-too']);
    expect(left.items.map(({ id }) => id)).toEqual(['a', 'b', 'made-too']);
    expect(left).not.toHaveProperty('madeFrom');
    expect(besideLearnings(found, [], 3).offered.map(({ id }) => id)).toEqual(['a', 'made', 'b']);
    const both = [...withheld, offer('lesson-2')];
    expect(besideLearnings(found, both, 3).offered.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('looks for as many as are sure to be left, and no more', () => {
    const item = (learningId: string | null) => ({ item: { learningId } });
    const found = [item('x'), item(null), item('y'), item(null), item(null), item('z')];
    expect(enough(found, 2)).toEqual(found.slice(0, 4));
    expect(enough(found, 9)).toEqual(found);
  });
});
