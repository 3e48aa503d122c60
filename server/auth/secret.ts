import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The service's secret, and the keys that are made of it: one for each purpose. */
export class Secret {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** 256 bits that tell nothing of the secret, nor of another purpose's key. */
  key(purpose: string): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.#secret, 'cloudbrain', purpose, 32));
  }

  /** Text that only this service can read again: AES-256-GCM. */
  seal(text: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key('seal'), nonce);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** @throws Error where the text was not sealed with this secret */
  open(sealed: string): string {
    const bytes = Buffer.from(sealed, 'base64url');
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.key('seal'), nonce, {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  }
}
