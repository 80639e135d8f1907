// What is answered where the proxy itself is at fault. The log has the rest, under the same correlation id.

export function problem(title, error, log) {
  const correlationId = crypto.randomUUID();
  log(JSON.stringify({ level: "error", correlationId, kind: error?.kind ?? "internal", message: error?.message, hint: error?.hint }));
  return new Response(JSON.stringify({ title, status: 500, kind: "internal", correlationId }), {
    status: 500,
    headers: { "Content-Type": "application/problem+json", "Cache-Control": "private, no-store" },
  });
}
