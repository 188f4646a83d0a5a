import { render } from "preact";
import { visible } from "../../../visible.ts";
import { App } from "./app.tsx";
import { PageRecording } from "./recording.ts";

const recording = new PageRecording(document);
const page = document.getElementById("page");
document.title = `${visible(recording.model.title)} · codex-bridge trace`;
if (page) {
  page.textContent = "";
  render(<App recording={recording} />, page);
  // A frame after the one that draws it: by then it is on the screen.
  requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("trace-drawn")));
}
