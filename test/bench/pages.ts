/** What is measured in a browser or over live streams, on one service. */
import { launch } from './browser.ts';
import { cards } from './cards.ts';
import { fanOut } from './fanout.ts';
import { BATCH, batches, PROTOBUF } from './load.ts';
import type { Context, Row } from './measure.ts';
import { paint } from './paint.ts';
import { createDatabase, startService } from './service.ts';

export async function pages(context: Context): Promise<Row[]> {
  const database = await createDatabase('embedded');
  const service = await startService(database);
  const browser = await launch();
  try {
    for (const { body } of batches(BATCH, 1)) await service.post(body, PROTOBUF);
    return [
      ...(await paint(browser, service, context)),
      ...(await cards(browser, service, context)),
      ...(await fanOut(service, context)),
    ];
  } finally {
    await browser.close();
    await service.close();
    await database.drop();
  }
}
