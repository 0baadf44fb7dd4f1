/** The registry that assets/build.mjs writes: tag name → loader of the island's chunk. */
declare module "islands" {
  export const islands: Record<string, () => Promise<unknown>>;
}
