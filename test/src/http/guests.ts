import { LINKS, type Answer, type Api } from './api.ts';
import type { Tenant } from './tenants.ts';

/** What the tests of guests' links ask for over and over. */

export const issue = (tenant: Tenant, id: string, body: object): Promise<Answer> =>
  tenant.ask('POST', `/scheduled-calls/${id}/guest-links`, body);

/** The path of a new link; one that is refused fails the test. */
export async function linkFor(
  tenant: Tenant,
  id: string,
  purposes: string[] = ['reschedule', 'cancel'],
): Promise<string> {
  const { status, text, body } = await issue(tenant, id, { purposes });
  if (status !== 201) throw new Error(`the link was refused: ${text}`);
  return pathOfLink(body.data.guestLink.url);
}

export const pathOfLink = (url: string): string => `/g/${url.slice(LINKS.length)}`;

/** What a browser sends. */
export const BROWSER = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

export const sendForm = (api: Api, path: string, fields: Record<string, string>): Promise<Answer> =>
  api.request('POST', path, new URLSearchParams(fields).toString(), {
    ...BROWSER,
    'Content-Type': 'application/x-www-form-urlencoded',
  });

/** All that is known of a call, to compare it with later. */
export const stateOf = async (tenant: Tenant, id: string): Promise<unknown> =>
  (await tenant.ask('GET', `/scheduled-calls/${id}`)).body.data;
