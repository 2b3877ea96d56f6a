import { createConnection } from 'node:net';
import { expect, test } from 'vitest';
import type { RunningProgram } from './program.ts';
import { useServers } from './use-servers.ts';

const { start, relay, run } = useServers();

const portOf = (program: RunningProgram) => /"metricsPort":(\d+)/.exec(program.output())?.[1] ?? '';

test('metrics are on a port of their own, and name routes by their patterns', async () => {
  const server = await start({ METRICS_PORT: '0', RATE_LIMIT: '3' }, ['--json']);
  const { demo } = JSON.parse(server.output().match(/^\{"url".*$/m)?.[0] ?? '');
  const calls = `${server.url}/api/v1/video/${demo.appId}/scheduled-calls`;
  const headers = { Authorization: `Bearer ${demo.token}`, 'Content-Type': 'application/json' };
  const list = JSON.parse(await (await fetch(`${calls}?status=scheduled`, { headers })).text());
  const body = JSON.stringify({ guestName: 'Ben' });
  const path = `${calls}/${list.data.calls[0].id}`;
  for (let time = 0; time < 3; time += 1) await fetch(path, { method: 'PATCH', headers, body });
  await fetch(`${server.url}/no/such/path`);
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404);

  const metrics = `http://127.0.0.1:${portOf(server)}`;
  expect((await fetch(`${metrics}/`)).status).toBe(404);
  expect((await fetch(`${metrics}/metrics`, { method: 'POST' })).status).toBe(404);
  const answer = await fetch(`${metrics}/metrics`);
  expect(answer.headers.get('Content-Type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await answer.text();
  const route = '/api/v1/video/:appId/scheduled-calls/:id';
  for (const line of [
    `reslot_http_requests_total{route="${route}",method="PATCH",status="200"} 2`,
    `reslot_http_requests_total{route="${route}",method="PATCH",status="429"} 1`,
    'reslot_http_requests_total{route="none",method="GET",status="404"} 2',
    `reslot_http_request_duration_seconds_count{route="${route}",method="PATCH"} 3`,
    'reslot_rate_limited_total{limit="credential"} 1',
    'reslot_queue_commands 0',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
  // The demo is booked through the engine too.
  expect(Number(/reslot_commits_total\{outcome="committed"\} (\d+)/.exec(text)?.[1])).toBeGreaterThan(0);
  expect(Number(/reslot_batch_requests_count (\d+)/.exec(text)?.[1])).toBeGreaterThan(0);
  for (const kind of ['events', 'deliveries']) {
    expect(text).toMatch(new RegExp(`reslot_outbox_backlog\\{kind="${kind}"\\} \\d+\n`));
  }
  expect(text).not.toContain(demo.appId);
  expect(text).toContain('process_cpu_seconds_total');
  expect(await server.stop()).toBe(0);
});

test('without a port there are none; a relay has them too', async () => {
  const server = await start({ RELAY: 'off' });
  expect(server.output()).not.toContain('metricsPort');
  await server.stop();
  const worker = await relay({ METRICS_PORT: '0' });
  const port = Number(portOf(worker));
  expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(200);
  expect(await worker.stop()).toBe(0);
  const refused = await new Promise((resolve) => {
    createConnection(port, '127.0.0.1').on('error', resolve);
  });
  expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
});

test('they keep no server alive that cannot listen', async () => {
  const { url } = await start();
  const { code, err } = await run(['serve'], { METRICS_PORT: '0', PORT: new URL(url).port });
  expect([code, err]).toEqual([1, expect.stringMatching(/reslot: HOST and PORT: cannot listen/)]);
});
