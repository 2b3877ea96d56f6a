import type { Call, Rejection } from '@reslot/core';
import { ask, type Answer } from './asking.ts';
import type { Scene, Wish } from './scene.ts';
import { tellParis, tellTime } from './times.ts';
import { begin, callIn, inSeries, type World } from './world.ts';

/** What becomes of a scene, in the words of the page. */
export type Tell = (scene: Scene) => Promise<string>;

/** What the answers that are no refusals are called. */
const WORDS: Record<
  Exclude<Answer['kind'], Rejection['kind'] | 'accepted' | 'together' | 'series'>,
  string
> = {
  held_for_you: 'yes',
  hold_released: 'yes',
  agent_saved: 'yes',
  replayed: 'yes, the first answer again',
  key_reused: 'no: the key is used',
  in_flight: 'no: the first is under way',
  overloaded: 'no: overloaded',
  contended: 'no: contended',
};

function tellAnswer(answer: Answer): string {
  if (answer.kind === 'accepted') return answer.events.length > 0 ? 'yes' : 'yes, nothing changes';
  if (answer.kind === 'together') return answer.decisions.map(tellAnswer).join('; ');
  if (answer.kind === 'series') return answer.carriedOut ? 'yes' : 'no, none of them';
  if (isRefusal(answer)) return `no: \`${answer.kind}\`${'rule' in answer ? ` by \`${answer.rule}\`` : ''}`;
  return WORDS[answer.kind];
}

const isRefusal = (answer: Answer): answer is Rejection =>
  answer.kind !== 'accepted' &&
  answer.kind !== 'together' &&
  answer.kind !== 'series' &&
  !Object.hasOwn(WORDS, answer.kind);

/** The number or the time that a refusal names; a time that is one by its size. */
function limitOf(answer: Answer): string {
  if ('limit' in answer) return tellLimit(answer.limit);
  if ('until' in answer) return tellTime(answer.until);
  if ('latest' in answer) return tellTime(answer.latest);
  if (answer.kind === 'day_full') return String(answer.calls);
  return '';
}

const tellLimit = (limit: number): string => (limit > 1_000_000_000 ? tellTime(limit) : String(limit));

const nameOf = (agentId: string | null): string =>
  agentId === null ? 'nobody' : `${agentId.slice(0, 1).toUpperCase()}${agentId.slice(1)}`;

const placeOf = ({ startsAt, agentId }: Call): string => `${tellTime(startsAt)}, ${nameOf(agentId)}`;

const tellReminders = ({ reminders }: Call): string =>
  reminders
    .map(({ kind, fireAt, skipped }) => {
      const name = kind.startsWith('custom_') ? `${kind.slice('custom_'.length)}m` : kind;
      return `${name} ${fireAt === null ? (skipped === null ? 'sent' : 'skipped') : tellTime(fireAt)}`;
    })
    .join('; ') || 'none';

/** What is there when it has been answered. */
const after =
  (tell: (world: World, answer: Answer, scene: Scene) => string | Promise<string>): Tell =>
  async (scene) => {
    const world = await begin(scene);
    const answer = await ask(world, scene);
    return tell(world, answer, scene);
  };

const outcome = after((_, answer) => tellAnswer(answer));

const ofWish =
  (wish: Wish, over: Partial<Scene> = {}): Tell =>
  (scene) =>
    outcome({ ...scene, wish, ...over });

/** In the words of Paris; that it is Ana's goes without saying. */
const ofSeries = (index: number): Tell =>
  after((world) => {
    const { status, startsAt, agentId } = callIn(world, inSeries(world, index));
    if (status !== 'scheduled') return status;
    return `${tellParis(startsAt)}${agentId === 'ana' ? '' : `, ${nameOf(agentId)}`}`;
  });

export const OUTCOMES: Readonly<Record<string, Tell>> = {
  outcome,
  limit: after((_, answer) => limitOf(answer)),
  'where it is then': after((world) => placeOf(callIn(world, 'call'))),
  'and the other call': after((world) => placeOf(callIn(world, 'other-0'))),
  'its reminders then': after((world) => tellReminders(callIn(world, 'call'))),
  'who has it': after((_, answer) =>
    answer.kind === 'accepted' ? nameOf(answer.call.agentId) : tellAnswer(answer),
  ),
  'told as overridden': after((_, answer) => {
    const [event] = answer.kind === 'accepted' ? answer.events : [];
    return (event?.overridden ?? []).map((kind) => `\`${kind}\``).join(', ');
  }),
  verdicts: after((_, answer) =>
    answer.kind === 'accepted'
      ? answer.verdicts.map(({ rule, verdict }) => `\`${rule}\` ${verdict}`).join('; ')
      : tellAnswer(answer),
  ),
  offered: after((_, answer) =>
    'alternatives' in answer
      ? answer.alternatives.map(({ from, agentId }) => `${tellTime(from)}, ${nameOf(agentId)}`).join('; ')
      : '',
  ),
  'its version then': after((world) => String(callIn(world, 'call').version)),
  'the hold then': after(async ({ scheduler }) => {
    const { kind } = await scheduler.releaseHold({ appId: 'app', holdId: 'hold' });
    return kind === 'hold_released' ? 'is there' : 'is gone';
  }),
  first: ofSeries(0),
  second: ofSeries(1),
  third: ofSeries(2),
  'move it': ofWish('reschedule'),
  "the guest's name": ofWish('reschedule', { edits: { guestName: 'Bo' } }),
  undo: ofWish('undo'),
  remind: ofWish('remind', { minutesBefore: 90 }),
  confirm: ofWish('confirm'),
  start: ofWish('start'),
  complete: ofWish('complete'),
  'no-show': ofWish('no_show'),
  cancel: ofWish('cancel'),
};
