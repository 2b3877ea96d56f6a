import { expect, test } from 'vitest';
import { newIssuer, newSigner, verifierFor } from '../jwt/issuer.ts';
import { NOW, openApi } from './api.ts';

/** JSON Web Tokens as bearer tokens. */

test('who asks by a token lands in the timeline; while its issuer is away others are told to come again', async () => {
  const signer = await newSigner('one');
  const issuer = newIssuer(signer);
  const { verifier } = verifierFor(issuer);
  const api = await openApi('memory', NOW, undefined, undefined, verifier);
  const { id } = await api.book();
  const patch = async (kid: string, guestName: string) => {
    const token = await signer.sign({ app_id: api.appId }, { kid });
    const headers = { Authorization: `Bearer ${token}` };
    return api.video('PATCH', `/scheduled-calls/${id}`, { guestName }, headers);
  };
  const made = await patch('one', 'Bo');
  expect([made.status, made.body.data.events[0].actor_type, made.body.data.events[0].actor_id]).toEqual([
    200,
    'api',
    'backend@acme',
  ]);
  expect((await patch('two', 'Cy')).status).toBe(401);

  issuer.away = true;
  const cold = await openApi('memory', NOW, undefined, undefined, verifierFor(issuer).verifier);
  const token = await signer.sign({ app_id: cold.appId });
  const asked = await cold.video('GET', '/policy', undefined, { Authorization: `Bearer ${token}` });
  expect([asked.status, asked.body.error.code, asked.headers.get('retry-after')]).toEqual([
    503,
    'unavailable',
    '1',
  ]);
  await Promise.all([api.close(), cold.close()]);
});
