// Makes versions of Node that know no proxy variables use the proxy: http, https and fetch, by a CONNECT tunnel for each connection.
// `inspector env` names this file in NODE_OPTIONS. Versions that can do it themselves (NODE_USE_ENV_PROXY) are left alone.
"use strict";

if (process.allowedNodeEnvironmentFlags.has("--use-env-proxy") || !process.env.http_proxy) return;

const http = require("node:http");
const https = require("node:https");
const net = require("node:net");
const tls = require("node:tls");

const proxy = new URL(process.env.http_proxy);
const around = (process.env.no_proxy ?? "").split(",").filter(Boolean);
const login = proxy.username && `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
const authorization = login ? `Proxy-Authorization: Basic ${Buffer.from(login).toString("base64")}\r\n` : "";

function goesAround(host, port) {
  return around.some((each) => each === host || each === `${host}:${port}`);
}

// A socket that leads to host and port through the proxy; done(error, socket).
function tunnel(host, port, done) {
  const authority = `${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}`;
  const socket = net.connect(Number(proxy.port || 80), proxy.hostname.replace(/^\[|\]$/g, ""));
  let head = Buffer.alloc(0);
  const fail = (error) => {
    socket.destroy();
    done(error);
  };
  const closed = () => fail(new Error("The proxy closed the connection."));
  const read = () => {
    const piece = socket.read();
    if (piece === null) return;
    head = Buffer.concat([head, piece]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    socket.off("error", fail).off("close", closed).off("readable", read);
    const line = head.toString("latin1").split("\r\n", 1)[0];
    if (!/^HTTP\/1\.[01] 2\d\d/.test(line)) return fail(new Error(`The proxy answered: ${line}`));
    if (head.length > end + 4) socket.unshift(head.subarray(end + 4));
    done(null, socket);
  };
  socket.on("error", fail).on("close", closed).on("readable", read);
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${authorization}\r\n`);
}

for (const [module, defaultPort] of [[http, 80], [https, 443]]) {
  const direct = module.Agent.prototype.createConnection;
  module.Agent.prototype.createConnection = function createConnection(options, done) {
    const host = options.host ?? options.hostname ?? "localhost";
    const port = options.port || defaultPort;
    if (options.socketPath || options.socket || goesAround(host, port)) return direct.call(this, options, done);
    tunnel(host, port, (error, socket) => {
      if (error) done(error);
      else done(null, module === https ? direct.call(this, { ...options, socket }) : socket);
    });
    return undefined;
  };
}

// fetch has agents of its own, which are made when it is first used.
const DISPATCHER = Symbol.for("undici.globalDispatcher.1");
const original = globalThis.fetch;
let installed = false;

function connect(options, done) {
  const secure = options.protocol === "https:";
  const port = options.port || (secure ? 443 : 80);
  const finish = (error, socket) => {
    if (error || !secure) return done(error, socket ?? null);
    const servername = options.servername || (net.isIP(options.hostname) ? "" : options.hostname);
    const wrapped = tls.connect({ socket, servername, host: options.hostname, ALPNProtocols: ["http/1.1"] });
    wrapped.once("error", done).once("secureConnect", () => {
      wrapped.off("error", done);
      done(null, wrapped);
    });
  };
  if (!goesAround(options.hostname, port)) return tunnel(options.hostname, port, finish);
  const socket = net.connect(port, options.hostname);
  return socket.once("error", done).once("connect", () => {
    socket.off("error", done);
    finish(null, socket);
  });
}

if (original) {
  globalThis.fetch = function fetch(...what) {
    if (!installed) {
      installed = true;
      void globalThis.Response; // loads what makes the agents
      const Agent = globalThis[DISPATCHER]?.constructor;
      if (Agent) globalThis[DISPATCHER] = new Agent({ connect });
    }
    return original.apply(this, what);
  };
}
