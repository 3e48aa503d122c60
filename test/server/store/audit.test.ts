import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { appendAudit } from '../../../server/store/audit/audit.ts';
import { ConversationActions } from '../../../server/store/write/conversation-actions.ts';
import { Telemetry, type Workspace } from './telemetry.ts';

describe('the audit log', () => {
  let telemetry: Telemetry;
  let mine: Workspace;
  before(async () => {
    telemetry = await Telemetry.open();
    mine = telemetry.workspace();
    await telemetry.store.inWorkspace(mine.id, (ws) =>
      appendAudit(ws, {
        actor: { kind: 'system', id: null, name: 'CloudBrain' },
        action: 'conversation.purge',
        target: 'chat\0-1',
        details: { requests: 2 },
      }),
    );
  });
  after(() => telemetry.close());

  it('keeps what it was told', async () => {
    const rows = await mine.query('select actor_name, action, target, details, ip from audit_log');
    assert.deepEqual(rows, [
      {
        actor_name: 'CloudBrain',
        action: 'conversation.purge',
        target: 'chat\uFFFD-1',
        details: { requests: 2 },
        ip: null,
      },
    ]);
  });

  it('names every conversation of an export, by the clock of whoever asks', async () => {
    const workspace = telemetry.workspace();
    const places = Array.from({ length: 450 }, (_, n) => ({ domain: 'a.example', key: `c${n}` }));
    const actor = { kind: 'key', id: workspace.id, name: 'Portal' } as const;
    const at = Date.UTC(2026, 10, 21);
    const conversations = new ConversationActions(telemetry.store);
    await conversations.noteExport(workspace.id, places, { actor, details: {} }, at);
    const rows = await workspace.query<{
      at: Date;
      details: { total: number; part: number; parts: number; conversations: { id: string }[] };
    }>(`select at, details from audit_log order by details -> 'part'`);
    assert.deepEqual(
      rows.map(({ details }) => [
        ...[details.total, details.part, details.parts],
        details.conversations.length,
      ]),
      [
        [450, 1, 3, 200],
        [450, 2, 3, 200],
        [450, 3, 3, 50],
      ],
    );
    const named = rows.flatMap(({ details }) => details.conversations.map(({ id }) => id));
    assert.deepEqual(
      named,
      places.map(({ key }) => key),
    );
    assert.ok(rows.every((row) => row.at.getTime() === at));
  });

  it('shows nothing to another workspace', async () => {
    assert.equal(await telemetry.workspace().count('audit_log'), 0);
  });

  it('takes nothing back, from requests or from whoever owns the table', async () => {
    for (const change of ["update audit_log set action = ''", 'delete from audit_log']) {
      await assert.rejects(mine.query(change), /permission denied/);
      await assert.rejects(telemetry.store.query(change), /audit_log only grows/);
    }
    await assert.rejects(telemetry.store.query('truncate audit_log'), /audit_log only grows/);
    assert.equal(await mine.count('audit_log'), 1);
  });
});
