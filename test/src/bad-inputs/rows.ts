import type { World } from './world.ts';
import { bearer, iso, JSON_TYPE, pair } from './world.ts';
import type { Answer, Sent } from './wire.ts';

/** One row of the table of inputs that must not break the server; docs/bad-input.md is made of them. */
export interface Row {
  readonly row: number;
  /** In words, for the page. */
  readonly input: string;
  /** What is answered, in words; what the cases say, when it is left out. */
  readonly answer?: string;
  /** Why it is so, where one could expect something else. */
  readonly why?: string;
  /** Requests that change nothing, with their answers. */
  readonly refused?: readonly Refused[];
  /** Whatever is more than one request and its answer. */
  readonly runs?: Readonly<Record<string, (world: World) => Promise<void>>>;
  /** Tests that prove it elsewhere: their file, and a title in it. */
  readonly proofs?: readonly (readonly [file: string, title: string])[];
}

export interface Refused {
  readonly name: string;
  readonly family: 'video' | 'voice';
  readonly sent: (world: World) => Sent;
  readonly status: number;
  readonly code: string;
  /** The one field that is named as the fault. */
  readonly at?: string | undefined;
}

/** How a request differs from a sound one. */
export type Twist = Partial<Sent> & { readonly add?: Sent['headers'] };

/** A sound move of the world's call, but for the twist. */
export function videoMove(world: World, { add = [], ...twist }: Twist = {}): Sent {
  return {
    method: 'PATCH',
    path: `/api/v1/video/${world.appId}/scheduled-calls/${world.call}`,
    headers: [bearer(world.key), JSON_TYPE, ...add],
    body: JSON.stringify({ scheduledAtUtc: iso(world.morning()) }),
    ...twist,
  };
}

/** The same in the calls family. */
export function voiceMove(world: World, { add = [], ...twist }: Twist = {}): Sent {
  return {
    method: 'PUT',
    path: `/api/calls/call_${world.call}/schedule`,
    headers: [...pair(world.key), JSON_TYPE, ...add],
    body: JSON.stringify({ scheduled_timestamp: world.morning() / 1000 }),
    ...twist,
  };
}

type Twisting = Twist | ((world: World) => Twist);
const twisted = (twist: Twisting, world: World): Twist =>
  typeof twist === 'function' ? twist(world) : twist;

export const video = (name: string, twist: Twisting, status: number, code: string, at?: string): Refused => ({
  name,
  family: 'video',
  sent: (world) => videoMove(world, twisted(twist, world)),
  status,
  code,
  at,
});

export const voice = (name: string, twist: Twisting, status: number, code: string, at?: string): Refused => ({
  name,
  family: 'voice',
  sent: (world) => voiceMove(world, twisted(twist, world)),
  status,
  code,
  at,
});

export const both = (name: string, twist: Twisting, status: number, code: string): Refused[] => [
  video(name, twist, status, code),
  voice(name, twist, status, code),
];

/** What is wrong with the value of a field of PATCH. */
export const badField = (field: string, ...values: readonly unknown[]): Refused[] =>
  values.map((value) =>
    video(
      `${field} ${named(value)}`,
      { body: JSON.stringify({ [field]: value }) },
      400,
      'invalid_request',
      field,
    ),
  );

export const named = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}… (${text.length})` : text;
};

/** What a family's answer names as faults. */
export function faultsOf({ family }: Pick<Refused, 'family'>, { text }: Answer): string[] {
  const body = JSON.parse(text);
  if (family === 'voice')
    return [
      String(body.error)
        .replace(/^(in_past|beyond_horizon): /, '')
        .replace(/: .*$/, ''),
    ];
  return body.error.details.issues?.map(({ path }: { path: string }) => path) ?? [];
}
