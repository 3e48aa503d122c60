import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** The service's secret, and the keys that are made of it: one for each purpose. */
export class Secret {
  readonly #secret: string;
  readonly #previous: readonly string[];

  /** @param previous earlier secrets, which only open what was sealed with them */
  constructor(secret: string, previous: readonly string[] = []) {
    this.#secret = secret;
    this.#previous = previous;
  }

  /** 256 bits that tell nothing of the secret, nor of another purpose's key. */
  key(purpose: string): Uint8Array {
    return keyOf(this.#secret, purpose);
  }

  /** Seals what has to be read again, such as the secret of a webhook, before it is stored. */
  box(purpose: string): SecretBox {
    return new SecretBox(purpose, [this.#secret, ...this.#previous]);
  }
}

const keyOf = (secret: string, info: string, bytes = 32): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, 'cloudbrain', info, bytes));

const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ID_BYTES = 6;

/** A sealed text that can't be opened: changed, moved elsewhere, or of a secret that isn't known. */
export class NotOpened extends Error {
  constructor() {
    super('The sealed text was changed, belongs elsewhere, or was sealed with an unknown secret.');
    this.name = 'NotOpened';
  }
}

interface BoxKey {
  /** Names the key in what it has sealed, and tells nothing of it. */
  id: string;
  key: Uint8Array;
}

/**
 * Encrypts text for one purpose (AES-256-GCM) with a key that isn't in the database. The result is
 * `v1.<key id>.<nonce, tag and text>`: what was sealed with an earlier secret is opened by that one,
 * as long as it is configured.
 */
export class SecretBox {
  readonly #purpose: string;
  readonly #current: BoxKey;
  readonly #keys: ReadonlyMap<string, BoxKey>;

  constructor(purpose: string, [secret, ...previous]: readonly [string, ...string[]]) {
    const boxKeyOf = (from: string): BoxKey => ({
      id: Buffer.from(keyOf(from, `box-id:${purpose}`, ID_BYTES)).toString('base64url'),
      key: keyOf(from, `box:${purpose}`),
    });
    this.#purpose = purpose;
    this.#current = boxKeyOf(secret);
    const keys = [this.#current, ...previous.map(boxKeyOf)];
    this.#keys = new Map(keys.map((key) => [key.id, key]));
  }

  /** @param context where it is kept, such as the ids of its row: it opens nowhere else */
  seal(text: string, context: readonly string[]): string {
    const { id, key } = this.#current;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(this.#bound(context));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const bytes = Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
    return [VERSION, id, bytes.toString('base64url')].join('.');
  }

  /** @throws NotOpened */
  open(sealed: string, context: readonly string[]): string {
    const [version, id = '', data = '', ...more] = sealed.split('.');
    const key = this.#keys.get(id)?.key;
    const bytes = Buffer.from(data, 'base64url');
    const isWhole =
      version === VERSION && more.length === 0 && bytes.toString('base64url') === data;
    if (!key || !isWhole || bytes.length < NONCE_BYTES + TAG_BYTES) throw new NotOpened();
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(this.#bound(context));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
    try {
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch {
      throw new NotOpened();
    }
  }

  /** Whether it was sealed with today's secret; otherwise it should be sealed again. */
  isCurrent(sealed: string): boolean {
    return sealed.startsWith(`${VERSION}.${this.#current.id}.`);
  }

  #bound(context: readonly string[]): Buffer {
    return Buffer.from(JSON.stringify([this.#purpose, ...context]));
  }
}
