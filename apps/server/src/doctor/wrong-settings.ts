import type { WrongSettings } from '../config/wrong-settings.ts';
import { problem, type Finding } from './check.ts';

/** What the doctor has to say where nothing else can be looked at. */
export const wrongSettings = ({ faults }: WrongSettings): readonly Finding[] =>
  faults.map((fault) => problem('settings', fault, 'set it as .env.example says'));
