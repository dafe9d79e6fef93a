/** The evidence of tenants that choose here, kept in memory and brought up to date before each choice. */
import { CLAIMS } from '../evidence/claims.js';
import { dayOf, readCounters } from '../store/counters.js';
import { type FollowedCounter, readFollowed, readHighest, readTouched } from '../store/followed-counters.js';
import { liveGeneration } from '../store/ledger.js';
import { type Store, StoreUnavailableError } from '../store/store.js';
import { ARM_DIMENSIONS, ARMS } from './arms.js';
import { HANDOVERS } from './composition/handovers.js';
import { evidenceOfArms } from './evidence-of-arms.js';
import { EVIDENCE, endOfSlot } from './evidence-rows.js';
import { type KeyedCounter, TenantEvidence } from './tenant-evidence.js';

export interface CacheLimits {
  /** Counters of plans that are read of a tenant: the newest. */
  rows: number;
  /** As many of them serve the first choices, while the others are being read. */
  firstRows: number;
  /** Counters held of all tenants together, and tenants; those that were used least recently make room. */
  held: number;
  tenants: number;
  /** Milliseconds after which a tenant is read anew, in the background. */
  reloadMs: number;
  /** Milliseconds after which a read looks back further than others do. */
  sweepMs: number;
}

const DEFAULT_LIMITS: CacheLimits = {
  rows: 20_000,
  firstRows: 3_000,
  held: 200_000,
  tenants: 1_000,
  reloadMs: 20 * 60_000,
  sweepMs: 10_000,
};
/** Milliseconds a first read may take, whoever waits for it. */
const LOAD_DEADLINE_MS = 30_000;
/** Milliseconds that each read looks back before the last change it knows of. */
const OVERLAP_MS = 2_000;
/** The same for a read that looks back further: for transactions that took long to commit, and a server's clock that is behind another's. */
const SWEEP_OVERLAP_MS = 35_000;
/** Reads of more counters than these are shared by the choices of the next moment. */
const MANY = 200;
const SHARED_MS = 100;

/** What was read of one generation. */
interface Loaded {
  generation: string;
  evidence: TenantEvidence;
  /** Whether it is but the newest, for a start. */
  partial: boolean;
  /** The latest change that is known, by the server's clock. */
  latest: number;
  /** On the monotonic clock. */
  loadedAt: number;
  sweptAt: number;
  freshUntil: number;
}

interface Entry {
  loaded: Loaded | null;
  loading: Promise<Loaded> | null;
  /** The read that is under way, and the one that begins after it. */
  reading: Promise<void> | null;
  next: Promise<void> | null;
}

/** One of these a store; see {@link evidenceCache}. */
export class EvidenceCache {
  /** The least recently used first. */
  private readonly tenants = new Map<string, Entry>();

  constructor(
    private readonly store: Store,
    private readonly limits: CacheLimits = DEFAULT_LIMITS,
  ) {}

  /**
   * A tenant's evidence, with all that was committed before the call, or a moment before it on busy tenants. The
   * first call reads much; where that takes longer than the deadline it goes on for later ones.
   *
   * @throws StoreUnavailableError when MongoDB is away, or does not answer in time
   */
  async of(tenant: string, deadlineMs = LOAD_DEADLINE_MS): Promise<TenantEvidence> {
    const { store } = this;
    const entry = this.entryOf(tenant);
    const end = performance.now() + deadlineMs;
    const generation = await store.run((options) => liveGeneration(store, tenant, options), deadlineMs);
    const old = entry.loaded;
    if (old === null) return (await before(end, this.loadFirst(tenant, entry, generation))).evidence;
    if (old.generation !== generation) {
      // A rebuild has switched: what was known just before it serves for as long as the new one is being read.
      const loaded = await before(end, this.load(tenant, entry, generation)).catch(() => old);
      return loaded.evidence;
    }
    if (performance.now() > old.loadedAt + this.limits.reloadMs)
      // What fails is tried again by the next choice; this one has what it needs.
      this.load(tenant, entry, generation).catch(() => {});
    await this.refresh(tenant, entry, old, end);
    return (entry.loaded ?? old).evidence;
  }

  /** Begins to read a tenant that is not held yet; the calls of {@link of} that follow share the read. */
  readAhead(tenant: string, deadlineMs: number): void {
    const entry = this.tenants.get(tenant);
    if (entry === undefined || (entry.loaded === null && entry.loading === null))
      // Whoever needs it will be told what is wrong.
      this.of(tenant, deadlineMs).catch(() => {});
  }

  /** Tenants that are held, the least recently used first. */
  held(): string[] {
    return [...this.tenants.keys()];
  }

  private entryOf(tenant: string): Entry {
    const entry = this.tenants.get(tenant) ?? { loaded: null, loading: null, reading: null, next: null };
    this.tenants.delete(tenant);
    this.tenants.set(tenant, entry);
    return entry;
  }

  /** Reads the newest for a start, and then all: a process that has just begun has tasks that wait for it. */
  private async loadFirst(tenant: string, entry: Entry, generation: string): Promise<Loaded> {
    const { rows, firstRows } = this.limits;
    const first = await this.load(tenant, entry, generation, Math.min(rows, firstRows));
    if (first.partial && entry.loaded === first)
      // What fails is tried again when the tenant is read anew.
      this.load(tenant, entry, generation).catch(() => {});
    return first;
  }

