package io.harpc.benchmarks.subject;

/**
 * A server that listens. It need not be closed: its process ends.
 *
 * @param port the port
 */
public record RunningServer(int port) {

}
