import type { Config } from '../config/config.ts';
import { ok, problem, type Finding } from './check.ts';

/** 32 hexadecimal digits have fewer than ten different ones once in 5,000 times; what was typed by hand often has. */
const FEWEST_CHARACTERS = 10;
const WORDS = /secret|password|change|example/i;

/** Whether what links of guests are signed with may be guessed. The secret is not repeated. */
export function guestLinkSecret({ guestLinkSecrets }: Pick<Config, 'guestLinkSecrets'>): readonly Finding[] {
  const name = 'guest links';
  if (!guestLinkSecrets) return [ok(name, 'GUEST_LINK_SECRET is not set')];
  const looksChosen = guestLinkSecrets.some(
    (secret) => new Set(secret).size < FEWEST_CHARACTERS || WORDS.test(secret),
  );
  return [
    looksChosen
      ? problem(
          name,
          'GUEST_LINK_SECRET does not look random: who guesses it can act for every guest',
          'Set it to what `openssl rand -base64 32` gives; links that are out end with the old one.',
        )
      : ok(
          name,
          `signed, ${guestLinkSecrets.length === 1 ? 'by one secret' : 'while one secret takes over from another'}`,
        ),
  ];
}
