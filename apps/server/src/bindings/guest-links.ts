import { createGuestLinkTokens, type Secrets } from '@reslot/adapters/guest-links';
import { GUESTS_PATH } from '@reslot/adapters/http';
import { newSecret } from '@reslot/adapters/ids';
import { createGuestLinks, type GuestLinks, type GuestLinksPorts } from '@reslot/core';
import type { Config } from '../config/config.ts';
import { localUrl } from '../running/local-url.ts';

/** The links of guests, if the settings say how they are signed and where they lead. */
export function guestLinksOf(
  config: Config,
  ports: Pick<GuestLinksPorts, 'scheduler' | 'queries' | 'clock'>,
): GuestLinks | undefined {
  const { guestLinkSecrets: secrets = passingSecret(config), publicUrl = localUrl(config.port) } = config;
  if (!secrets) return undefined;
  return createGuestLinks({
    ...ports,
    tokens: createGuestLinkTokens(secrets),
    base: `${publicUrl}${GUESTS_PATH}/`,
  });
}

/** An embedded database that nobody else reaches is a newcomer's: his links hold as long as the process. */
const passingSecret = ({ databaseUrl, publicUrl }: Config): Secrets | undefined =>
  databaseUrl.startsWith('sqlite:') && publicUrl === undefined ? [newSecret()] : undefined;
