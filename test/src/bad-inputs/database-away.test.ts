import { expect, test } from 'vitest';
import { describeOnServers, newDatabase } from '../engines/engines.ts';
import { freezable } from '../engines/freezable.ts';
import { useServers } from '../process/use-servers.ts';

/** Row 34 of the table of bad inputs. */

/** Milliseconds until an answer is too late. */
const PATIENCE = 10_000;

const { start, run } = useServers();

describeOnServers('a database that is away', (name) => {
  test('a change and a question are answered in time, and change nothing', async () => {
    const { url, drop } = await newDatabase(name);
    const database = await freezable(url);
    const server = await start({ DATABASE_URL: database.url });
    const { appId, token } = JSON.parse((await run(['demo', '--json'], { DATABASE_URL: url })).out);
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const path = `${server.url}/api/v1/video/${appId}/scheduled-calls`;
    const { data } = JSON.parse(await (await fetch(`${path}?limit=1`, { headers })).text());
    const one = `${path}/${data.calls[0].id}`;
    database.close();
    const asked = [{ method: 'GET' }, { method: 'PATCH', body: '{"guestName":"Changed"}' }];
    const answers = await Promise.all(
      asked.map(async (init) => {
        const answer = await fetch(one, { ...init, headers, signal: AbortSignal.timeout(PATIENCE) });
        const { error } = JSON.parse(await answer.text());
        return [answer.status, error.code, answer.headers.get('retry-after')];
      }),
    );
    expect(answers).toEqual(asked.map(() => [503, 'unavailable', '1']));
    await drop();
  });
});
