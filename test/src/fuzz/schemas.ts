import fc from 'fast-check';
import { iso, NOW } from '../http/api.ts';

/** Values as the schemas of the OpenAPI document have them, with names of what is in the world. */

/** The keywords of JSON Schema that the document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

export type Schemas = Readonly<Record<string, Schema>>;

const MINUTE = 60_000;

const quarter = (fromDay: number, toDay: number) =>
  fc.integer({ min: fromDay * 96, max: toDay * 96 }).map((quarters) => NOW + quarters * 15 * MINUTE);
const times = (fromDay: number, toDay: number) => quarter(fromDay, toDay).map(iso);
const place = (kind: string) => fc.nat(11).map((index) => `@${kind}:${index}`);
const agents = fc.constantFrom('ana', 'ben', 'carl');
const zones = fc.constantFrom('Europe/Paris', 'UTC', 'America/New_York', 'Asia/Kathmandu');

/** What a schema cannot say: which ids there are, which times are to come, what a text means. */
const BY_NAME: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  appId: fc.constant('@app:0'),
  id: place('call'),
  callId: place('call'),
  seriesId: place('series'),
  hold: place('hold'),
  token: fc.oneof(place('link'), place('oldlink')),
  agentId: agents,
  assignedAgentId: agents,
  scheduledAtUtc: times(1, 12),
  startUtc: times(1, 6),
  endUtc: times(7, 12),
  fromUtc: times(5, 6),
  toUtc: times(6, 7),
  dateFrom: times(0, 6),
  dateTo: times(6, 12),
  settledUntilUtc: times(0, 12),
  scheduled_timestamp: quarter(1, 12).map((at) => at / 1000),
  guestPhone: fc.constantFrom('+33 1 23 45 67 89', '0123456789'),
  appTimezone: zones,
  guestTimezone: zones,
  timezone: zones,
  start: fc.constantFrom('00:00', '08:00', '09:30'),
  end: fc.constantFrom('17:00', '23:45', '24:00'),
  recurrence: fc.constantFrom('FREQ=DAILY;COUNT=3', 'FREQ=WEEKLY;COUNT=2'),
  override: fc.constantFrom('policy', 'availability', 'policy,availability'),
  status: fc.constantFrom('scheduled', 'scheduled,confirmed', 'cancelled'),
  cursor: fc.constantFrom(Buffer.from(`${NOW} x`).toString('base64url')),
  url: fc.constantFrom('https://127.0.0.1:2009/hooks', 'http://127.0.0.1:2009/'),
  version: fc.integer({ min: 1, max: 3 }),
  minutesBefore: fc.integer({ min: 1, max: 1000 }),
  stepMinutes: fc.constantFrom(30, 60),
  offset: fc.nat(20),
  'if-match': fc.constantFrom('"v1"', '"v2"', '*', '"v1", "v2"'),
  'idempotency-key': fc.nat(30).map((key) => `key-${key}`),
  'x-actor': fc.constantFrom('guest/amina', 'agent/ana', 'admin/root'),
};

/** Texts that a schema takes; half of them plain. */
const texts = ({ minLength = 0, maxLength = 40 }: Schema) =>
  fc
    .oneof(
      fc.constantFrom('Amina', 'Renée', 'עמינה', '阿米娜 😀', "O'Brien; DROP", '<b>,;\\'),
      fc.string({ unit: 'grapheme', minLength: Math.max(1, minLength), maxLength: Math.min(maxLength, 40) }),
    )
    .map((text) => text.replaceAll(/@(?=\w+:)/g, ''));

/** Values of a schema. `name` is the field that it is of, or the parameter. */
export function valuesOf(schemas: Schemas, schema: Schema, name = ''): fc.Arbitrary<unknown> {
  const { $ref, anyOf, type, format } = schema;
  if ($ref !== undefined) {
    return valuesOf(schemas, schemas[$ref.replace('#/components/schemas/', '')] ?? {}, name);
  }
  if (Array.isArray(type)) {
    const kinds = type.map((one: string) => valuesOf(schemas, { ...schema, type: one }, name));
    return fc.oneof(...kinds);
  }
  if (type === 'null') return fc.constant(null);
  const known = Object.hasOwn(BY_NAME, name) && schema.enum === undefined ? BY_NAME[name] : undefined;
  if (known) return known;
  if (anyOf) return fc.oneof(...anyOf.map((one) => valuesOf(schemas, one, name)));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (type === 'object') return objectsOf(schemas, schema);
  if (type === 'array') {
    const { items = {}, minItems = 0, maxItems = 4 } = schema;
    return fc.array(valuesOf(schemas, items), { minLength: minItems, maxLength: Math.min(maxItems, 3) });
  }
  if (type === 'boolean') return fc.boolean();
  if (type === 'integer' || type === 'number') {
    const { minimum = 0, maximum = 1000 } = schema;
    return fc.oneof(fc.constantFrom(minimum, maximum), fc.integer({ min: minimum, max: maximum }));
  }
  if (format === 'email') return fc.constantFrom('amina@example.com', 'é@пример.example');
  if (format === 'uuid') return fc.uuid();
  if (format === 'date-time') return times(1, 12);
  return texts(schema);
}

function objectsOf(schemas: Schemas, { properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
  const model = Object.entries(properties).map(([name, schema]) => {
    const values = valuesOf(schemas, schema, name);
    return [name, required.includes(name) ? values : fc.option(values, { nil: undefined, freq: 2 })] as const;
  });
  // What is left out is left out of the JSON.
  return fc.record(Object.fromEntries(model));
}
