// Options as users give them: checked before they reach the module, so that a slip is told at once and in words.

import { invalid } from "./errors.js";

const client = {
  baseUrl: "string",
  fetch: "function",
  timeoutMs: "number",
  maxRetries: "number",
  requestsPerMinute: "number",
  onAttempt: "function",
  orders: "object",
};

export const interCarsOptions = {
  ...client,
  clientId: "string",
  clientSecret: "string",
  tokenUrl: "string",
  bearer: "function",
  language: "string",
  availabilityCap: "number",
  timeZone: "string",
};

export const incoCloudOptions = {
  ...client,
  appId: "string",
  appSecret: "string",
  authUrl: "string",
  trustedServers: "object",
  fieldNames: "object",
};

const callOptions = {
  signal: "object",
  timeoutMs: "number",
  overallTimeoutMs: "number",
  fresh: "boolean",
  language: "string",
  onProgress: "function",
};

/** A copy that holds what is known and given; anything of another type is refused. */
export function checked(given, types, whose) {
  if (given === undefined || given === null) return {};
  if (typeof given !== "object") throw invalid(`${whose} must be an object`);
  const kept = {};
  for (const [name, type] of Object.entries(types)) {
    const value = given[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== type) throw invalid(`${whose}.${name} must be a ${type}`);
    if (type === "number" && !(Number.isFinite(value) && value >= 0)) {
      throw invalid(`${whose}.${name} must be a number from 0 on`);
    }
    kept[name] = value;
  }
  return kept;
}

export const forCall = (options) => checked(options, callOptions, "options");

/** Options of IncoCloud as the module takes them. */
export function forIncoCloud(options, whose) {
  const known = checked(options, incoCloudOptions, whose);
  if ((known.appId === undefined) !== (known.appSecret === undefined)) {
    throw invalid(`${whose}: appId and appSecret belong together`);
  }
  if ((known.appId === undefined) === (known.baseUrl === undefined)) {
    throw invalid(
      `${whose}: give appId and appSecret, or the baseUrl of a proxy`,
      "Which server to ask comes with the token; where tokens come from is authUrl.",
    );
  }
  known.trustedServers = origins(known.trustedServers, whose);
  if (known.fieldNames) known.fieldNames = json(known.fieldNames, `${whose}.fieldNames`);
  return known;
}

/** Origins as they are compared: exactly. */
function origins(given = [], whose) {
  const sound = (origin) => typeof origin === "string" && /^https?:\/\/[^/?#@\\\s]+$/.test(origin);
  if (Array.isArray(given) && given.every(sound)) return given;
  throw invalid(
    `${whose}.trustedServers must be a list of origins`,
    "Write each as scheme, host and port, without a slash at the end: http://127.0.0.1:8790.",
  );
}

/** Arguments as the module takes them. */
export function json(args, method) {
  let text;
  try {
    text = JSON.stringify(args);
  } catch (cause) {
    throw invalid(`${method}: the arguments are not plain data`);
  }
  if (typeof text !== "string" || text[0] !== "{") throw invalid(`${method}: the arguments must be an object`);
  return text;
}
