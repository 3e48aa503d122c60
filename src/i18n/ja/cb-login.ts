import type { Messages } from '../catalogue.ts';

export default {
  heading: 'ログイン',
  email: 'メールアドレス',
  password: 'パスワード',
  domain: 'ドメイン',
  domainWhy:
    'このメールアドレスは複数のワークスペースに登録されています。ドメインを入力してワークスペースを選んでください。',
  submit: 'ログイン',
  submitting: 'ログインしています…',
  missing: '次の項目を入力してください: {fields}',
  wrong: 'メールアドレスまたはパスワードが正しくありません。',
  wrongDomain: 'メールアドレス、パスワード、ドメインのいずれかが正しくありません。',
  locked: '試行回数が多すぎます。{age}後にもう一度お試しください。',
  alone: 'ログインするには <cb-provider> の中に配置してください。',
  signedIn: '{name} としてログインしました',
  menu: '{name} のアカウント',
  role: 'ロール',
  workspace: 'ワークスペース',
  domains: 'ドメイン',
  allDomains: 'すべて',
  signOut: 'ログアウト',
} satisfies Messages;
