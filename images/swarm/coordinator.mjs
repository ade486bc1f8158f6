// Coordinator of one swarm, over HTTP:
//
//   GET    /health        200 while the swarm takes agents
//   GET    /stats         topology, transport and figures, as the package gives them
//   GET    /agents        ids of the registered agents
//   POST   /agents        {"id", "role", "host", "port", "capabilities"}: 201, 409 when the swarm is full, 400 when wrong
//   DELETE /agents/<id>   204, or 404
//
// The agents registered live in memory: they register again after a restart.
import { createServer } from "node:http";

import { initSwarm } from "/app/node_modules/agentic-flow/dist/swarm/index.js";

const TOPOLOGIES = ["mesh", "hierarchical", "ring", "star"];
const BODY_MAX = 64 * 1024;

const settings = {
  swarmId: process.env.SWARM_ID,
  topology: process.env.SWARM_TOPOLOGY,
  transport: process.env.SWARM_TRANSPORT,
  maxAgents: Number(process.env.SWARM_MAX_AGENTS),
};
const port = Number(process.env.PORT);

if (!TOPOLOGIES.includes(settings.topology)) {
  console.error(`SWARM_TOPOLOGY: is not known (${settings.topology}); use ${TOPOLOGIES.join(", ")}`);
  process.exit(2);
}
if (!Number.isInteger(settings.maxAgents) || settings.maxAgents < 1) {
  console.error(`SWARM_MAX_AGENTS: is no number of agents (${process.env.SWARM_MAX_AGENTS}); give 1 or more`);
  process.exit(2);
}

const swarm = await initSwarm(settings);
const agents = new Map();
let stopping = false;

function send(response, status, value) {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(value === undefined ? undefined : JSON.stringify(value));
}

async function readBody(request) {
  let text = "";
  for await (const chunk of request) {
    text += chunk;
    if (text.length > BODY_MAX) throw new Error(`the body is longer than ${BODY_MAX} bytes`);
  }
  return JSON.parse(text);
}

function wrongIn(agent) {
  if (typeof agent?.id !== "string" || !agent.id) return "id: is missing; give the agent a name";
  if (typeof agent.host !== "string" || !agent.host) return "host: is missing; give the agent's address";
  if (!Number.isInteger(agent.port)) return "port: is no number; give the agent's port";
  return null;
}

async function register(request, response) {
  let agent;
  try {
    agent = await readBody(request);
  } catch (error) {
    return send(response, 400, { error: error.message });
  }
  const wrong = wrongIn(agent);
  if (wrong) return send(response, 400, { error: wrong });
  if (!agents.has(agent.id) && agents.size >= settings.maxAgents) {
    return send(response, 409, { error: `the swarm is full (${settings.maxAgents} agents)` });
  }
  await swarm.registerAgent({ role: "worker", capabilities: [], ...agent });
  agents.set(agent.id, agent);
  return send(response, 201, { id: agent.id, agents: agents.size });
}

async function unregister(id, response) {
  if (!agents.delete(id)) return send(response, 404, { error: `no agent ${id}` });
  await swarm.unregisterAgent(id);
  return send(response, 204);
}

async function answer(request, response) {
  const { pathname } = new URL(request.url, "http://localhost");
  const route = `${request.method} ${pathname}`;
  if (route === "GET /health") {
    return send(response, stopping ? 503 : 200, { status: stopping ? "stopping" : "healthy", agents: agents.size });
  }
  if (route === "GET /stats") return send(response, 200, await swarm.getStats());
  if (route === "GET /agents") return send(response, 200, [...agents.keys()]);
  if (route === "POST /agents") return register(request, response);
  if (route.startsWith("DELETE /agents/")) return unregister(decodeURIComponent(pathname.slice("/agents/".length)), response);
  return send(response, 404, { error: `no path ${pathname}` });
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => send(response, 500, { error: error.message }));
});
server.listen(port, "0.0.0.0", () => console.log(`swarm ${settings.swarmId}: ${settings.topology}, port ${port}`));

process.once("SIGTERM", async () => {
  stopping = true;
  server.close();
  server.closeAllConnections();
  await swarm.shutdown();
  process.exit(0);
});
