import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { type LoadedConfig, loadConfig } from '../src/config.ts'
import { ConfigError, reasonOf } from '../src/config-error.ts'
import { readOwnedFile } from '../src/files/private-file.ts'
import type { CommandLine } from './command-line.ts'

/** The configuration of flags, environment and file. Throws a ConfigError. */
export async function load(
  { configFile, settings }: Pick<CommandLine, 'configFile' | 'settings'>,
  env: Readonly<Record<string, string | undefined>> = process.env
): Promise<LoadedConfig> {
  return loadConfig({
    flags: settings,
    env,
    ...(configFile !== undefined && { file: await readConfigFile(configFile) }),
    readSecret: (path) => readFileSync(path, 'utf8')
  })
}

/** The parsed file behind `--config`, YAML or JSON. Throws a ConfigError. */
export async function readConfigFile(path: string): Promise<unknown> {
  const { text, isOwn } = readTextFile(path)
  const file = await parseFile(path, text)
  // Whoever writes a command decides what this machine runs.
  if (!isOwn && namesCommand((file as { servers?: unknown } | null)?.servers)) {
    throw new ConfigError(
      `--config ${path}: servers name commands to run, so the file must be yours or root's, and ` +
        'writable by nobody else: run chmod go-w on it'
    )
  }
  return file
}

/** True when there is a program to start anywhere within. */
function namesCommand(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return 'command' in value || Object.values(value).some(namesCommand)
}

async function parseFile(path: string, text: string): Promise<unknown> {
  if (extname(path) === '.json') return parseJsonFile(path, text)
  const { parseDocument } = await import('yaml')
  const document = parseDocument(text, { prettyErrors: false })
  const [fault] = document.errors
  if (fault) {
    const line = text.slice(0, fault.pos[0]).split('\n').length
    throw new ConfigError(`--config ${path}: line ${line}: ${fault.code.toLowerCase()}`)
  }
  return document.toJS() ?? {}
}

function parseJsonFile(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, and with it perhaps a secret.
    throw new ConfigError(`--config ${path}: not valid JSON`)
  }
}

function readTextFile(path: string): ReturnType<typeof readOwnedFile> {
  try {
    return readOwnedFile(path)
  } catch (cause) {
    throw new ConfigError(`--config ${path}: ${reasonOf(cause)}`, { cause })
  }
}
