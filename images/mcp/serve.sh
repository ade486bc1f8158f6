#!/bin/sh
# Offers the MCP server on PORT: POST /mcp, GET /sse, and GET /ping for the health check.
set -eu
PATH="/app/bin:$PATH"
exec node /app/node_modules/mcp-proxy/dist/bin/mcp-proxy.mjs --host 0.0.0.0 --port "$PORT" -- \
    node /app/node_modules/agentic-flow/dist/mcp/standalone-stdio.js
