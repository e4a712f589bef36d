import { execFileSync } from 'node:child_process'

// A CycloneDX bill of what is installed with the package, from the lock file. Not by `--omit dev`:
// that leaves out whatever development depends on, too, among it zod, jose and the MCP server.
const npm = process.env.npm_execpath
if (npm === undefined) throw new Error('sbom: run it as npm run sbom')
const args = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx']
const text = execFileSync(process.execPath, [npm, ...args, '--sbom-type', 'application'], {
  encoding: 'utf8',
  maxBuffer: 64_000_000,
  stdio: ['ignore', 'pipe', 'inherit']
})
const bill = JSON.parse(text)

const components = bill.components.filter(
  ({ properties = [] }) => !properties.some(({ name }) => name === 'cdx:npm:package:development')
)
const { component } = bill.metadata
const kept = new Set([component, ...components].map((one) => one['bom-ref']))
const dependencies = bill.dependencies
  .filter(({ ref }) => kept.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => kept.has(one)) }))
// npm takes the name of the folder.
const metadata = {
  ...bill.metadata,
  component: { ...component, name: process.env.npm_package_name ?? component.name }
}
process.stdout.write(
  `${JSON.stringify({ ...bill, metadata, components, dependencies }, undefined, 2)}\n`
)
