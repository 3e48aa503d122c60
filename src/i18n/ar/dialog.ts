import type { Messages } from '../catalogue.ts';

export default {
  cancel: 'إلغاء',
} satisfies Messages;
