package io.harpc.server;

import java.util.Map;

import io.harpc.method.MethodDescriptor;
import io.harpc.method.MethodTable;
import io.harpc.protocol.Status;
import io.harpc.transport.RefusedException;
import io.harpc.transport.RequestHandler;
import io.harpc.transport.RequestRouter;

/**
 * Finds what runs a request: tells a service that is not here, which another instance may
 * have, from a method that the service does not have. Immutable.
 */
final class CallRouter implements RequestRouter {

	private final MethodTable methods;

	private final Map<MethodDescriptor, MethodHandler> handlers;

	CallRouter(MethodTable methods, Map<MethodDescriptor, MethodHandler> handlers) {
		this.methods = methods;
		this.handlers = handlers;
	}

	@Override
	public RequestHandler route(long methodId) throws RefusedException {
		MethodDescriptor method = this.methods.find(methodId);
		MethodHandler handler = (method != null) ? this.handlers.get(method) : null;
		if (handler == null) {
			throw this.methods.hasServiceOf(methodId)
					? new RefusedException(Status.NO_SUCH_METHOD, "the service is here, but has no such method")
					: new RefusedException(Status.NO_SUCH_SERVICE, "this server does not have the service");
		}
		return handler;
	}

}
