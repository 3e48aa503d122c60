import { signal } from '@lit-labs/signals';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { registrations } from '../i18n/catalogue.ts';
import { SignalController } from '../data/signal-controller.ts';
import { findProvider, isProvider, type Provider } from './provider.ts';

/**
 * The provider around an element, which is rendered again when a setting or the session changes, or
 * the page registers texts.
 */
export class ProviderController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #provider = signal<Provider | undefined>(undefined);
  #around?: HTMLElement | undefined;

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    host.addController(this);
    new SignalController(host, () => {
      const provider = this.#provider.get();
      const session = provider?.session;
      return [provider?.settings.get(), session, session?.me.get(), registrations.get()];
    });
  }

  /** The provider, once it is defined. */
  get provider(): Provider | undefined {
    return this.#provider.get();
  }

  /** Whether there is one that isn't defined yet. */
  get isPending(): boolean {
    return this.#around !== undefined && !this.provider;
  }

  hostConnected(): void {
    const around = (this.#around = findProvider(this.#host));
    const take = () => {
      if (this.#around === around && isProvider(around)) this.#provider.set(around);
    };
    take();
    if (around && !this.provider) void customElements.whenDefined('cb-provider').then(take);
  }

  hostDisconnected(): void {
    this.#around = undefined;
    this.#provider.set(undefined);
  }
}
