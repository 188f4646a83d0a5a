import type { Fault } from "./fault.ts";
import { callbacks } from "./list/callbacks.ts";
import { crashes } from "./list/crash.ts";
import { disks } from "./list/disk.ts";
import { freezes } from "./list/freeze.ts";
import { hosts } from "./list/hosts.ts";
import { interplay } from "./list/interplay.ts";
import { many } from "./list/many.ts";
import { messages } from "./list/messages.ts";
import { models } from "./list/model.ts";
import { pipes } from "./list/pipes.ts";

/** Everything that is tried, in the order it is tried and shown. */
export const faults: readonly Fault[] = [
  ...crashes,
  ...interplay,
  ...freezes,
  ...pipes,
  ...messages,
  ...models,
  ...disks,
  ...callbacks,
  ...hosts,
  ...many,
];
