import { mkdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { defineConfig } from "vitest/config";

/**
 * A home of the tests' own: Codex runs commands in login shells, and the developer's profile would take its time for
 * each of them, and what a test kills in the midst of it could leave it locked.
 */
const home = path.resolve(import.meta.dirname, "node_modules/.cache/codex-bridge/test-home");
mkdirSync(home, { recursive: true });

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
    pool: "forks",
    env: {
      HOME: home,
      // What the developer has of these stays in use: what was downloaded, and how to download.
      XDG_CACHE_HOME: process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"),
      npm_config_userconfig: process.env.npm_config_userconfig ?? path.join(os.homedir(), ".npmrc"),
    },
  },
});
