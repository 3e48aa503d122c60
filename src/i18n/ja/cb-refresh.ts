import type { Messages } from '../catalogue.ts';

export default {
  heading: 'データの鮮度',
  live: 'ライブ',
  updated: '{age}前に更新',
  waiting: '読み込み中…',
  failing: { other: '{n} 件の表示を更新できませんでした。' },
  refresh: '更新',
  alone: '<cb-provider> の中に配置してください。',
} satisfies Messages;
