import type { Client, McpSubscription } from '@modelcontextprotocol/client'
import type { Link } from './link.ts'

/** 2025: changes of lists come by themselves, resources are subscribed to one by one. */
export function createLegacyFollower(client: Client): Link['follow'] {
  const followed = new Set<string>()
  return async (uris) => {
    if (!client.getServerCapabilities()?.resources?.subscribe) return
    for (const uri of uris) {
      if (followed.has(uri)) continue
      followed.add(uri)
      await client.subscribeResource({ uri })
    }
    for (const uri of followed) {
      if (uris.has(uri)) continue
      followed.delete(uri)
      await client.unsubscribeResource({ uri })
    }
  }
}

/** 2026: one stream of what was asked for, opened anew when the wishes change. */
export function createModernFollower(client: Client, onLost: () => void): Link['follow'] {
  let open: McpSubscription | undefined
  return async (uris) => {
    const { tools, prompts, resources } = client.getServerCapabilities() ?? {}
    const filter = {
      ...(tools?.listChanged && { toolsListChanged: true }),
      ...(prompts?.listChanged && { promptsListChanged: true }),
      ...(resources?.listChanged && { resourcesListChanged: true }),
      ...(uris.size > 0 && resources?.subscribe && { resourceSubscriptions: [...uris] })
    }
    const before = open
    open = Object.keys(filter).length === 0 ? undefined : await client.listen(filter)
    await before?.close()
    open?.closed.then((why) => {
      // The connection is looked at, and followed anew by whoever does.
      if (why !== 'local') onLost()
    }, onLost)
  }
}
