package io.harpc.server;

import io.harpc.ServiceKey;

/**
 * Two beans offer the same service from one process: a caller could not tell which of
 * them answers.
 */
public final class DuplicateServiceException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	private final transient ServiceKey service;

	DuplicateServiceException(ServiceKey service, Class<?> first, Class<?> second) {
		super("service: " + service + " offered by " + second.getName() + " (expected: offered once; " + first.getName()
				+ " offers it already)");
		this.service = service;
	}

	/**
	 * The service offered twice.
	 * @return its key
	 */
	public ServiceKey service() {
		return this.service;
	}

}
