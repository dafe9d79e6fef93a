import { describe, expect, it } from 'vitest';
import { findEscape } from '../../../src/agents/workspaces/links.js';

describe('links of a tree', () => {
  it.each<[string, Record<string, string>]>([
    ['to a file beside it', { link: 'a.txt' }],
    ['to a folder above it that is inside', { 'a/b/link': '../..' }],
    ['to what is not there', { link: 'nowhere/at/all' }],
    ['to itself', { link: 'link' }],
    ['to each other', { one: 'two', two: 'one/deeper' }],
    ['through another link', { 'a/one': '../b', two: 'a/one/c.txt' }],
    ['with parts that mean nothing', { 'a/link': './/../b/./c/' }],
    // By its letters alone this one would be outside: `s` leads deeper than it lies.
    ['up from where another link leads', { s: 'deep/er/folder', link: 's/../../x' }],
  ])('stay inside: %s', async (_, links) => {
    expect(await findEscape(new Map(Object.entries(links)))).toBeNull();
  });

  it.each<[string, Record<string, string>, string]>([
    ['by an absolute path', { link: '/etc/passwd' }, 'link'],
    ['by going up', { 'a/link': '../../b' }, 'a/link'],
    ['by going up and coming back', { link: '../source/a.txt' }, 'link'],
    ['by going down before', { link: 'a/../../b' }, 'link'],
    // By its letters alone this one would stay inside: `s` leads up to the root.
    ['through a link that is itself inside', { 'x/y/s': '../..', 'x/y/z/link': '../s/../..' }, 'x/y/z/link'],
    ['through a chain', { a: 'b', b: 'c', c: '..' }, 'a'],
  ])('lead out: %s', async (_, links, path) => {
    expect(await findEscape(new Map(Object.entries(links)))).toEqual({ path, target: links[path] });
  });
});
