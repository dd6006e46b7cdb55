package io.harpc.server;

import io.harpc.CallObserver;

/**
 * What the handlers of one server share.
 *
 * @param observer sees every call
 * @param includeStackTrace whether the stack trace of an exception travels to the caller
 * @param load is told of the calls that failed
 * @param replays remembers the calls that have an idempotency key
 */
record ServerContext(CallObserver observer, boolean includeStackTrace, LoadMonitor load, ReplayCache replays) {

}
