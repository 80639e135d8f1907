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
