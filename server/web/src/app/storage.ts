// What this browser keeps for us. It may refuse (blocked, full, private): then nothing is kept, and all else works.
export function readKept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // blocked: as if nothing had been kept
  }
}

// What was kept as JSON; null when there is nothing, or somebody else's text under our key.
export function readKeptJson(key: string): unknown {
  try {
    return JSON.parse(readKept(key) ?? 'null');
  } catch {
    return null;
  }
}

// False when it could not be kept.
export function keep(key: string, text: string): boolean {
  try {
    localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

export function forgetKept(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    return; // blocked: nothing was kept that could be forgotten
  }
}
