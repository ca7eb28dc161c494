// What a visitor hands over: chosen files, dropped files, dropped folders.

async function contentOf(file, name) {
  return [name, new Uint8Array(await file.arrayBuffer())];
}

function entriesOf(reader) {
  return new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
}

async function walk(entry) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => { entry.file(resolve, reject); });
    return [await contentOf(file, entry.fullPath.slice(1))];
  }
  const reader = entry.createReader();
  const found = [];
  for (let batch = await entriesOf(reader); batch.length; batch = await entriesOf(reader)) {
    for (const child of batch) found.push(...await walk(child));
  }
  return found;
}

/** Return `[name, bytes]` of chosen files (选取的文件). */
export function chosen(files) {
  return Promise.all([...files].map((file) => contentOf(file, file.webkitRelativePath || file.name)));
}

/** Return `[name, bytes]` of what was dropped (拖入的文件); folders are walked. */
export async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return chosen(transfer.files);
  return (await Promise.all(entries.map(walk))).flat();
}
