import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

// The server sends `script-src 'self'; style-src 'self'`: nothing is inlined, and assets are hashed files.
export default defineConfig({
  plugins: [vue()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    cssCodeSplit: true,
  },
  server: { proxy: { '/api': process.env.LANTAI_URL ?? 'http://127.0.0.1:8080' } },
  test: { environment: 'happy-dom', include: ['unit/**/*.test.ts'], reporters: ['default'] },
});
