import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { isUuid } from '../store/database/uuid.ts';
import type { Secret } from './secret.ts';

/** A device from which somebody has logged in to an account. */
export interface Device {
  id: string;
  accountId: string;
  /** Of the account, when it logged in: a new password or an end of the account ends it as well. */
  generation: number;
}

/** Whether a device is known to an account as it is now. */
export const knows = (
  { accountId, generation }: Device,
  account: { id: string; generation: number },
): boolean => accountId === account.id && generation === account.generation;

/** As long as browsers keep a cookie. */
const SECONDS = 400 * 24 * 3600;

const COOKIE = 'cloudbrain_device_';

/** Tokens of one request that are looked at. */
const MOST = 8;

/**
 * Tokens by which a device that has logged in before is known again. They open nothing: whoever has
 * one and not the password gets no further. All they do is have their guesses counted apart.
 */
export class Devices {
  readonly #key: Uint8Array;
  readonly #now: () => Date;

  constructor(secret: Secret, now: () => Date) {
    this.#key = secret.key('devices');
    this.#now = now;
  }

  /** A token for a device that has logged in, with its cookie. @param known as which it came */
  issue(
    { id: accountId, generation }: { id: string; generation: number },
    known: Device | undefined,
    request: Request,
  ) {
    const id = known?.id ?? randomUUID();
    const expires = Math.floor(this.#now().getTime() / 1000) + SECONDS;
    const said = `${accountId}.${id}.${expires}.${generation}`;
    const token = `cbd_${said}.${this.#sign(said)}`;
    // Where TLS ends before the service, only the page's origin tells of it.
    const secure = request.headers.get('origin')?.startsWith('https:') ? '; Secure' : '';
    const cookie =
      `${COOKIE}${accountId.slice(-12)}=${token}; Path=/api/auth/login; Max-Age=${SECONDS}` +
      `; HttpOnly; SameSite=Strict${secure}`;
    return { token, cookie };
  }

  /** The devices that a request comes from, by its header and its cookies; what is forged is left out. */
  of({ headers }: Request): Device[] {
    const cookies = (headers.get('cookie') ?? '').split(';').map((pair) => pair.trim());
    const tokens = [
      ...(headers.get('cloudbrain-device') ?? '').split(','),
      ...cookies
        .filter((pair) => pair.startsWith(COOKIE))
        .map((pair) => pair.slice(pair.indexOf('=') + 1)),
    ];
    return tokens.slice(0, MOST).flatMap((token) => this.#read(token.trim()) ?? []);
  }

  #read(token: string): Device | null {
    const [, said, signature] = /^cbd_(.{1,100})\.([\w-]{43})$/.exec(token) ?? [];
    if (said === undefined || signature === undefined) return null;
    if (!timingSafeEqual(Buffer.from(this.#sign(said)), Buffer.from(signature))) return null;
    // One from before accounts had generations is of the first one.
    const [accountId, id, expires, generation = '0'] = said.split('.');
    if (!isUuid(accountId) || !isUuid(id)) return null;
    const device = { id, accountId, generation: Number(generation) };
    return Number(expires) * 1000 > this.#now().getTime() ? device : null;
  }

  #sign(said: string): string {
    return createHmac('sha256', this.#key).update(said).digest('base64url');
  }
}
