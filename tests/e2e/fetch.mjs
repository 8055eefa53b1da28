// Node's own fetch: node fetch.mjs METHOD URL < body > answer
//
// A Node that understands NODE_USE_ENV_PROXY goes through the proxy by itself. In an older one (20) fetch knows no proxy, but its
// agent can be given a connector: this one makes a tunnel by CONNECT and speaks TLS inside, as a proxy agent does.

import http from "node:http";
import tls from "node:tls";

const [method, url] = process.argv.slice(2);
const knowsProxies = process.allowedNodeEnvironmentFlags.has("--use-env-proxy");

function throughProxy(proxy) {
  const { hostname, port } = new URL(proxy);
  return (wanted, done) => {
    const secure = wanted.protocol === "https:";
    const target = `${wanted.hostname}:${wanted.port || (secure ? 443 : 80)}`;
    const asking = http.request({ host: hostname, port, method: "CONNECT", path: target, headers: { Host: target } });
    asking.on("error", done);
    asking.on("connect", (answer, socket) => {
      if (answer.statusCode !== 200) return done(new Error(`the proxy answered ${answer.statusCode}`));
      if (!secure) return done(null, socket);
      const inside = tls.connect({ socket, servername: wanted.servername || wanted.hostname, ALPNProtocols: ["http/1.1"] });
      inside.once("secureConnect", () => done(null, inside));
      inside.once("error", done);
    });
    asking.end();
  };
}

function agent() {
  const proxy = process.env.HTTPS_PROXY;
  if (!proxy || knowsProxies) return undefined;
  void globalThis.fetch; // makes Node load it, and with it the agent that it shares under this name
  fetch("data:,");
  const Agent = globalThis[Symbol.for("undici.globalDispatcher.1")].constructor;
  return new Agent({ connect: throughProxy(proxy) });
}

const given = [];
for await (const piece of process.stdin) given.push(piece);
try {
  const body = method === "POST" ? Buffer.concat(given) : undefined;
  const answer = await fetch(url, { method, body, dispatcher: agent() });
  if (!answer.ok) throw new Error(`it answered ${answer.status}`);
  process.stdout.write(Buffer.from(await answer.arrayBuffer()), () => process.exit(0));
} catch (error) {
  console.error(error.message, error.cause?.message ?? "");
  process.exit(1);
}
