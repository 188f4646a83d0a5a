import type { FormField } from "../requests/types.ts";
import { plain } from "../visible.ts";
import type { Asking } from "./ask.ts";

/** A field that need not be filled in, and was not. */
export const leftOut = Symbol("left out");

/** Asks for one field of a form until the answer is of the field's type. */
export async function askField(asking: Asking, field: FormField): Promise<unknown> {
  const { prompts } = asking;
  const about = field.description === "" ? "" : ` (${field.description})`;
  const message = plain(`${field.title}${about}${field.required ? "" : " [optional]"}`);
  const select = (values: readonly (readonly [string, unknown])[]): Promise<unknown> => {
    const choices = values.map(([name, value]) => ({ name: plain(name), value }));
    if (!field.required) choices.push({ name: "(leave it out)", value: leftOut });
    return prompts.select<unknown>({ message, choices });
  };
  switch (field.type) {
    case "boolean":
      return select([
        ["Yes", true],
        ["No", false],
      ]);
    case "enum":
      return select((field.choices ?? []).map((choice) => [choice, choice]));
    case "multi":
      return askSeveral(asking, field, message);
    case "number":
    case "integer":
    case "string": {
      const validate = (text: string): true | string => faultOf(field, text) ?? true;
      const text = await prompts.input({ message, validate });
      if (text === "") return leftOut;
      return field.type === "string" ? text : Number(text);
    }
  }
}

async function askSeveral({ prompts }: Asking, field: FormField, message: string): Promise<unknown> {
  let chosen: readonly string[];
  if (field.choices) {
    const choices = field.choices.map((value) => ({ name: plain(value), value }));
    chosen = await prompts.checkbox<string>({ message, choices, required: field.required });
  } else {
    const validate = (text: string): true | string => faultOf(field, text) ?? true;
    const text = await prompts.input({ message: `${message}, separated by commas`, validate });
    chosen = text
      .split(",")
      .map((each) => each.trim())
      .filter((each) => each !== "");
  }
  return chosen.length === 0 ? leftOut : chosen;
}

/** What is wrong with a typed answer. */
function faultOf({ type, required }: FormField, text: string): string | undefined {
  if (text.trim() === "") return required || text !== "" ? "Something is needed here." : undefined;
  if (type === "number" && !Number.isFinite(Number(text))) return "Enter a number.";
  if (type === "integer" && !Number.isInteger(Number(text))) return "Enter a whole number.";
  return undefined;
}
