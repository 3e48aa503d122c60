import type { Messages } from '../catalogue.ts';

export default {
  question: '今すぐクリーンアップを実行しますか？',
  consequence:
    '期限切れのプレビューバンドル、放置された一時ディレクトリ、孤立したオブジェクト、古いログを削除します。この操作は取り消せません。',
  onlyDry: 'このサーバーではドライランのみ実行できます。何も削除されません。',
  optionDry: 'ドライラン: 削除対象を一覧表示するだけ',
  optionReal: '期限切れのものを削除',
  confirm: '実行',
  confirmReal: '削除する',
  cancel: 'キャンセル',
} satisfies Messages;
