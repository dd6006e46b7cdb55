package io.harpc.security;

/**
 * Where a client has the bearer token from that it shows to servers. To be implemented by
 * an application; must be thread-safe.
 */
@FunctionalInterface
public interface TokenSource {

	/**
	 * Returns the token, a fresh one where the last is about to expire. Asked once for
	 * each connection, before it is made, on a thread that may block for a while. What it
	 * throws is why the connection cannot be made.
	 * @return the token, at most 3,584 bytes in UTF-8
	 */
	String token();

}
