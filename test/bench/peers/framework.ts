import { Hono } from 'hono';
import { listen } from './listen.ts';
import { moveBody } from './move-body.ts';

/** The HTTP framework with the body parsed and checked, and nothing behind it. */
const app = new Hono().patch('/api/v1/video/:app/scheduled-calls/:id', async (c) => {
  const body = moveBody.safeParse(await c.req.json());
  if (!body.success) return c.json({ error: body.error.issues }, 400);
  const scheduled_at = new Date(body.data.scheduledAtUtc).toISOString();
  return c.json({ data: { call: { id: c.req.param('id'), scheduled_at }, events: [] } });
});

listen(app.fetch);
