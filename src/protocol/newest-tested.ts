/** The newest app-server the bridge was tested with. Written by `npm run protocol:sync`. */
export const newestTestedVersion = "0.169.0";
