// A Worker that returns a constant: the very bytes and headers that the others compute.
export default {
  fetch(_request, { BODY, HEADERS }) {
    return new Response(BODY, { headers: HEADERS });
  },
};
