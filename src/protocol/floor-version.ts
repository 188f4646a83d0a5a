/** The oldest app-server the bridge works with. */
export const floorVersion = "0.125.0";
