import { z, type OpenAPIHono } from '@hono/zod-openapi';
import { answer } from './documents.ts';
import type { Env, HttpPorts } from '../environment.ts';
import { FOR_PROGRAMS } from '../answers/security-headers.ts';

/** What operators and tools ask: is it alive, is it ready, what does it offer. */

const health = z.object({ status: z.literal('ok') });
const readiness = z.object({
  status: z.enum(['ready', 'not_ready']),
  details: z.record(z.string(), z.string()),
});

const INFO = {
  openapi: '3.1.0',
  info: {
    title: 'Reslot',
    version: '0.1.0',
    description:
      'Moves booked calls without double-booking an agent, losing a change, or reminding at the old time.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  // Relative to the document, so that it holds wherever the app is mounted.
  servers: [{ url: '.' }],
};

export function operations(app: OpenAPIHono<Env>, ready: HttpPorts['readiness']): void {
  app.openapi(
    {
      method: 'get',
      path: '/healthz',
      operationId: 'health',
      summary: 'The process is alive',
      tags: ['operations'],
      responses: { 200: answer('It is.', health) },
    },
    (c) => c.json({ status: 'ok' as const }, 200, FOR_PROGRAMS),
  );

  app.openapi(
    {
      method: 'get',
      path: '/readyz',
      operationId: 'readiness',
      summary: 'The process can serve: its database answers and is migrated, and it is not stopping',
      tags: ['operations'],
      responses: { 200: answer('It can.', readiness), 503: answer('It cannot, for now.', readiness) },
    },
    async (c) => {
      const state = (await ready?.()) ?? { ready: true, details: {} };
      return state.ready
        ? c.json({ status: 'ready' as const, details: state.details }, 200, FOR_PROGRAMS)
        : c.json({ status: 'not_ready' as const, details: state.details }, 503, FOR_PROGRAMS);
    },
  );

  const { openAPIRegistry: registry } = app;
  registry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  registry.registerComponent('securitySchemes', 'apiKey', {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-KEY',
  });
  registry.registerComponent('securitySchemes', 'apiSecret', {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-SECRET',
  });
  // Made from the routes when it is first asked for; they do not change any more.
  let document: string | undefined;
  app.get('/openapi.json', (c) => {
    document ??= JSON.stringify(app.getOpenAPI31Document(INFO));
    return c.body(document, 200, { ...FOR_PROGRAMS, 'Content-Type': 'application/json' });
  });
}
