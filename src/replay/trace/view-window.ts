/** The part of the time that is looked at, in microseconds. */
export interface ViewWindow {
  readonly fromUs: number;
  readonly toUs: number;
}

/** Nearer than this nothing more is to be seen. */
const leastUs = 200;

/** Everything, with a little room at both ends. */
export function wholeWindow(endUs: number): ViewWindow {
  const roomUs = Math.max(endUs * 0.015, 500);
  return { fromUs: -roomUs, toUs: endUs + roomUs };
}

/** @param factor below 1 to see more closely @param aroundUs what stays where it is; the middle when absent */
export function zoomed(view: ViewWindow, factor: number, whole: ViewWindow, aroundUs?: number): ViewWindow {
  const widthUs = view.toUs - view.fromUs;
  const wantedUs = Math.min(Math.max(widthUs * factor, leastUs), whole.toUs - whole.fromUs);
  const stays = aroundUs ?? (view.fromUs + view.toUs) / 2;
  const fromUs = stays - (stays - view.fromUs) * (wantedUs / widthUs);
  return within({ fromUs, toUs: fromUs + wantedUs }, whole);
}

/** @param share of the window's width; negative goes back */
export function panned(view: ViewWindow, share: number, whole: ViewWindow): ViewWindow {
  const byUs = (view.toUs - view.fromUs) * share;
  return within({ fromUs: view.fromUs + byUs, toUs: view.toUs + byUs }, whole);
}

export function centred(view: ViewWindow, atUs: number, whole: ViewWindow): ViewWindow {
  const half = (view.toUs - view.fromUs) / 2;
  return within({ fromUs: atUs - half, toUs: atUs + half }, whole);
}

/** Moves as little as it can so that something is seen; what is seen already moves nothing. */
export function showing(view: ViewWindow, startUs: number, endUs: number, whole: ViewWindow): ViewWindow {
  if (endUs >= view.fromUs && startUs <= view.toUs) return view;
  return centred(view, (startUs + Math.min(endUs, startUs + (view.toUs - view.fromUs) / 2)) / 2, whole);
}

function within({ fromUs, toUs }: ViewWindow, whole: ViewWindow): ViewWindow {
  const widthUs = Math.min(toUs - fromUs, whole.toUs - whole.fromUs);
  const from = Math.min(Math.max(fromUs, whole.fromUs), whole.toUs - widthUs);
  return { fromUs: from, toUs: from + widthUs };
}
