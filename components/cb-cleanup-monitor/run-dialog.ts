/** The question before a run, loaded when it is asked first. */
import type { CleanupRun, CleanupStatus } from '@cloudbrain/sdk';
import { CleanupResource } from '@cloudbrain/sdk/core';
import type { QueryController } from '../../src/data/query-controller.ts';
import { ConfirmDialog } from '../../src/dialog/confirm-dialog.ts';
import type { CbBaseElement } from '../../src/element/base-element.ts';
import { translate } from '../../src/i18n/catalogue.ts';
import { messages } from './run-dialog.messages.ts';

export { messages };

/** The element that opens the dialog and gets its result. */
export interface RunDialogOptions {
  /** Its query for the settings. */
  query: Pick<QueryController<never, CleanupStatus>, 'state' | 'session'>;
  /** A run was requested. */
  done(this: void, run: CleanupRun): void;
  /** The request was rejected after the dialog was closed. */
  failed(this: void, problem: string): void;
}

/** Makes the dialog: a dry run, or one that deletes where the server allows it. */
export function createRunDialog(
  host: CbBaseElement,
  { query, done, failed }: RunDialogOptions,
): ConfirmDialog<CleanupRun> {
  const t = (key: keyof typeof messages.en) => translate(messages, host.usedLocale, key);
  return new ConfirmDialog<CleanupRun>(host, {
    async run(mode, call) {
      const { session } = query;
      if (!session) throw new Error('Not connected');
      return new CleanupResource(session.core).run({ dryRun: mode !== 'real' }, call);
    },
    done,
    failed,
    ask(mode) {
      const { settings } = query.state.data ?? {};
      const onlyDry = settings?.dryRun !== false || !settings.enabled;
      return {
        heading: t('question'),
        options: [
          { value: 'dry', label: t('optionDry') },
          {
            value: 'real',
            label: t('optionReal'),
            note: t(onlyDry ? 'onlyDry' : 'consequence'),
            isDisabled: onlyDry,
          },
        ],
        confirm: t(mode === 'real' ? 'confirmReal' : 'confirm'),
        isDangerous: mode === 'real',
      };
    },
  });
}
