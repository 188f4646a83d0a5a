import { cliPage } from "./cli-page.ts";
import { configurationPage } from "./configuration-page.ts";
import { errorsPage } from "./errors-page.ts";

/** The generated pages, by their path in the project. */
export function pages(): Record<string, string> {
  return {
    "docs/errors.md": errorsPage(),
    "docs/cli.md": cliPage(),
    "docs/configuration.md": configurationPage(),
  };
}
