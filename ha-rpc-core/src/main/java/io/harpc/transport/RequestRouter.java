package io.harpc.transport;

/**
 * Finds what runs a request. Called by the server's reading threads for every request,
 * after its header was checked and before anything of its payload is decoded; must not
 * block. Thread-safe.
 */
@FunctionalInterface
public interface RequestRouter {

	/**
	 * Finds the handler of a method.
	 * @param methodId the id from the header
	 * @return the handler, the same one each time
	 * @throws RefusedException if the request is not to be run
	 */
	RequestHandler route(long methodId) throws RefusedException;

}
