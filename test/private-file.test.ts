import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

/* The modes in which systemd, Kubernetes and people hand over a file of secrets. */

const isRoot = process.geteuid?.() === 0
const skip = isRoot ? false : 'only root can make files of root and of others'
const service = 65_532
const module = fileURLToPath(new URL('../src/files/private-file.js', import.meta.url))

/** What a process of this user and of the service's group reads, or why it does not. */
function readAs(file: string, uid: number): string {
  // Loaded as root: the user may have no way to the checkout.
  const script = `import(${JSON.stringify(module)}).then(({ readPrivateFile }) => {
    process.setgroups([])
    process.setgid(${uid})
    process.setuid(${uid})
    try { console.log(readPrivateFile(${JSON.stringify(file)})) } catch (error) { console.log(error.message) }
  })`
  const { stdout, stderr } = spawnSync(process.execPath, ['--eval', script], {
    encoding: 'utf8',
    env: {}
  })
  return stdout.trim() || stderr
}

t.test('a group may read what root has given it, and nothing more', { skip }, async (t) => {
  // Not below the checkout, which other users may be unable to enter.
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-private-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  chmodSync(folder, 0o755)
  const refused = /group or world has access/
  const table: readonly (readonly [number, number, number, RegExp])[] = [
    [0, 0o440, service, /^secret$/],
    [0, 0o640, service, /^secret$/],
    [0, 0o444, service, refused],
    [0, 0o460, service, refused],
    [0, 0o450, service, refused],
    [service, 0o600, service, /^secret$/],
    [service, 0o400, service, /^secret$/],
    [service, 0o640, service, refused],
    [service + 1, 0o640, service, refused],
    [0, 0o640, 0, refused],
    [0, 0o600, 0, /^secret$/]
  ]
  for (const [index, [owner, mode, reader, expected]] of table.entries()) {
    const file = join(folder, String(index))
    writeFileSync(file, 'secret')
    chownSync(file, owner, service)
    chmodSync(file, mode)
    t.match(readAs(file, reader), expected, `${owner} ${mode.toString(8)} read by ${reader}`)
  }
  const link = join(folder, 'link')
  symlinkSync('0', link)
  t.match(readAs(link, service), /^secret$/, 'through a link, as Kubernetes mounts it')
})
