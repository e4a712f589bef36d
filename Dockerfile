# Pin it to what you have tested: --build-arg NODE_IMAGE=node:24-slim@sha256:...
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json index.ts ./
COPY bin bin
COPY src src
COPY transports transports
COPY tools tools
COPY examples examples
RUN npx tsc --project tsconfig.json

FROM ${NODE_IMAGE} AS runtime
LABEL org.opencontainers.image.title="portcullis-mcp" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production \
    MCP_HOST=0.0.0.0
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force
COPY --from=build /app/dist dist
COPY examples examples
# Nothing below /app belongs to this user, so --read-only and --cap-drop=ALL work as they are.
USER 65532:65532
EXPOSE 8080
# For `--http`; a container that speaks stdio has no port and may be run with --no-healthcheck.
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.MCP_HTTP_PORT || 8080}/health`).then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/bin/mcp-server.js"]
CMD []
