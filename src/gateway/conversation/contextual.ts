import type { Part, ProjectDocument } from "./types.ts";

/*
 * What Codex puts into the conversation by itself. It merges several of these as parts of one message, so each part is
 * looked at alone.
 */

const developerTags = [
  "permissions instructions",
  "model_switch",
  "apps_instructions",
  "multi_agent_role",
  "multi_agent_mode",
  "environments_instructions",
  "git_attribution",
  "plugins_instructions",
  "realtime_conversation",
  "tools",
  "personality_spec",
  "token_budget",
  "context_window",
  "context_window_guidance",
  "rollout_budget",
];
const userTags = ["environment_context", "user_instructions", "user_shell_command", "subagent_notification"];
const developerSentences = ["Approved command prefix saved:"];
/** 0.125 adds this as a user's message when a patch came through the shell. */
const userSentences = ["Warning: apply_patch was requested via "];
const abortedTag = "turn_aborted";
/** The text Codex itself gives its collaboration modes; a client's own instructions stand in the same tag. */
const builtInMode = /^\s*#\s*(Collaboration Mode|Collaboration Style|Plan Mode|You are now in)/i;

export type Fragment =
  | { readonly kind: "said"; readonly part: Part }
  | { readonly kind: "dropped" }
  | { readonly kind: "aborted" }
  | { readonly kind: "document"; readonly document: ProjectDocument }
  | { readonly kind: "skills"; readonly text: string }
  | { readonly kind: "environment"; readonly cwd: string | undefined };

/** What one part of a user's or developer's message is. */
export function fragmentOf(role: string, part: Part): Fragment {
  if (part.type !== "text") return { kind: "said", part };
  const text = part.text.trimStart();
  return role === "user" ? userFragment(text, part) : developerFragment(text, part);
}

function userFragment(text: string, part: Part): Fragment {
  if (startsWithTag(text, abortedTag)) return { kind: "aborted" };
  const document = projectDocument(text);
  if (document) return { kind: "document", document };
  if (startsWithTag(text, "environment_context")) {
    return { kind: "environment", cwd: /<cwd>([^<]*)<\/cwd>/.exec(text)?.[1] };
  }
  if (startsWithTag(text, "skills_instructions")) return { kind: "skills", text: inside(text, "skills_instructions") };
  const own = userTags.some((tag) => startsWithTag(text, tag)) || startsWithAny(text, userSentences);
  return own ? { kind: "dropped" } : { kind: "said", part };
}

function developerFragment(text: string, part: Part): Fragment {
  if (startsWithTag(text, "skills_instructions")) return { kind: "skills", text: inside(text, "skills_instructions") };
  if (startsWithTag(text, "collaboration_mode")) {
    const words = inside(text, "collaboration_mode");
    return words === "" || builtInMode.test(words) ? { kind: "dropped" } : said(words);
  }
  const own = developerTags.some((tag) => startsWithTag(text, tag)) || startsWithAny(text, developerSentences);
  return own || text === "" ? { kind: "dropped" } : { kind: "said", part };
}

/** `# AGENTS.md instructions for FOLDER` and the text between `<INSTRUCTIONS>` tags. */
function projectDocument(text: string): ProjectDocument | undefined {
  const head = /^#\s*AGENTS\.md instructions(?: for ([^\n]*))?/.exec(text);
  if (!head) return undefined;
  const body = /<INSTRUCTIONS>\n?([\s\S]*?)\n?<\/INSTRUCTIONS>/.exec(text)?.[1];
  return body === undefined ? undefined : { place: (head[1] ?? "").trim(), text: body };
}

function said(text: string): Fragment {
  return { kind: "said", part: { type: "text", text } };
}

function startsWithTag(text: string, tag: string): boolean {
  return text.startsWith(`<${tag}>`) || text.startsWith(`<${tag} `);
}

function startsWithAny(text: string, sentences: readonly string[]): boolean {
  return sentences.some((sentence) => text.startsWith(sentence));
}

function inside(text: string, tag: string): string {
  const end = text.lastIndexOf(`</${tag}>`);
  return text.slice(text.indexOf(">") + 1, end < 0 ? undefined : end).trim();
}
