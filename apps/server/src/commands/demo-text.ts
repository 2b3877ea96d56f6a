import type { Demo } from './demo.ts';

/** What a newcomer is shown, once: the credential, and two lines to paste. */
export function demoText({ issued, agents, calls, moves: [patch, put] }: Demo, publicUrl: string): string {
  const { key, token, apiKey, apiSecret } = issued;
  const json = "-H 'Content-Type: application/json'";
  const move = JSON.stringify({
    scheduledAtUtc: new Date(patch.to).toISOString(),
    reason: 'Customer requested new time',
  });
  return `
A demo app is ready: ${agents} agents, ${calls} calls. Its credential is shown this once.

  app id        ${key.appId}
  bearer token  ${token}
  X-API-KEY     ${apiKey}
  X-API-SECRET  ${apiSecret}

Move a call through the scheduled-calls family:

curl -X PATCH '${publicUrl}/api/v1/video/${key.appId}/scheduled-calls/${patch.call.id}' -H 'Authorization: Bearer ${token}' ${json} -d '${move}'

Move another one through the calls family:

curl -X PUT '${publicUrl}/api/calls/call_${put.call.id}/schedule' -H 'X-API-KEY: ${apiKey}' -H 'X-API-SECRET: ${apiSecret}' ${json} -d '{"scheduled_timestamp":${put.to / 1000}}'
`;
}

/** The same for scripts. */
export const demoJson = ({ issued: { key, token, apiKey, apiSecret }, agents, calls }: Demo) => ({
  appId: key.appId,
  keyId: key.id,
  token,
  apiKey,
  apiSecret,
  agents,
  calls,
});
