/* What the model is told around its task and its commands. */

export const systemText = "You are a capable assistant that works with a computer, through a shell, to solve tasks.";

/** The first message of a conversation, around what the user said. */
export function instanceText(task: string, cwd: string): string {
  return [
    `<uploaded_files>\n${cwd}\n</uploaded_files>`,
    `In the folder ${cwd} there is a code repository. This is what has to be changed in it:`,
    `<pr_description>\n${task}\n</pr_description>`,
    "Make the changes to the repository that fulfil this description. Tests the description speaks of are taken care of: leave test files as they are, and change as little of the other files as the task needs.",
    "Work in these steps:",
    "1. Find the code that matters and read it.\n2. Write a small script that shows the fault, and run it.\n3. Edit the code so that the fault is gone.\n4. Run the script again and see that it is.\n5. Think of edge cases, and see that they work as well.",
    "Think as long as you need before you act; a long discussion is fine.",
    `Each answer is a discussion followed by exactly one command in a fence:\n\`\`\`\nls -a\n\`\`\`\nEvery command runs in a new shell in ${cwd} and is stopped after 30 seconds. Besides what the system has there are two:\n- str_replace_editor view|create|str_replace|insert|undo_edit PATH [--view_range A B] [--file_text TEXT] [--old_str TEXT] [--new_str TEXT] [--insert_line N], with texts in quotes, several lines if need be;\n- submit, when everything is done.`,
  ].join("\n\n");
}

export const correctionText =
  "Your answer was not in the form that is needed. Answer with your discussion and then exactly one command in a fence of three backticks:\n\nDiscussion, as long as you like.\n```\nthe command\n```\n\nWhen everything is done, the command is `submit`.";

export const silentText = "Your command ran successfully and did not print anything.";

export function timeoutText(command: string, seconds: number): string {
  return `The command '${command}' was cancelled because it ran longer than ${seconds} seconds. Try one that ends sooner.`;
}

export function reviewText(diff: string): string {
  return [
    "Before the change is final, go through this list:",
    "1. If you changed code after you last ran your script, run it again, and mend what fails.\n2. Remove the scripts you wrote to show the fault.\n3. Undo changes of test files, with `git checkout -- FILE`.\n4. Run `submit` again to confirm.",
    `This is the whole change:\n\n<diff>\n${diff}\n</diff>`,
  ].join("\n\n");
}
