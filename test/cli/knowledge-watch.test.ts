import { Client, Connection } from '@temporalio/client';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { announcements, subscriptions } from '../../src/knowledge/collections.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { setUpStore } from '../../src/setup.js';
import { announceWorkflowId } from '../../src/shared/ids.js';
import type { Priority } from '../../src/shared/terms.js';
import { ownPlace } from './own-place.js';
import { journeyman, type ProgramEnd } from './run-program.js';

const place = await ownPlace('knowledge-watch', () => ({ retrieval: { embedder: 'none' } }));
const { name, folder, env, store } = place;
const hub = new KnowledgeHub(store, name);

const share = (title: string, channel: string, priority: Priority = 'MEDIUM') =>
  hub.shareKnowledge({
    ...{ id: title.replaceAll(' ', '-'), sourceAgent: 'coder', type: 'WARNING', title },
    ...{ content: `${title} ${channel}`, channel, priority },
  });

/** Watches until some text was printed, then presses Ctrl-C; `begun` is called once it watches. */
const watch = (args: string[], until: string, begun?: () => Promise<unknown>): Promise<ProgramEnd> => {
  let isBegun = false;
  return journeyman(['knowledge', 'watch', ...args], {
    ...{ cwd: folder, env },
    onStdout: (text, kill) => {
      if (!isBegun && begun !== undefined) {
        isBegun = true;
        void begun();
      }
      if (text.includes(until)) kill('SIGINT');
    },
  });
};

beforeAll(async () => {
  await setUpStore(store);
  await share('first known', 'warnings', 'CRITICAL');
  await share('second known', 'code');
});

describe('journeyman knowledge watch', () => {
  it('shows what is shared, from the last few on, in all channels, and ends well with Ctrl-C', async () => {
    const end = await watch(['--last', '1'], 'shared later', async () => {
      await share('shared meanwhile', 'testing', 'HIGH');
      await share('shared later', 'warnings', 'LOW');
    });
    expect(end.code, end.stderr).toBe(0);
    const lines = end.stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^\S+ \S+ MEDIUM {3}code {10}WARNING {7}second known \(coder, second-known\)$/);
    expect(lines.join('\n')).toMatch(/ HIGH +testing +WARNING +shared meanwhile /);
    expect(end.stderr).toBe('');
    expect(await subscriptions(store).countDocuments({ tenant: name })).toBe(0);
  });

  it('keeps to the channels named; --json is one object a line', async () => {
    const end = await watch(['--channel', 'code', '--last', '5', '--json'], 'code last', async () => {
      await share('not for us', 'debugging');
      await share('code last', 'code');
    });
    expect(end.code, end.stderr).toBe(0);
    const [known, last, ...more] = end.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(known).toMatchObject({
      id: 'code:1',
      channel: 'code',
      sequence: 1,
      item: { title: 'second known' },
    });
    expect(last).toMatchObject({ id: 'code:2', item: { id: 'code-last', priority: 'MEDIUM' } });
    expect(more).toEqual([]);
  });

  it('as an agent it begins with what was missed, and takes in what it printed', async () => {
    await hub.subscribeToChannel('ann', 'solutions');
    await share('missed one', 'solutions');
    const first = await watch(['--agent', 'ann'], 'missed one');
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toContain('missed one');
    expect(await hub.missed('ann')).toEqual([]);
    await share('missed two', 'solutions');
    const second = await watch(['--agent', 'ann', '--channel', 'solutions', '--json'], 'missed two');
    expect(second.stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(second.stdout)).toMatchObject({ id: 'solutions:2', item: { title: 'missed two' } });
    expect(await hub.missed('ann')).toEqual([]);
  });

  it('refuses a channel that the agent does not subscribe to', async () => {
    const end = await place.here('knowledge', 'watch', '--agent', 'ann', '--channel', 'code');
    expect(end.code).toBe(2);
    expect(end.stderr).toMatch(/--channel: "code" .* one that ann subscribes to: general, solutions/);
  });
});

describe('what is CRITICAL', () => {
  const urgent = (id: string, title: string): string[] => [
    ...['knowledge', 'share', '--agent', 'ops', '--type', 'WARNING', '--title', title, '--content', title],
    ...['--priority', 'CRITICAL', '--id', id, '--json'],
  ];

  it('is announced to running tasks as it is shared', async () => {
    const end = await journeyman(urgent('urgent-1', 'Do not deploy today'), { cwd: folder, env });
    expect(end.code, end.stderr).toBe(0);
    expect(JSON.parse(end.stdout)).toMatchObject({ outcome: 'shared', item: { priority: 'CRITICAL' } });
    const connection = await Connection.connect({ address: inject('temporalAddress') });
    try {
      const workflow = new Client({ connection }).workflow.getHandle(announceWorkflowId(name, 'urgent-1'));
      expect((await workflow.describe()).type).toBe('AnnounceKnowledgeWorkflow');
      await workflow.terminate();
    } finally {
      await connection.close();
    }
  });

  it('is shared although Temporal is away, and left to the next maintenance run to announce', async () => {
    const away = { ...env, TEMPORAL_ADDRESS: '127.0.0.1:1' };
    const end = await journeyman(urgent('urgent-2', 'The gateway is down'), { cwd: folder, env: away });
    expect(end.code, end.stderr).toBe(0);
    expect(JSON.parse(end.stdout)).toMatchObject({ outcome: 'shared' });
    expect(end.stderr).toMatch(
      /^Temporal is out of reach: running tasks are told of it by the next maintenance run/,
    );
    expect(await announcements(store).findOne({ tenant: name, id: 'urgent-2' })).toMatchObject({
      announcedAt: null,
    });
  });
});
