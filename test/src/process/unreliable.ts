import { setTimeout as wait } from 'node:timers/promises';
import type { ServerResponse } from 'node:http';
import type { Random } from '../random.ts';
import { receiver } from '../webhooks/receivers.ts';
import { eventName } from './told.ts';

/** One event, as a receiver gets it. */
export interface Told {
  readonly name: string;
  readonly callId: string;
  readonly sequence: number;
  readonly messageId: string;
  readonly body: string;
  /** Whether the receiver has acted on it, however it answered. */
  taken: boolean;
}

/** What it does to a first attempt, of a hundred; it answers all the others at once. */
const REFUSES = 6;
const HANGS = 6;
const DROPS = 6;

/**
 * A receiver that refuses now and then, hangs for `hang` milliseconds, or breaks the connection off when it has read the
 * message. It is good to every second attempt, as the third comes minutes later.
 */
export async function unreliable(random: Random, hang: number) {
  const told: Told[] = [];

  async function answer(one: Told, isFirst: boolean, response: ServerResponse): Promise<void> {
    const mood = isFirst ? random(100) : 100;
    if (mood < REFUSES) return void response.writeHead(503, { 'Retry-After': '1' }).end();
    one.taken = true;
    if (mood < REFUSES + DROPS) return void response.destroy();
    await wait(mood < REFUSES + DROPS + HANGS ? hang : random(30));
    response.writeHead(204).end();
  }

  const { url, received } = await receiver((_, response) => {
    const last = received.at(-1);
    if (!last) throw new Error('what is answered was received');
    const { headers, body } = last;
    const { data } = JSON.parse(body);
    const one = {
      name: eventName(data.call_id, data.sequence),
      callId: data.call_id,
      sequence: data.sequence,
      messageId: String(headers['webhook-id']),
      body,
      taken: false,
    };
    // As the documentation has it: a call goes on when its event before was taken.
    if (one.sequence > 1 && !taken(eventName(one.callId, one.sequence - 1))) early.push(one.name);
    told.push(one);
    void answer(one, String(headers['x-apifycloud-delivery']).endsWith(':1'), response);
  });
  const early: string[] = [];
  const taken = (name: string) => told.some((one) => one.taken && one.name === name);
  return { url, told, early };
}
