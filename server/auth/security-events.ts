import type { AuditEntry } from '../store/audit/audit.ts';
import type { Refusal, SecurityLog, Suspect, Touch, Use } from '../store/audit/security-log.ts';
import { networkOf } from './address.ts';
import type { Caller } from './caller.ts';

export interface WatchOptions {
  log: Pick<SecurityLog, 'noteRefusals' | 'noteUse' | 'touchKey'>;
  now: () => Date;
  /** Told of what could not be noted; no caller waits for it. */
  onError: (error: unknown) => void;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Milliseconds for which refusals are gathered before they are written. */
const GATHER_MS = 1_000;

/** Refusals that are told apart in an hour, those of a minute once; what is beyond is only counted. */
const PER_HOUR = 2_000;

/** Milliseconds after which the last use of a key is written again. */
const TOUCH_MS = 60_000;

/** Accounts and keys, each with a network, that are remembered as noted in this hour. */
const REMEMBERED = 10_000;

/** Networks of one account or key that are noted in an hour. */
const NETWORKS = 200;

/** Uses that may wait to be written; beyond, the next request of the same hour tells it. */
const WAITING = 1_000;

/**
 * Notes who is refused and from where keys and accounts are used, beside the requests and not in
 * their way. How much it writes nobody outside decides: what is alike is counted by the minute.
 */
export class SecurityEvents {
  readonly #log: WatchOptions['log'];
  readonly #now: () => Date;
  readonly #onError: (error: unknown) => void;
  #refusals = new Map<string, Refusal>();
  #uses: Use[] = [];
  #touches: Touch[] = [];
  /** When the last use of each key was written. */
  readonly #touched = new Map<string, number>();
  readonly #noted = new Map<string, number>();
  /** Networks noted in this hour, by subject. */
  readonly #networks = new Map<string, number>();
  /** Refusals that are told apart in this hour, whether or not they are written already. */
  readonly #told = new Set<string>();
  #hour = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor({ log, now, onError }: WatchOptions) {
    this.#log = log;
    this.#now = now;
    this.#onError = onError;
  }

  /** A login or a token was refused. @param suspects whom it concerns; none: nobody that is known */
  refused(
    kind: Refusal['kind'],
    reason: string,
    ip: string,
    suspects: readonly (Suspect | null)[] = [],
  ): void {
    const at = this.#now().getTime();
    const minute = Math.floor(at / MINUTE_MS) * MINUTE_MS;
    for (const suspect of suspects.length > 0 ? suspects : [null]) {
      this.#count({ minute, kind, reason, suspect, address: networkOf(ip), n: 1, lastAt: at });
    }
    this.#soon();
  }

  /**
   * A key was used: when and where from is noted once a minute. Of each address it is noted once an
   * hour, and told to the audit log.
   */
  keyUsed(caller: Caller, ip: string): void {
    if (caller.kind !== 'key' && caller.kind !== 'ingest') return;
    const { id, name, kind } = caller;
    const network = networkOf(ip);
    const at = this.#now().getTime();
    this.#touch({ keyId: id, network, at });
    this.#use({
      workspaceId: caller.workspace.id,
      subject: `key:${id}`,
      network,
      at,
      audit: { actor: { kind, id, name }, action: 'key.use', target: name, ip },
    });
  }

  /** An account has logged in; the audit log is told by the login itself. */
  loggedIn(account: { id: string; workspace: { id: string } }, ip: string): void {
    this.#use({
      workspaceId: account.workspace.id,
      subject: `account:${account.id}`,
      network: networkOf(ip),
      at: this.#now().getTime(),
      audit: null,
    });
  }

  /** Writes what was gathered; resolves once all of it is written, or told to be lost. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const refusals = [...this.#refusals.values()];
    const uses = this.#uses;
    const touches = this.#touches;
    this.#refusals = new Map();
    this.#uses = [];
    this.#touches = [];
    this.#writing = this.#writing.then(async () => {
      await this.#log.noteRefusals(refusals).catch(this.#onError);
      for (const touch of touches) {
        await this.#log.touchKey(touch).catch((error: unknown) => {
          this.#touched.delete(touch.keyId);
          this.#onError(error);
        });
      }
      for (const use of uses) {
        await this.#log.noteUse(use).catch((error: unknown) => {
          this.#forget(use);
          this.#onError(error);
        });
      }
    });
    return this.#writing;
  }

  #count(refusal: Refusal): void {
    this.#beginHour(refusal.lastAt);
    const { minute, kind, reason, suspect, address } = refusal;
    const key = JSON.stringify([minute, kind, reason, suspect, address]);
    const known = this.#refusals.get(key);
    if (known) {
      known.n += 1;
      known.lastAt = refusal.lastAt;
    } else if (this.#told.has(key) || this.#told.size < PER_HOUR) {
      this.#told.add(key);
      this.#refusals.set(key, refusal);
    } else if (suspect !== null || address !== '') {
      this.#count({ ...refusal, suspect: null, address: '' });
    } else {
      this.#refusals.set(key, refusal);
    }
  }

  #touch(touch: Touch): void {
    const { keyId, at } = touch;
    if (at - (this.#touched.get(keyId) ?? -Infinity) < TOUCH_MS) return;
    this.#touched.set(keyId, at);
    this.#touches.push(touch);
    this.#soon();
  }

  #use(use: Use): void {
    const hour = this.#beginHour(use.at);
    const key = keyOf(use);
    if (this.#noted.get(key) === hour || this.#uses.length >= WAITING) return;
    const networks = this.#networks.get(use.subject) ?? 0;
    if (networks >= NETWORKS) return;
    this.#networks.set(use.subject, networks + 1);
    this.#noted.delete(key);
    this.#noted.set(key, hour);
    const [oldest] = this.#noted.keys();
    if (this.#noted.size > REMEMBERED && oldest !== undefined) this.#noted.delete(oldest);
    this.#uses.push(use);
    this.#soon();
  }

  /** It was not written: the next one of the hour is to be. */
  #forget(use: Use): void {
    const key = keyOf(use);
    if (this.#noted.get(key) !== hourOf(use.at)) return;
    this.#noted.delete(key);
    if (hourOf(use.at) !== this.#hour) return;
    this.#networks.set(use.subject, (this.#networks.get(use.subject) ?? 1) - 1);
  }

  #beginHour(at: number): number {
    const hour = hourOf(at);
    if (hour !== this.#hour) {
      this.#hour = hour;
      this.#told.clear();
      this.#networks.clear();
    }
    return hour;
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => void this.flush(), GATHER_MS).unref();
  }
}

const hourOf = (at: number): number => Math.floor(at / HOUR_MS);

const keyOf = ({ subject, network }: Use): string => `${subject} ${network}`;

/** Whose doing a caller's is, for the audit log. */
export const actorOf = ({ kind, id, name, ...caller }: Caller): AuditEntry['actor'] => ({
  kind,
  id,
  name: 'email' in caller ? (caller.email ?? name) : name,
});
