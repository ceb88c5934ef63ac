// Portkey 1.15.2 changes the headers of what fetch gave it; on Node 20 these are immutable and every stream fails.
const real = globalThis.fetch;
globalThis.fetch = async (...args) => {
  const answer = await real(...args);
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers: new Headers(answer.headers) });
};
