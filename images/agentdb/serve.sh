#!/bin/sh
# Offers the MCP server on PORT: POST /mcp, GET /sse, and GET /ping for the health check.
set -eu
cd /app
exec node node_modules/mcp-proxy/dist/bin/mcp-proxy.mjs --host 0.0.0.0 --port "$PORT" -- \
    node --import /app/keep.mjs node_modules/agentdb/dist/mcp/agentdb-mcp-server.js
