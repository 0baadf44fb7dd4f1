import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { environment: "happy-dom", include: ["islands/**/*.test.ts"], pool: "threads", maxWorkers: 1, minWorkers: 1, clearMocks: true },
});
