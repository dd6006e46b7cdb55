package io.harpc.server;

import io.harpc.method.MethodTable;
import io.harpc.protocol.Status;
import io.harpc.transport.RefusedException;
import io.harpc.transport.RequestHandler;
import io.harpc.transport.RequestRouter;

/**
 * Finds what runs a request: tells a service that is not here, which another instance may
 * have, from a method that the service does not have. Immutable.
 *
 * @param handlers runs the requests of each method
 */
record CallRouter(MethodTable<MethodHandler> handlers) implements RequestRouter {

	@Override
	public RequestHandler route(long methodId) throws RefusedException {
		MethodHandler handler = this.handlers.find(methodId);
		if (handler == null) {
			throw this.handlers.hasServiceOf(methodId)
					? new RefusedException(Status.NO_SUCH_METHOD, "the service is here, but has no such method")
					: new RefusedException(Status.NO_SUCH_SERVICE, "this server does not have the service");
		}
		return handler;
	}

}
