// Health check without curl: GET a path on PORT. Exit code 0 for a 2xx answer, else 1, with one line why.
const port = process.env.PORT;
const path = process.argv[2] ?? "/health";
try {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(5000) });
  console.log(response.ok ? "healthy" : `unhealthy: status ${response.status}`);
  process.exitCode = response.ok ? 0 : 1;
} catch (error) {
  console.log(`unhealthy: no answer from port ${port}: ${error.cause?.message ?? error.message}`);
  process.exitCode = 1;
}
