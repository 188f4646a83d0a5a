/** What a thread is started with whose model plays a script: nobody is asked, and there is no sandbox. */
export const scriptedThread = {
  approvalPolicy: "never",
  sandbox: "danger-full-access",
  model: "gpt-5.5",
  modelProvider: "scripted",
} as const;
