package io.harpc;

import java.util.List;

/**
 * The method ran and threw something that its interface does not declare. Class name and
 * message travel as text; nothing of the provider's class is loaded here.
 */
public final class RpcRemoteException extends RpcException {

	private static final long serialVersionUID = 1L;

	private final String remoteClassName;

	/**
	 * Creates the exception.
	 * @param message what was called, and what the provider threw
	 * @param attempts what was tried, in order
	 * @param remoteClassName the class name of what was thrown
	 */
	public RpcRemoteException(String message, List<Attempt> attempts, String remoteClassName) {
		super(Outcome.FAILED, message, attempts, null);
		this.remoteClassName = remoteClassName;
	}

	/**
	 * The name of the class that was thrown at the provider.
	 * @return the fully qualified name, as text from the provider
	 */
	public String remoteClassName() {
		return this.remoteClassName;
	}

}
