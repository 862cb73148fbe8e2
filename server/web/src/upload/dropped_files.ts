// Which files are in what was dropped? Folders are walked; a file from a folder carries its relative path.
export interface Picked {
  file: File;
  path: string; // relative, with `/`
}

interface Entry {
  isFile: boolean;
  isDirectory: boolean;
  name: string;
  file?: (done: (file: File) => void, failed: (error: unknown) => void) => void;
  createReader?: () => { readEntries: (done: (entries: Entry[]) => void, failed: (error: unknown) => void) => void };
}

async function children(entry: Entry): Promise<Entry[]> {
  const reader = entry.createReader?.();
  const all: Entry[] = [];
  while (reader) {
    const some = await new Promise<Entry[]>((done, failed) => reader.readEntries(done, failed));
    if (some.length === 0) break;
    all.push(...some); // a reader gives at most a hundred at a time
  }
  return all;
}

async function walk(entry: Entry, before: string): Promise<Picked[]> {
  if (entry.isFile && entry.file) {
    const file = await new Promise<File>((done, failed) => entry.file?.(done, failed));
    return [{ file, path: before + file.name }];
  }
  const found: Picked[] = [];
  for (const child of await children(entry)) found.push(...(await walk(child, `${before}${entry.name}/`)));
  return found;
}

export async function pickedFromDrop(transfer: DataTransfer): Promise<Picked[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() as Entry | null).filter((one): one is Entry => one !== null && one !== undefined);
  if (entries.length === 0) return [...transfer.files].map((file) => ({ file, path: file.name }));
  const found: Picked[] = [];
  for (const entry of entries) found.push(...(await walk(entry, '')));
  return found;
}

export function pickedFromInput(files: FileList | null): Picked[] {
  return [...(files ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}
