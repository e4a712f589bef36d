import { statSync } from 'node:fs'
import { mountApi } from './openapi.ts'

const [, , path = ''] = process.argv
const { tools } = await mountApi(path)
const { maxRSS } = process.resourceUsage()
const result = { tools: tools.length, megabytes: maxRSS / 1_024, bytes: statSync(path).size }
process.stdout.write(JSON.stringify(result))
