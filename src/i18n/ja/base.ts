import type { Messages } from '../catalogue.ts';

export default {
  retry: '再試行',
  retryIn: '{age}後に再試行します',
  retrying: '再試行しています…',
  code: 'コード {code}',
  unreachable: 'サービスに接続できません',
  busy: 'サービスが混み合っています',
  failed: 'サービスでエラーが発生しました',
  refused: 'リクエストが拒否されました',
  notFound: '見つかりません',
  unexpected: '問題が発生しました',
  unconnected: '接続されていません。base-url を設定するか、<cb-provider> の中に配置してください。',
  signIn: '表示するにはログインしてください。',
  forbidden: '表示する権限がありません。',
  needsRole: '必要なロール: {roles}',
  askAdmin: 'ワークスペースの管理者にお問い合わせください。',
} satisfies Messages;