  /** Reads everything, or the newest; calls meanwhile share it. */
  private load(tenant: string, entry: Entry, generation: string, rows = this.limits.rows): Promise<Loaded> {
    entry.loading ??= this.read(tenant, generation, rows, entry.loaded?.evidence)
      .then((loaded) => {
        entry.loaded = loaded;
        this.makeRoom(tenant);
        return loaded;
      })
      .finally(() => {
        entry.loading = null;
      });
    return entry.loading;
  }

  private async read(
    tenant: string,
    generation: string,
    rows: number,
    earlier?: TenantEvidence,
  ): Promise<Loaded> {
    const { store } = this;
    const { found, earlierDays, cut } = await store.run(async (options) => {
      const found = await Promise.all([
        readHighest(store, tenant, generation, EVIDENCE, 'slot', rows, options),
        readFollowed(store, tenant, generation, EVIDENCE, 'introduced', options),
        readFollowed(store, tenant, generation, CLAIMS, undefined, options),
        readFollowed(store, tenant, generation, HANDOVERS, undefined, options),
      ]);
      const cut = found[0].length === rows;
      const earlierDays = cut ? [] : await this.readArms(tenant, generation, found[0], options);
      return { found, earlierDays, cut };
    }, LOAD_DEADLINE_MS);
    const counters = found.flat();
    const evidence = new TenantEvidence(earlier);
    evidence.update([...earlierDays, ...counters]);
    return {
      generation,
      evidence,
      partial: cut && rows < this.limits.rows,
      latest: counters.reduce((latest, { touched }) => Math.max(latest, touched), 0),
      loadedAt: performance.now(),
      sweptAt: Number.NEGATIVE_INFINITY,
      freshUntil: 0,
    };
  }

  /** What was recorded by earlier versions, which kept no evidence, stands in the plans' statistics by day. */
  private async readArms(
    tenant: string,
    generation: string,
    evidence: readonly FollowedCounter[],
    options: { timeoutMS: number },
  ): Promise<KeyedCounter[]> {
    const { store, limits } = this;
    const first = evidence.at(-1)?.dimensions['slot'];
    const where = first === undefined ? {} : { day: { $lt: dayOf(endOfSlot(Number(first)) - 1) } };
    const arms = await readCounters(store, ARMS, tenant, generation, ARM_DIMENSIONS, where, options);
    return evidenceOfArms(arms, limits.rows - evidence.length);
  }

  /** Drops whole tenants, but never the one that is in use. */
  private makeRoom(inUse: string): void {
    let held = 0;
    for (const { loaded } of this.tenants.values()) held += loaded?.evidence.size ?? 0;
    for (const [tenant, { loaded }] of this.tenants) {
      if (held <= this.limits.held && this.tenants.size <= this.limits.tenants) return;
      if (tenant === inUse) continue;
      held -= loaded?.evidence.size ?? 0;
      this.tenants.delete(tenant);
    }
  }

  /** Reads what has changed. Calls that come while that is under way share the read that follows it. */
  private async refresh(tenant: string, entry: Entry, loaded: Loaded, end: number): Promise<void> {
    if (performance.now() < loaded.freshUntil) return;
    const read = (): Promise<void> => {
      entry.reading = this.readChanges(tenant, entry, Math.max(1, end - performance.now())).finally(() => {
        entry.reading = null;
      });
      return entry.reading;
    };
    if (entry.reading === null) return read();
    // One that began before this call may have missed what was committed just before it.
    entry.next ??= entry.reading
      .catch(() => {})
      .then(() => {
        entry.next = null;
        return read();
      });
    return before(end, entry.next);
  }

  private async readChanges(tenant: string, entry: Entry, deadlineMs: number): Promise<void> {
    const { store, limits } = this;
    const { loaded } = entry;
    if (loaded === null) return;
    const { evidence, generation, latest } = loaded;
    const began = performance.now();
    const sweep = began > loaded.sweptAt + limits.sweepMs;
    const since = Math.max(0, latest - (sweep ? SWEEP_OVERLAP_MS : OVERLAP_MS));
    const changed = await store.run(
      (options) => readTouched(store, tenant, generation, since, limits.rows, options),
      Math.ceil(deadlineMs),
    );
    // One that was idle for long has fewer rows to read anew than changes.
    if (changed.length === limits.rows) {
      await before(began + deadlineMs, this.load(tenant, entry, generation));
      return;
    }
    evidence.update(changed);
    loaded.latest = changed.reduce((most, { touched }) => Math.max(most, touched), latest);
    if (sweep) loaded.sweptAt = began;
    if (changed.length > MANY) loaded.freshUntil = performance.now() + SHARED_MS;
  }
}

/** Waits until a time (on the monotonic clock); what is awaited goes on. */
async function before<T>(end: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const left = Math.max(0, end - performance.now());
    timer = setTimeout(
      () => reject(new StoreUnavailableError('what is known of plans is still being read')),
      left,
    );
  });
  try {
    work.catch(() => {});
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const caches = new WeakMap<Store, EvidenceCache>();

/** The cache of a store's tenants: one a process and store. */
export function evidenceCache(store: Store): EvidenceCache {
  const cache = caches.get(store) ?? new EvidenceCache(store);
  caches.set(store, cache);
  return cache;
}
