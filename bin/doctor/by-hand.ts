import { type Check, manual, served } from './check.ts'

const look =
  (says: string, mend: string): Check['run'] =>
  () =>
    manual(says, mend)

/** A check of what only a server on the network needs. */
const lookServed = (says: string, mend: string): Check['run'] => served(() => manual(says, mend))

/** What stands outside of this process and its files. */
export const byHandChecks: readonly Check[] = [
  {
    id: 'hand.firewall',
    run: lookServed(
      'nobody but the proxy and the monitoring reaches the port',
      'deploy/ has samples for nftables and a NetworkPolicy'
    )
  },
  {
    id: 'hand.https',
    run: lookServed(
      'the proxy speaks TLS 1.2 and later, redirects http, sends HSTS',
      'curl -sI http://NAME/ and curl -sI https://NAME/health'
    )
  },
  {
    id: 'hand.monitoring',
    run: lookServed(
      'somebody is woken: /health and /ready are asked, /metrics is scraped',
      'deploy/prometheus has scrape and alert rules'
    )
  },
  {
    id: 'hand.auditTrail',
    run: look(
      'audit lines go to a log store with retention and encryption at rest',
      'docs/operations.md, "Audit lines to a SIEM"'
    )
  },
  {
    id: 'hand.dependencies',
    run: look('no known weakness in what is installed', 'npm audit --omit dev')
  },
  {
    id: 'hand.secrets',
    run: look(
      'secrets come from a secrets manager, and are in no repository and no image',
      'git log -p -S pcl_ -- . finds keys of ours'
    )
  },
  {
    id: 'hand.incidents',
    run: look('whoever is on duty has read what to do', 'docs/incidents.md')
  }
]
