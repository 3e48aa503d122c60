import type { Messages } from '../catalogue.ts';

export default {
  cancel: 'Abbrechen',
} satisfies Messages;
