/** Namespaces that are only ours; the host and its channels know tools by their plain names. */
export function hostToolName(name: string): string {
  return name.replace(/^(?:openclaw|workspace)\./, "");
}
