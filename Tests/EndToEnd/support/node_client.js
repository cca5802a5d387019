// Many requests through Node's own agent with kept connections: `node node_client.js URL COUNT`.
"use strict";
const http = require("http");
const [url, count] = [process.argv[2], Number(process.argv[3])];
const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
const ports = new Set();
const statuses = {};
let left = count;

function ended(status) {
  statuses[status] = (statuses[status] || 0) + 1;
  if (--left === 0) {
    agent.destroy();
    console.log(JSON.stringify({ statuses, connections: ports.size }));
  }
}

for (let number = 0; number < count; number++) {
  const body = number % 3 === 0 ? "x".repeat(number * 10) : null;
  const request = http.request(url + number, { agent, method: body === null ? "GET" : "POST" }, (response) => {
    ports.add(response.socket.localPort);
    response.on("end", () => ended(response.statusCode));
    response.on("error", (error) => ended(error.code));
    response.resume();
  });
  request.on("error", (error) => ended(error.code));
  if (body !== null) request.write(body);
  request.end();
}
